-- name: count_connections
-- How many connections somebody has.
SELECT count(*) AS connections FROM live_connections
WHERE workspace_id = %(workspace_id)s AND caller ->> 'user_id' = %(user_id)s AND expires_at > %(now)s;

-- name: insert_connection
-- A connection that has been let in.
INSERT INTO live_connections (id, workspace_id, caller, session_id, key_id, created_at, expires_at)
VALUES (%(id)s, %(workspace_id)s, %(caller)s, %(session_id)s, %(key_id)s, %(now)s, %(expires_at)s)
ON CONFLICT (id) DO NOTHING;

-- name: find_connection
-- A connection, and whether who opened it may still be here.
SELECT c.workspace_id::text, c.caller FROM live_connections c
LEFT JOIN sessions s ON s.id = c.session_id
LEFT JOIN api_keys k ON k.id = c.key_id
WHERE c.id = %(id)s AND c.expires_at > %(now)s
  AND (c.session_id IS NULL OR (s.revoked_at IS NULL AND s.expires_at > %(now)s))
  AND (k.expires_at IS NULL OR k.expires_at > %(now)s);

-- name: delete_connection
-- A connection that is over, with its subscriptions.
DELETE FROM live_connections WHERE id = %(id)s;

-- name: delete_expired_connections
-- Some of the connections whose time is over, of which nobody told.
DELETE FROM live_connections WHERE id IN (
    SELECT id FROM live_connections WHERE expires_at < %(now)s LIMIT 100);

-- name: count_topics
-- How many topics a connection watches.
SELECT count(*) AS topics FROM live_subscriptions WHERE connection_id = %(id)s;

-- name: insert_subscription
-- A topic that a connection watches.
INSERT INTO live_subscriptions (connection_id, workspace_id, topic)
VALUES (%(id)s, %(workspace_id)s, %(topic)s) ON CONFLICT DO NOTHING;

-- name: delete_subscription
-- A topic that a connection watches no more.
DELETE FROM live_subscriptions WHERE connection_id = %(id)s AND topic = %(topic)s;

-- name: find_watchers
-- Who watches some topics of a workspace, and may still be here.
SELECT w.connection_id, w.topic FROM live_subscriptions w
JOIN live_connections c ON c.id = w.connection_id
LEFT JOIN sessions s ON s.id = c.session_id
LEFT JOIN api_keys k ON k.id = c.key_id
WHERE w.workspace_id = %(workspace_id)s AND w.topic = ANY(%(topics)s) AND c.expires_at > %(now)s
  AND (c.session_id IS NULL OR (s.revoked_at IS NULL AND s.expires_at > %(now)s))
  AND (k.expires_at IS NULL OR k.expires_at > %(now)s);

-- name: sees_execution
-- Whether the caller sees an execution.
SELECT EXISTS (SELECT FROM executions WHERE id = %(id)s) AS seen;

-- name: sees_workflow
-- Whether the caller sees a workflow.
SELECT EXISTS (SELECT FROM workflows WHERE id::text = %(id)s AND deleted_at IS NULL) AS seen;
