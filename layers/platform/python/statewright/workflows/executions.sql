-- name: record_executions
-- Records status changes, and returns those that were news. What was recorded later in an execution's life
-- (after more redrives, or its end) is never overwritten, whatever order the events come in.
INSERT INTO executions (id, workspace_id, workflow_id, version, arn, status, trigger, started_at, stopped_at,
    error, cause, parent_id, rerun_of, redrives, search)
SELECT r.id, w.workspace_id, w.id, coalesce(v.version, w.version, 0), r.arn, r.status, r.trigger,
    r.started_at, r.stopped_at, r.error, r.cause, r.parent_id, r.rerun_of, r.redrives,
    words_of(concat_ws(' ', r.words, r.error, left(r.cause, 1000)))
FROM jsonb_to_recordset(%(rows)s) AS r
    (id text, workflow_id uuid, machine_arn text, arn text, status text, trigger text,
     started_at timestamptz, stopped_at timestamptz, error text, cause text, parent_id text, rerun_of text,
     redrives int, words text)
JOIN workflows w ON w.id = r.workflow_id
LEFT JOIN workflow_versions v ON v.workflow_id = w.id AND v.machine_arn = r.machine_arn
ON CONFLICT (id, workflow_id) DO UPDATE
SET status = excluded.status, stopped_at = excluded.stopped_at, error = excluded.error,
    cause = excluded.cause, redrives = excluded.redrives,
    search = CASE WHEN excluded.error IS NULL THEN executions.search ELSE excluded.search END
WHERE (excluded.redrives, excluded.stopped_at IS NOT NULL)
    > (executions.redrives, executions.stopped_at IS NOT NULL)
RETURNING id, workspace_id::text, workflow_id::text, version, status, trigger, started_at, stopped_at, error,
    parent_id, redrives;

-- name: find_executions
-- Executions that a filter lets through, the newest first.
SELECT e.id, e.workflow_id::text, w.name AS workflow, e.version, e.arn, e.status, e.trigger, e.started_at,
    e.stopped_at, e.error, e.cause, e.parent_id, e.rerun_of, e.redrives
FROM find_executions(%(filter)s, %(at)s, %(before)s, %(limit)s) e JOIN workflows w ON w.id = e.workflow_id
ORDER BY e.started_at DESC, e.id DESC;

-- name: find_execution
-- An execution with what its version was compiled from.
SELECT e.id, e.workflow_id::text, w.name AS workflow, e.version, e.arn, e.status, e.trigger,
    e.started_at, e.stopped_at, e.error, e.cause, e.parent_id, e.rerun_of, e.redrives, v.definition, v.bindings
FROM executions e JOIN workflows w ON w.id = e.workflow_id
JOIN workflow_versions v ON v.workflow_id = e.workflow_id AND v.version = e.version
WHERE e.id = %(id)s;

-- name: find_version_to_run
-- The version that a workflow's executions are started with again, with the workspace's variables.
SELECT v.machine_arn, v.definition, w.enabled, w.archived_at, w.deleted_at, s.variables
FROM workflows w JOIN workspaces s ON s.id = w.workspace_id
LEFT JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = coalesce(%(version)s, w.version)
WHERE w.id = %(id)s;

-- name: delete_execution
-- Removes an execution that has ended.
DELETE FROM executions WHERE id = %(id)s AND workflow_id = %(workflow_id)s AND stopped_at IS NOT NULL;

-- name: get_retention
-- For how many days the workspace keeps executions; null: as the deployment says.
SELECT retention_days AS days FROM workspaces;

-- name: set_retention
-- Changes for how many days the workspace keeps executions.
UPDATE workspaces SET retention_days = %(days)s;

-- name: delete_expired
-- Removes some of the executions whose time is over.
DELETE FROM executions e USING (
    SELECT e.id, e.workflow_id FROM workspaces s
    CROSS JOIN LATERAL (
        SELECT x.id, x.workflow_id FROM executions x JOIN workflows w ON w.id = x.workflow_id
        WHERE x.workspace_id = s.id AND x.stopped_at < %(now)s::timestamptz
            - make_interval(days => coalesce(w.retention_days, s.retention_days, %(days)s))
        LIMIT %(limit)s) e
    LIMIT %(limit)s) old
WHERE e.id = old.id AND e.workflow_id = old.workflow_id;

-- name: forget_deleted_workflows
-- Removes deleted workflows of which no execution is left.
DELETE FROM workflows w WHERE w.deleted_at < %(before)s
    AND NOT EXISTS (SELECT FROM executions e WHERE e.workflow_id = w.id);

-- name: delete_old_jobs
-- Removes jobs that finished long ago.
DELETE FROM execution_jobs WHERE finished_at < %(before)s;

-- name: insert_job
-- A job to be worked on.
INSERT INTO execution_jobs (id, workspace_id, action, filter, scopes, most, created_by, created_at)
VALUES (%(id)s, %(workspace_id)s, %(action)s, %(filter)s, granted_scopes(), %(most)s, %(created_by)s, %(now)s);

-- name: list_jobs
-- Jobs, the newest first.
SELECT id::text, action, filter, most AS "limit", status, done, skipped, failures, created_by, created_at,
    finished_at
FROM execution_jobs WHERE (%(id)s::uuid IS NULL OR id = %(id)s::uuid)
    AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
    AND (granted_scopes() IS NULL OR scopes <@ granted_scopes())
ORDER BY id DESC LIMIT %(limit)s;

-- name: take_job
-- A job, locked while a part of it is done.
SELECT id::text, workspace_id::text, action, filter, scopes::text[], most, status, done, skipped, failures,
    cursor_at, cursor_id, created_by, created_at
FROM execution_jobs WHERE id = %(id)s FOR UPDATE;

-- name: note_progress
-- How far a job is.
UPDATE execution_jobs SET done = %(done)s, skipped = %(skipped)s, failures = %(failures)s,
    cursor_at = %(cursor_at)s, cursor_id = %(cursor_id)s, status = %(status)s, finished_at = %(finished_at)s
WHERE id = %(id)s;

-- name: cancel_job
-- Ends a job before its time; what it has done stays done.
UPDATE execution_jobs SET status = 'cancelled', finished_at = %(now)s
WHERE id = %(id)s AND status = 'running' AND (granted_scopes() IS NULL OR scopes <@ granted_scopes());
