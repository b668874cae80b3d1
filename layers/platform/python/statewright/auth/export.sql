-- name: export_workspace
-- The workspace itself, with its variables.
SELECT id::text AS key,
    to_jsonb(t) AS row
FROM workspaces t WHERE id::text > %(after)s ORDER BY 1 LIMIT %(limit)s;

-- name: export_members
-- Members with their addresses.
SELECT user_id::text AS key,
    to_jsonb(t) ||
        (SELECT jsonb_build_object('email', u.email, 'name', u.name) FROM users u WHERE u.id = t.user_id) AS row
FROM memberships t WHERE user_id::text > %(after)s ORDER BY 1 LIMIT %(limit)s;

-- name: export_workflows
-- Workflows with their drafts.
SELECT id::text AS key,
    to_jsonb(t) AS row
FROM workflows t WHERE id::text > %(after)s ORDER BY 1 LIMIT %(limit)s;

-- name: export_workflow_versions
-- Published versions.
SELECT workflow_id::text || ':' || lpad(version::text, 9, '0') AS key,
    to_jsonb(t) AS row
FROM workflow_versions t WHERE workflow_id::text || ':' || lpad(version::text, 9, '0') > %(after)s ORDER BY 1 LIMIT %(limit)s;

-- name: export_executions
-- Executions as they were recorded.
SELECT id || ':' || workflow_id::text AS key,
    to_jsonb(t) AS row
FROM executions t WHERE id || ':' || workflow_id::text > %(after)s ORDER BY 1 LIMIT %(limit)s;

-- name: export_human_tasks
-- Human tasks and their answers.
SELECT id::text AS key,
    to_jsonb(t) - 'task_token' AS row
FROM human_tasks t WHERE id::text > %(after)s ORDER BY 1 LIMIT %(limit)s;

-- name: export_human_task_people
-- Those whom tasks ask, and what each has answered.
SELECT id::text AS key, to_jsonb(t) AS row
FROM human_task_people t WHERE id::text > %(after)s ORDER BY 1 LIMIT %(limit)s;

-- name: export_human_task_events
-- What was done with tasks, comments among it.
SELECT task_id::text || ':' || lpad(number::text, 12, '0') AS key, to_jsonb(t) AS row
FROM human_task_events t WHERE task_id::text || ':' || lpad(number::text, 12, '0') > %(after)s ORDER BY 1 LIMIT %(limit)s;

-- name: export_folders
-- Folders.
SELECT id::text AS key,
    to_jsonb(t) AS row
FROM folders t WHERE id::text > %(after)s ORDER BY 1 LIMIT %(limit)s;

-- name: export_roles
-- The workspace's own roles.
SELECT name AS key,
    to_jsonb(t) AS row
FROM roles t WHERE name > %(after)s ORDER BY 1 LIMIT %(limit)s;

-- name: export_groups
-- Groups with their members.
SELECT id::text AS key,
    to_jsonb(t) ||
        jsonb_build_object('members', ARRAY(SELECT m.user_id FROM group_members m WHERE m.group_id = t.id)) AS row
FROM groups t WHERE id::text > %(after)s ORDER BY 1 LIMIT %(limit)s;

-- name: export_grants
-- Grants.
SELECT id::text AS key,
    to_jsonb(t) AS row
FROM grants t WHERE id::text > %(after)s ORDER BY 1 LIMIT %(limit)s;

-- name: export_service_accounts
-- Service accounts.
SELECT id::text AS key,
    to_jsonb(t) AS row
FROM service_accounts t WHERE id::text > %(after)s ORDER BY 1 LIMIT %(limit)s;

-- name: export_audit_events
-- The audit log.
SELECT lpad(sequence::text, 19, '0') AS key,
    to_jsonb(t) AS row
FROM audit_events t WHERE lpad(sequence::text, 19, '0') > %(after)s ORDER BY 1 LIMIT %(limit)s;
