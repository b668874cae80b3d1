-- name: insert_task
-- A task that begins.
INSERT INTO ai_tasks (id, workspace_id, kind, request, material, status, result, created_by,
    created_at, ended_at)
VALUES (%(id)s, %(workspace_id)s, %(kind)s, %(request)s, %(material)s, %(status)s, %(result)s,
    %(created_by)s, %(now)s, CASE WHEN %(status)s = 'working' THEN NULL ELSE %(now)s END);

-- name: find_task
-- A task of somebody's, as far as it is.
SELECT id::text, workspace_id::text, kind, request, material, status, progress, result,
    created_by::text, created_at, ended_at
FROM ai_tasks WHERE id = %(id)s AND created_by = %(user_id)s;

-- name: claim_task
-- The task, for whoever works on it first.
UPDATE ai_tasks SET claimed_at = %(now)s
WHERE id = %(id)s AND status = 'working' AND claimed_at IS NULL
RETURNING id::text, workspace_id::text, kind, request, material, created_by::text;

-- name: note_progress
-- One thing that happened.
UPDATE ai_tasks SET progress = progress || %(entry)s::jsonb WHERE id = %(id)s;

-- name: end_task
-- What came of it.
UPDATE ai_tasks SET status = %(status)s, result = %(result)s, material = NULL, ended_at = %(now)s
WHERE id = %(id)s AND status = 'working';

-- name: fail_lost_tasks
-- Tasks whose worker was lost.
UPDATE ai_tasks SET status = 'failed', ended_at = %(now)s, material = NULL,
    result = '{"error": "Lost", "detail": "The work was interrupted. Ask again."}'
WHERE status = 'working' AND created_at < %(before)s;

-- name: list_connector_names
-- The workspace's own connectors.
SELECT name FROM connectors;

-- name: match_operations
-- Operations that have one of some words, or whose connector is named; those with the most first.
SELECT c.name AS connector, o.name
FROM connector_operations o JOIN connectors c ON c.id = o.connector_id
CROSS JOIN to_tsquery('english', array_to_string(%(words)s::text[], ' | ')) AS q
WHERE o.words @@ q OR lower(c.name) = ANY(%(words)s)
ORDER BY ts_rank(o.words, q) DESC, c.name, o.name LIMIT %(most)s;
