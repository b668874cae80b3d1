-- name: insert_test_run
-- A test run, whose state machine is there already.
INSERT INTO test_runs (id, workspace_id, workflow_id, definition, bindings, machine_arn, execution_arn,
    created_by, created_at)
VALUES (%(id)s, %(workspace_id)s, %(workflow_id)s, %(definition)s, %(bindings)s, %(machine_arn)s,
    %(execution_arn)s, %(created_by)s, %(now)s);

-- name: find_test_run
-- A test run.
SELECT id::text, workflow_id::text, definition, bindings, machine_arn, execution_arn, result, created_at,
    ended_at
FROM test_runs WHERE id = %(id)s;

-- name: find_open
-- Test runs that have not been seen to end.
SELECT id::text FROM test_runs WHERE ended_at IS NULL ORDER BY created_at;

-- name: finish_test_run
-- Keeps what became of a test run.
UPDATE test_runs SET result = %(result)s, ended_at = %(now)s WHERE id = %(id)s AND ended_at IS NULL;

-- name: find_forgotten
-- Test runs that nobody looked at to their end.
SELECT id::text, machine_arn, execution_arn FROM test_runs
WHERE ended_at IS NULL AND created_at < %(before)s ORDER BY created_at LIMIT 200;

-- name: delete_old_test_runs
-- Test runs that are over for long.
DELETE FROM test_runs WHERE ended_at < %(before)s;

-- name: get_variables
-- The workspace's variables.
SELECT variables FROM workspaces;
