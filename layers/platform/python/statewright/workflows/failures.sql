-- name: find_failed
-- What failed: its workflow, what its version says about failures, and what the workspace says.
SELECT w.id::text, w.name, w.workspace_id::text,
    coalesce(v.definition, p.definition) #> '{settings,on_failure}' AS own, s.on_failure AS usual
FROM workflows w JOIN workspaces s ON s.id = w.workspace_id
LEFT JOIN workflow_versions v ON v.workflow_id = w.id AND v.machine_arn = %(machine_arn)s
LEFT JOIN workflow_versions p ON p.workflow_id = w.id AND p.version = w.version
WHERE w.id::text = %(id)s;

-- name: insert_handling
-- Takes a failure on, if nobody has.
INSERT INTO failure_handlings (execution_id, workflow_id, workspace_id, at, start, problem)
VALUES (%(execution_id)s, %(workflow_id)s, current_workspace(), %(now)s, %(start)s, %(problem)s)
ON CONFLICT DO NOTHING;

-- name: find_unstarted
-- What is still to be started for a failure.
SELECT start FROM failure_handlings
WHERE execution_id = %(execution_id)s AND workflow_id = %(workflow_id)s AND start IS NOT NULL
  AND started_id IS NULL AND problem IS NULL;

-- name: set_started
-- Notes what was started, or why nothing could be.
UPDATE failure_handlings SET started_id = %(started_id)s, problem = %(problem)s
WHERE execution_id = %(execution_id)s AND workflow_id = %(workflow_id)s;

-- name: find_target
-- A published workflow by name or id, with the workspace's variables.
SELECT f.id::text, f.name, f.enabled, v.machine_arn, v.definition, w.variables
FROM workflows f JOIN workspaces w ON w.id = f.workspace_id
JOIN workflow_versions v ON v.workflow_id = f.id AND v.version = f.version
WHERE (f.name = %(name)s OR f.id::text = %(name)s) AND f.deleted_at IS NULL
ORDER BY f.id::text = %(name)s DESC LIMIT 1;

-- name: find_default
-- What follows a failure where the workflow does not say.
SELECT on_failure FROM workspaces;

-- name: set_default
-- Says what follows a failure where the workflow does not say.
UPDATE workspaces SET on_failure = %(on_failure)s;

-- name: list_handlings
-- What was done about failures, the newest first.
SELECT h.execution_id, h.workflow_id::text, w.name AS workflow, h.at, h.start, h.started_id, h.problem
FROM failure_handlings h JOIN workflows w ON w.id = h.workflow_id
WHERE (%(at)s::timestamptz IS NULL OR (h.at, h.execution_id) < (%(at)s::timestamptz, %(before)s::text))
ORDER BY h.at DESC, h.execution_id DESC LIMIT %(limit)s;
