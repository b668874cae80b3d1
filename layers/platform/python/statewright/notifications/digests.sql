-- name: list_due
-- Who gets a digest now, and where.
SELECT DISTINCT workspace_id::text, user_id::text, channel, address FROM notification_deliveries
WHERE status = 'held' AND due_at <= %(now)s AND user_id IS NOT NULL;

-- name: take_held
-- The messages of a digest, in their order, locked.
SELECT id::text, content FROM notification_deliveries
WHERE workspace_id = current_workspace() AND status = 'held' AND due_at <= %(now)s
  AND user_id = %(user_id)s AND channel = %(channel)s AND address = %(address)s
ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED;

-- name: set_digest
-- A message is in a digest.
UPDATE notification_deliveries SET digest_id = %(digest_id)s WHERE id = %(id)s;
