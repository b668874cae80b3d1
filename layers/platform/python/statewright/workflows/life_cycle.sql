-- name: find_workflows
-- Workflows that a filter lets through, the newest first.
SELECT id::text, name, folder_id::text, draft_number AS draft, version, enabled, tags, revision, archived_at,
    retention_days, created_at, updated_at
FROM workflows
WHERE deleted_at IS NULL
  AND (archived_at IS NOT NULL) = %(archived)s
  AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
  AND (%(folder_id)s::uuid IS NULL OR folder_id = %(folder_id)s::uuid)
  AND (%(tag)s::text IS NULL OR %(tag)s = ANY(tags))
  AND (%(published)s::boolean IS NULL OR (version IS NOT NULL) = %(published)s)
  AND (%(q)s::text IS NULL OR coalesce(search @@ words_wanted(%(q)s), false))
ORDER BY id DESC LIMIT %(limit)s;

-- name: list_tags
-- The tags in use, with how many workflows have each.
SELECT tag, count(*) AS workflows FROM workflows, unnest(tags) AS tag
WHERE deleted_at IS NULL GROUP BY tag ORDER BY tag LIMIT 1000;

-- name: set_labels
-- What a workflow is filed under, and how long its history is kept.
UPDATE workflows SET tags = %(tags)s, folder_id = %(folder_id)s, retention_days = %(retention_days)s,
    updated_at = %(now)s
WHERE id = %(id)s;

-- name: archive
-- Files a workflow away: nothing starts it any more.
UPDATE workflows SET archived_at = %(now)s, enabled = false, updated_at = %(now)s WHERE id = %(id)s;

-- name: restore
-- Takes a workflow out of the archive. It stays turned off.
UPDATE workflows SET archived_at = NULL, updated_at = %(now)s WHERE id = %(id)s;

-- name: mark_deleted
-- Hides a workflow for good; its row stays for as long as its executions' rows do.
UPDATE workflows SET deleted_at = %(now)s, enabled = false, version = NULL, folder_id = NULL
WHERE id = %(id)s;

-- name: find_running
-- The ids of a workflow's executions that have not ended, some of them.
SELECT id, arn FROM executions WHERE workflow_id = %(id)s AND stopped_at IS NULL
ORDER BY started_at DESC, id DESC LIMIT %(limit)s;

-- name: free_name
-- The first of some names that no workflow has.
SELECT name FROM unnest(%(names)s::text[]) WITH ORDINALITY AS wanted (name, place)
WHERE NOT EXISTS (SELECT FROM workflows w WHERE w.name = wanted.name AND w.deleted_at IS NULL)
ORDER BY place LIMIT 1;

-- name: list_versions
-- A workflow's versions, the newest first.
SELECT version, note, created_by, created_at FROM workflow_versions
WHERE workflow_id = %(id)s AND (%(before)s::int IS NULL OR version < %(before)s::int)
ORDER BY version DESC LIMIT %(limit)s;

-- name: find_whole_version
-- A version with all that it was made from and became.
SELECT version, note, created_by, created_at, definition, source, asl, bindings, machine_arn
FROM workflow_versions WHERE workflow_id = %(id)s AND version = %(version)s;

-- name: find_machines
-- The state machines that a workflow's versions are versions of: one for each type.
SELECT DISTINCT regexp_replace(machine_arn, ':[^:]+$', '') AS arn FROM workflow_versions
WHERE workflow_id = %(id)s;
