-- name: insert_workflow
-- A new workflow with its first draft.
INSERT INTO workflows
    (id, workspace_id, name, folder_id, definition, source, tags, created_at, updated_at)
VALUES (%(id)s, %(workspace_id)s, %(name)s, %(folder_id)s, %(definition)s, %(source)s, %(tags)s,
    %(now)s, %(now)s)
ON CONFLICT (workspace_id, name) WHERE deleted_at IS NULL DO NOTHING;

-- name: find_workflow
-- A workflow by id.
SELECT id::text, name, folder_id::text, definition, source, draft_number AS draft, version, enabled, tags,
    revision, archived_at, retention_days, created_at, updated_at
FROM workflows WHERE id = %(id)s AND deleted_at IS NULL;

-- name: find_workflow_for_update
-- A workflow by id, locked until the transaction ends.
SELECT id::text, name, folder_id::text, definition, source, draft_number AS draft, version, enabled, tags,
    revision, archived_at, retention_days, created_at, updated_at
FROM workflows WHERE id = %(id)s AND deleted_at IS NULL FOR UPDATE;

-- name: update_draft
-- Stores a new draft.
UPDATE workflows SET definition = %(definition)s, source = %(source)s, name = %(name)s,
    draft_number = draft_number + 1, updated_at = %(now)s
WHERE id = %(id)s;

-- name: find_machine_of_workflow
-- The published state machine of the workflow with this name or id.
SELECT v.machine_arn FROM workflows w
JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = w.version
WHERE (w.name = %(name)s OR w.id::text = %(name)s) AND w.deleted_at IS NULL AND w.archived_at IS NULL;

-- name: insert_version
-- A published version.
INSERT INTO workflow_versions
    (workflow_id, version, workspace_id, definition, source, note, asl, bindings, machine_arn, created_by,
     created_at)
VALUES (%(workflow_id)s, %(version)s, %(workspace_id)s, %(definition)s, %(source)s, %(note)s, %(asl)s,
    %(bindings)s, %(machine_arn)s, %(created_by)s, %(now)s);

-- name: set_version
-- Makes a version the published one.
UPDATE workflows SET version = %(version)s, updated_at = %(now)s WHERE id = %(id)s;

-- name: next_version
-- The number that the workflow's next version gets.
SELECT coalesce(max(version), 0) + 1 AS version FROM workflow_versions WHERE workflow_id = %(id)s;

-- name: find_version
-- A published version.
SELECT definition, bindings, machine_arn FROM workflow_versions
WHERE workflow_id = %(id)s AND version = %(version)s;

-- name: list_webhooks
-- The webhook tokens of a workflow.
SELECT trigger_id, token FROM triggers WHERE workflow_id = %(id)s AND type = 'webhook';

-- name: find_startable
-- What starting a workflow by hand starts, with the workspace's variables.
SELECT v.machine_arn, f.enabled, f.definition, v.definition AS published, w.variables
FROM workflows f JOIN workspaces w ON w.id = f.workspace_id
LEFT JOIN workflow_versions v ON v.workflow_id = f.id AND v.version = f.version
WHERE f.id = %(id)s;

-- name: show_variables
-- The workspace's variables.
SELECT variables FROM workspaces;

-- name: set_variables
-- Replaces the workspace's variables.
UPDATE workspaces SET variables = %(variables)s;

-- name: find_folder
-- Whether the caller sees a folder.
SELECT id FROM folders WHERE id = %(id)s;
