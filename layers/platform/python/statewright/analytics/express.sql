-- name: note_halves
-- Keeps what lines told of executions; says all that has been told of each by now.
INSERT INTO analytics_express AS e (workspace_id, workflow_id, execution, started_at, machine_arn,
    ended_at, status, error, cause, noted_at)
SELECT w.workspace_id, w.id, r.execution, r.started_at, r.machine_arn, r.ended_at, r.status, r.error,
    r.cause, %(now)s
FROM jsonb_to_recordset(%(rows)s) AS r (workflow_id uuid, execution text, started_at timestamptz,
    machine_arn text, ended_at timestamptz, status text, error text, cause text)
JOIN workflows w ON w.id = r.workflow_id
ORDER BY w.id, r.execution
ON CONFLICT (workflow_id, execution) DO UPDATE SET started_at = coalesce(e.started_at, excluded.started_at),
    machine_arn = coalesce(e.machine_arn, excluded.machine_arn),
    ended_at = coalesce(e.ended_at, excluded.ended_at), status = coalesce(e.status, excluded.status),
    error = coalesce(e.error, excluded.error), cause = coalesce(e.cause, excluded.cause)
RETURNING workflow_id::text, execution, started_at, machine_arn, ended_at, status, error, cause;

-- name: forget_halves
-- Forgets what was told before a moment.
DELETE FROM analytics_express WHERE noted_at < %(before)s;
