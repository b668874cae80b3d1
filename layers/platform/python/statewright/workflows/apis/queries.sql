-- name: put_route
-- A route as it is published; nothing where another workflow has it.
INSERT INTO api_routes AS r (id, workspace_id, workflow_id, trigger_id, version, method, path, shape,
    settings, mode, machine_arn, version_arn, input_schema, created_at)
VALUES (%(id)s, current_workspace(), %(workflow_id)s, %(trigger_id)s, %(version)s, %(method)s, %(path)s,
    %(shape)s, %(settings)s, %(mode)s, %(machine_arn)s, %(version_arn)s, %(input_schema)s, %(now)s)
ON CONFLICT (workspace_id, version, method, shape) DO UPDATE
SET trigger_id = excluded.trigger_id, path = excluded.path, settings = excluded.settings, mode = excluded.mode,
    machine_arn = excluded.machine_arn, version_arn = excluded.version_arn,
    input_schema = excluded.input_schema, left_at = NULL
WHERE r.workflow_id = excluded.workflow_id
RETURNING id::text;

-- name: find_holder
-- The workflow that has a route.
SELECT f.name FROM api_routes r JOIN workflows f ON f.id = r.workflow_id
WHERE r.version = %(version)s AND r.method = %(method)s AND r.shape = %(shape)s;

-- name: pin_routes
-- Routes of API versions that the workflow goes on from: they start what they were published with.
UPDATE api_routes SET left_at = %(now)s, machine_arn = version_arn
WHERE workflow_id = %(workflow_id)s AND left_at IS NULL AND NOT version = ANY(%(versions)s);

-- name: delete_other_routes
-- Routes that the workflow does not have any more; with `all`, those of earlier API versions, too.
DELETE FROM api_routes
WHERE workflow_id = %(workflow_id)s AND (left_at IS NULL OR %(all)s) AND NOT id = ANY(%(keep)s::uuid[]);

-- name: retire_routes
-- An earlier API version of a workflow is served no longer.
DELETE FROM api_routes WHERE workflow_id = %(workflow_id)s AND version = %(version)s AND left_at IS NOT NULL;

-- name: has_current_routes
-- Whether an API version is the one that the workflow publishes now.
SELECT FROM api_routes WHERE workflow_id = %(workflow_id)s AND version = %(version)s AND left_at IS NULL LIMIT 1;

-- name: list_routes
-- The workspace's routes, in the order of their addresses.
SELECT r.id::text, r.workspace_id::text, r.workflow_id::text, f.name AS workflow, r.trigger_id, r.left_at,
    r.settings, f.enabled AND NOT coalesce(t.paused, false) AS open
FROM api_routes r JOIN workflows f ON f.id = r.workflow_id LEFT JOIN triggers t USING (workflow_id, trigger_id)
ORDER BY r.version, r.path, r.method;

-- name: find_routes
-- Everything that a workspace's address leads to, with the workspace's variables.
SELECT r.id::text, r.workspace_id::text, r.workflow_id::text, f.name AS workflow, r.trigger_id, r.left_at,
    r.settings, r.mode, r.machine_arn, r.input_schema, w.variables, w.name AS workspace,
    f.enabled AND NOT coalesce(t.paused, false) AS open
FROM api_routes r JOIN workflows f ON f.id = r.workflow_id JOIN workspaces w ON w.id = r.workspace_id
    LEFT JOIN triggers t USING (workflow_id, trigger_id)
WHERE r.workspace_id = %(workspace_id)s AND f.deleted_at IS NULL
ORDER BY r.version, r.path, r.method;
