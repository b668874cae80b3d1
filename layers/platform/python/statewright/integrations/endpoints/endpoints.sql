-- name: lock_workspace
-- One change of the number of endpoints at a time.
SELECT pg_advisory_xact_lock(hashtextextended('webhook-endpoints/' || current_workspace()::text, 22));

-- name: count_endpoints
-- How many endpoints the workspace has.
SELECT count(*) AS total FROM webhook_endpoints;

-- name: insert_endpoint
-- A new endpoint.
INSERT INTO webhook_endpoints (id, workspace_id, url, description, events, sealed, created_at, updated_at)
VALUES (%(id)s, %(workspace_id)s, %(url)s, %(description)s, %(events)s, %(sealed)s, %(now)s, %(now)s);

-- name: list_endpoints
-- The workspace's endpoints, or one of them.
SELECT id::text, url, description, events, enabled, disabled_reason, failing_since, created_at, updated_at
FROM webhook_endpoints WHERE %(id)s::uuid IS NULL OR id = %(id)s::uuid ORDER BY id;

-- name: update_endpoint
-- Changes an endpoint; turned on, it begins anew.
UPDATE webhook_endpoints SET url = coalesce(%(url)s, url), events = coalesce(%(events)s, events),
    description = coalesce(%(description)s, description), enabled = coalesce(%(enabled)s, enabled),
    disabled_reason = CASE WHEN %(enabled)s THEN NULL ELSE disabled_reason END,
    failing_since = CASE WHEN %(enabled)s THEN NULL ELSE failing_since END, updated_at = %(now)s
WHERE id = %(id)s;

-- name: rotate_secret
-- A new secret; the one before signs beside it for a while.
UPDATE webhook_endpoints SET previous = sealed, previous_until = %(until)s, sealed = %(sealed)s, updated_at = %(now)s
WHERE id = %(id)s;

-- name: delete_endpoint
-- Forgets an endpoint with all that was sent to it.
DELETE FROM webhook_endpoints WHERE id = %(id)s;

-- name: list_listening
-- What the enabled endpoints of a workspace want to hear of.
SELECT id::text, events FROM webhook_endpoints WHERE enabled;

-- name: insert_message
-- A message, if its event has not come before.
INSERT INTO webhook_messages (id, workspace_id, type, payload, created_at, correlation_id)
VALUES (%(id)s, %(workspace_id)s, %(type)s, %(payload)s, %(now)s, %(correlation_id)s) ON CONFLICT DO NOTHING;

-- name: insert_sending
-- A message on its way to an endpoint, if it is not on it already.
INSERT INTO webhook_sendings (id, workspace_id, endpoint_id, message_id, next_at, created_at)
VALUES (%(id)s, %(workspace_id)s, %(endpoint_id)s, %(message_id)s, %(now)s, %(now)s) ON CONFLICT DO NOTHING;

-- name: list_waiting
-- Sendings of a message that nobody has tried yet.
SELECT id::text FROM webhook_sendings WHERE message_id = %(message_id)s AND status = 'pending' AND attempts = 0;

-- name: claim_sending
-- A sending that is due, for one sender alone, with all that it takes.
UPDATE webhook_sendings s SET claimed_until = %(until)s, attempts = s.attempts + 1
FROM webhook_endpoints e, webhook_messages m
WHERE s.id = %(id)s AND s.status = 'pending' AND s.next_at <= %(now)s
  AND (s.claimed_until IS NULL OR s.claimed_until <= %(now)s) AND e.id = s.endpoint_id AND m.id = s.message_id
RETURNING s.id::text, s.workspace_id::text, s.endpoint_id::text, s.attempts, s.message_id, m.payload, m.type,
    e.url, e.enabled, e.sealed, CASE WHEN e.previous_until > %(now)s THEN e.previous END AS previous,
    e.failing_since;

-- name: insert_attempt
-- A call that was made.
INSERT INTO webhook_attempts (id, workspace_id, sending_id, at, milliseconds, status, problem, response)
VALUES (%(id)s, %(workspace_id)s, %(sending_id)s, %(at)s, %(milliseconds)s, %(status)s, %(problem)s, %(response)s);

-- name: settle_sending
-- What an attempt came to.
UPDATE webhook_sendings SET status = %(status)s, next_at = coalesce(%(next_at)s, next_at), claimed_until = NULL,
    settled_at = CASE WHEN %(status)s = 'pending' THEN NULL ELSE %(now)s END
WHERE id = %(id)s;

-- name: note_success
-- An endpoint has taken a message.
UPDATE webhook_endpoints SET failing_since = NULL WHERE id = %(id)s AND failing_since IS NOT NULL;

-- name: note_failure
-- An endpoint has not taken a message.
UPDATE webhook_endpoints SET failing_since = coalesce(failing_since, %(now)s) WHERE id = %(id)s
RETURNING failing_since;

-- name: disable_endpoint
-- Turns an endpoint off.
UPDATE webhook_endpoints SET enabled = false, disabled_reason = %(reason)s, updated_at = %(now)s
WHERE id = %(id)s AND enabled;

-- name: take_due
-- Sendings whose time has come, and which no queue has.
UPDATE webhook_sendings s SET swept_at = %(now)s WHERE id IN (
    SELECT id FROM webhook_sendings
    WHERE status = 'pending' AND next_at <= %(late)s AND (claimed_until IS NULL OR claimed_until <= %(now)s)
      AND (swept_at IS NULL OR swept_at <= %(again)s)
    ORDER BY next_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING s.id::text, (SELECT correlation_id FROM webhook_messages m WHERE m.id = s.message_id);

-- name: forget_messages
-- Forgets old messages.
DELETE FROM webhook_messages WHERE created_at < %(before)s;

-- name: list_messages
-- Messages of an endpoint, the newest first.
SELECT s.id::text AS position, m.id, m.type, s.status, s.attempts,
    CASE WHEN s.status = 'pending' THEN s.next_at END AS next_at, m.created_at, s.settled_at
FROM webhook_sendings s JOIN webhook_messages m ON m.id = s.message_id
WHERE s.endpoint_id = %(endpoint_id)s AND (%(status)s::text IS NULL OR s.status = %(status)s)
  AND (%(before)s::uuid IS NULL OR s.id < %(before)s)
ORDER BY s.id DESC LIMIT %(limit)s;

-- name: find_message
-- One message of an endpoint.
SELECT s.id::text AS position, m.id, m.type, m.payload, s.status, s.attempts,
    CASE WHEN s.status = 'pending' THEN s.next_at END AS next_at, m.created_at, s.settled_at
FROM webhook_sendings s JOIN webhook_messages m ON m.id = s.message_id
WHERE s.endpoint_id = %(endpoint_id)s AND m.id = %(message_id)s;

-- name: list_attempts
-- The attempts at a sending.
SELECT at, milliseconds, status, problem, response FROM webhook_attempts
WHERE sending_id = %(sending_id)s ORDER BY id;

-- name: replay_one
-- A message is sent again, from the beginning.
UPDATE webhook_sendings SET status = 'pending', attempts = 0, next_at = %(now)s, settled_at = NULL, swept_at = NULL
WHERE id = %(id)s AND (claimed_until IS NULL OR claimed_until <= %(now)s);

-- name: replay_dead
-- All that was given up since a time is sent again.
UPDATE webhook_sendings SET status = 'pending', attempts = 0, next_at = %(now)s, settled_at = NULL, swept_at = %(now)s
WHERE endpoint_id = %(endpoint_id)s AND status = 'dead' AND created_at >= %(since)s
RETURNING id::text;
