-- name: insert_delivery
-- A call of a webhook; of those that start nothing, only so many an hour.
INSERT INTO webhook_deliveries (id, workspace_id, workflow_id, trigger_id, received_at, verdict, status,
    reason, execution_id, replay_of, method, address, headers, query, size, body, truncated, expires_at)
SELECT %(id)s::uuid, %(workspace_id)s::uuid, %(workflow_id)s::uuid, %(trigger_id)s, %(received_at)s::timestamptz,
    CASE WHEN %(verdict)s = 'accepted' AND EXISTS (SELECT FROM webhook_deliveries d
        WHERE d.workflow_id = %(workflow_id)s::uuid AND d.execution_id = %(execution_id)s::text)
    THEN 'duplicate' ELSE %(verdict)s END, %(status)s::int, %(reason)s::text, %(execution_id)s::text,
    %(replay_of)s::uuid, %(method)s, %(address)s, %(headers)s::jsonb, %(query_fields)s::jsonb, %(size)s::int,
    %(body)s::bytea, %(truncated)s::boolean, %(expires_at)s::timestamptz
WHERE %(verdict)s NOT IN ('refused', 'rejected') OR (SELECT count(*) FROM (
    SELECT FROM webhook_deliveries d WHERE d.workflow_id = %(workflow_id)s::uuid
        AND d.trigger_id = %(trigger_id)s AND d.verdict IN ('refused', 'rejected')
        AND d.received_at > %(received_at)s::timestamptz - interval '1 hour' LIMIT %(most)s) x) < %(most)s
RETURNING id::text, verdict;

-- name: list_deliveries
-- Calls of a workflow's webhooks, the newest first.
SELECT id::text, trigger_id, received_at, verdict, status, reason, execution_id, replay_of::text, method,
    address, headers ->> 'content-type' AS content_type, size, expires_at
FROM webhook_deliveries
WHERE workflow_id = %(workflow_id)s
  AND (%(trigger_id)s::text IS NULL OR trigger_id = %(trigger_id)s)
  AND (%(verdict)s::text IS NULL OR verdict = %(verdict)s)
  AND (%(before)s::uuid IS NULL OR id < %(before)s)
ORDER BY id DESC LIMIT %(limit)s;

-- name: find_delivery
-- A call with all that was kept of it.
SELECT id::text, workflow_id::text, trigger_id, received_at, verdict, status, reason, execution_id,
    replay_of::text, method, address, headers ->> 'content-type' AS content_type, headers, query, size, body,
    truncated, expires_at
FROM webhook_deliveries WHERE id = %(id)s AND workflow_id = %(workflow_id)s;

-- name: delete_expired_deliveries
-- Forgets calls whose time is over.
DELETE FROM webhook_deliveries WHERE expires_at <= %(now)s;
