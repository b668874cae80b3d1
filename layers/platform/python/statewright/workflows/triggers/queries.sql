-- name: put_trigger
-- A trigger as it is published; its token, pause and age stay the same from version to version.
INSERT INTO triggers (token, workspace_id, workflow_id, trigger_id, type, settings, mode, machine_arn,
    input_schema, created_at)
VALUES (%(token)s, current_workspace(), %(workflow_id)s, %(trigger_id)s, %(type)s, %(settings)s, %(mode)s,
    %(machine_arn)s, %(input_schema)s, %(now)s)
ON CONFLICT (workflow_id, trigger_id) DO UPDATE
SET type = excluded.type, settings = excluded.settings, mode = excluded.mode,
    machine_arn = excluded.machine_arn, input_schema = excluded.input_schema
RETURNING workspace_id::text, trigger_id, token, paused, created_at;

-- name: delete_other_triggers
-- Removes triggers that the new version does not have.
DELETE FROM triggers WHERE workflow_id = %(workflow_id)s AND NOT trigger_id = ANY(%(keep)s);

-- name: list_triggers
-- A workflow's published triggers, with how far polls have come.
SELECT t.workspace_id::text, t.trigger_id AS id, t.type, t.token, t.settings, t.paused, t.created_at, t.last_started_at,
    t.last_error, t.last_error_at, p.failures, p.not_before, p.polled_at, p.cursor
FROM triggers t LEFT JOIN polls p USING (workflow_id, trigger_id)
WHERE t.workflow_id = %(workflow_id)s ORDER BY t.created_at, t.trigger_id;

-- name: find_trigger
-- What a trigger starts, with whether it may and the workspace's variables.
SELECT t.workspace_id::text, t.workflow_id::text, t.trigger_id, t.type, t.token, t.settings, t.mode,
    t.machine_arn, t.input_schema, t.paused, t.created_at, f.enabled, f.name, w.variables
FROM triggers t JOIN workflows f ON f.id = t.workflow_id JOIN workspaces w ON w.id = t.workspace_id
WHERE t.workflow_id = %(workflow_id)s AND t.trigger_id = %(trigger_id)s;

-- name: find_trigger_by_token
-- What a URL starts, with whether it may and the workspace's variables.
SELECT t.workspace_id::text, t.workflow_id::text, t.trigger_id, t.type, t.token, t.settings, t.mode,
    t.machine_arn, t.input_schema, t.paused, t.created_at, f.enabled, f.name, w.variables
FROM triggers t JOIN workflows f ON f.id = t.workflow_id JOIN workspaces w ON w.id = t.workspace_id
WHERE t.token = %(token)s;

-- name: pause_trigger
-- Lets a trigger start nothing, or start again.
UPDATE triggers SET paused = %(paused)s
WHERE workflow_id = %(workflow_id)s AND trigger_id = %(trigger_id)s
RETURNING workspace_id::text, type, settings, created_at;

-- name: set_enabled
-- Turns a workflow on or off.
UPDATE workflows SET enabled = %(enabled)s, updated_at = %(now)s WHERE id = %(id)s;

-- name: find_published
-- What a workflow's published version was compiled from, and its machine.
SELECT v.version, v.definition, v.machine_arn FROM workflows w
JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = w.version WHERE w.id = %(id)s;

-- name: find_workflow_id
-- The published workflow of a name.
SELECT id::text FROM workflows WHERE name = %(name)s AND version IS NOT NULL AND deleted_at IS NULL;

-- name: note_start
-- A trigger has started something.
UPDATE triggers SET last_started_at = %(now)s, last_error = NULL, last_error_at = NULL
WHERE workflow_id = %(workflow_id)s AND trigger_id = %(trigger_id)s;

-- name: note_failure
-- A trigger could not start what it should have.
UPDATE triggers SET last_error = %(error)s, last_error_at = %(now)s
WHERE workflow_id = %(workflow_id)s AND trigger_id = %(trigger_id)s;

-- name: claim_key
-- The execution that a key stands for: a new one where the key is new, or its time is over.
INSERT INTO start_keys AS k (workflow_id, scope, key, workspace_id, request, execution_id, expires_at)
VALUES (%(workflow_id)s, %(scope)s, %(key)s, %(workspace_id)s, %(request)s, %(execution_id)s, %(expires_at)s)
ON CONFLICT (workflow_id, scope, key) DO UPDATE SET
    request = CASE WHEN k.expires_at <= %(now)s THEN excluded.request ELSE k.request END,
    execution_id = CASE WHEN k.expires_at <= %(now)s THEN excluded.execution_id ELSE k.execution_id END,
    started = CASE WHEN k.expires_at <= %(now)s THEN false ELSE k.started END,
    expires_at = CASE WHEN k.expires_at <= %(now)s THEN excluded.expires_at ELSE k.expires_at END
RETURNING execution_id, request, started;

-- name: note_key_used
-- The execution that a key stands for has been started.
UPDATE start_keys SET started = true
WHERE workflow_id = %(workflow_id)s AND scope = %(scope)s AND key = %(key)s;

-- name: delete_expired_keys
-- Forgets keys whose time is over.
DELETE FROM start_keys WHERE expires_at <= %(now)s;

-- name: find_compiled
-- What a state machine's version was compiled from.
SELECT definition, bindings FROM workflow_versions WHERE machine_arn = %(machine_arn)s;

-- name: find_watched_workflows
-- Those of some workflows in whose workspace a trigger, or an endpoint, waits for the ends of executions.
SELECT w.id::text, w.name, w.workspace_id::text FROM workflows w
WHERE w.id = ANY(%(ids)s::uuid[]) AND (EXISTS (
    SELECT FROM triggers t WHERE t.workspace_id = w.workspace_id AND t.type = 'event'
        AND t.settings ->> 'event' LIKE 'execution.%%')
  OR EXISTS (SELECT FROM webhook_endpoints e WHERE e.workspace_id = w.workspace_id AND e.enabled
        AND EXISTS (SELECT FROM unnest(e.events) u WHERE u = '*' OR u LIKE 'execution.%%')));

-- name: current_workspace
-- The workspace that this transaction sees.
SELECT current_workspace()::text AS id;

-- name: insert_poll
-- A poll that has not come anywhere.
INSERT INTO polls (workflow_id, trigger_id, workspace_id)
VALUES (%(workflow_id)s, %(trigger_id)s, %(workspace_id)s) ON CONFLICT DO NOTHING;

-- name: lock_poll
-- How far a poll has come, locked until the transaction ends; nothing where another poll has it.
SELECT cursor, begun, failures, not_before FROM polls
WHERE workflow_id = %(workflow_id)s AND trigger_id = %(trigger_id)s FOR UPDATE SKIP LOCKED;

-- name: find_known_items
-- Those of some items that polls have seen.
SELECT key FROM poll_items
WHERE workflow_id = %(workflow_id)s AND trigger_id = %(trigger_id)s AND key = ANY(%(keys)s);

-- name: note_items
-- Items that polls have seen.
INSERT INTO poll_items (workflow_id, trigger_id, key, workspace_id, seen_at)
SELECT %(workflow_id)s, %(trigger_id)s, unnest(%(keys)s::bytea[]), %(workspace_id)s, %(now)s
ON CONFLICT (workflow_id, trigger_id, key) DO UPDATE SET seen_at = excluded.seen_at;

-- name: forget_items
-- Forgets items that have not come for long.
DELETE FROM poll_items
WHERE workflow_id = %(workflow_id)s AND trigger_id = %(trigger_id)s AND seen_at < %(before)s;

-- name: note_poll
-- A poll has done all there was to do.
UPDATE polls SET cursor = %(cursor)s, begun = true, failures = 0, not_before = NULL, polled_at = %(now)s
WHERE workflow_id = %(workflow_id)s AND trigger_id = %(trigger_id)s;

-- name: note_part_of_poll
-- A poll has done a part of what there was to do: the cursor stays for the rest.
UPDATE polls SET failures = 0, not_before = NULL, polled_at = %(now)s
WHERE workflow_id = %(workflow_id)s AND trigger_id = %(trigger_id)s;

-- name: note_failed_poll
-- A poll has failed; the next waits.
UPDATE polls SET failures = %(failures)s, not_before = %(not_before)s, polled_at = %(now)s
WHERE workflow_id = %(workflow_id)s AND trigger_id = %(trigger_id)s;

-- name: lock_turns
-- One line of turns, for this transaction alone.
SELECT pg_advisory_xact_lock(hashtextextended(%(workflow_id)s || '/' || %(key)s, 6));

-- name: ask_turn
-- An execution that asks for a turn; one that has it keeps it when it is asked for again.
INSERT INTO turns (execution_arn, workspace_id, workflow_id, key, most, task_token, asked_at)
VALUES (%(execution_arn)s, %(workspace_id)s, %(workflow_id)s, %(key)s, %(most)s, %(task_token)s, %(now)s)
ON CONFLICT (execution_arn) DO UPDATE SET most = excluded.most,
    task_token = CASE WHEN turns.task_token IS NULL THEN NULL ELSE excluded.task_token END
RETURNING number;

-- name: find_admissible
-- Those who are next, as many as there is room for: the newest asker's limit holds.
SELECT number, task_token FROM turns
WHERE workflow_id = %(workflow_id)s AND key = %(key)s AND task_token IS NOT NULL
ORDER BY number
LIMIT greatest(0, (SELECT most FROM turns WHERE workflow_id = %(workflow_id)s AND key = %(key)s
        ORDER BY number DESC LIMIT 1)
    - (SELECT count(*) FROM turns WHERE workflow_id = %(workflow_id)s AND key = %(key)s
        AND task_token IS NULL));

-- name: admit_turn
-- An execution has its turn.
UPDATE turns SET task_token = NULL WHERE number = %(number)s;

-- name: find_waiting
-- Whether an execution waits for its turn.
SELECT number FROM turns WHERE execution_arn = %(execution_arn)s AND task_token IS NOT NULL;

-- name: find_turns
-- The lines in which some executions have or want turns.
SELECT DISTINCT workflow_id::text, key FROM turns WHERE execution_arn = ANY(%(arns)s);

-- name: find_lines
-- The lines in which somebody waits.
SELECT DISTINCT workflow_id::text, key FROM turns WHERE task_token IS NOT NULL;

-- name: forget_turns
-- Executions that have, and want, no turn any more.
DELETE FROM turns WHERE execution_arn = ANY(%(arns)s);

-- name: forget_ended_turns
-- Turns of executions whose end is recorded.
DELETE FROM turns t USING executions e
WHERE t.workflow_id = %(workflow_id)s AND t.key = %(key)s AND e.workflow_id = t.workflow_id
    AND e.arn = t.execution_arn AND e.stopped_at IS NOT NULL;

-- name: find_held
-- Executions of a line that have their turn, those first that have had it longest.
SELECT execution_arn FROM turns
WHERE workflow_id = %(workflow_id)s AND key = %(key)s AND task_token IS NULL ORDER BY number LIMIT %(most)s;
