-- name: find_people
-- Active members by address, id, role (given on the workspace, the workflow or a folder above it) or group.
WITH RECURSIVE above AS (
    SELECT folder_id AS id FROM workflows WHERE id = %(workflow_id)s
    UNION
    SELECT f.parent_id FROM folders f JOIN above a ON f.id = a.id
), held AS (
    SELECT user_id, role FROM memberships WHERE workspace_id = current_workspace()
    UNION
    SELECT coalesce(g.user_id, m.user_id), g.role
    FROM grants g LEFT JOIN group_members m ON m.group_id = g.group_id
    WHERE g.service_account_id IS NULL
      AND (g.scope_id IS NULL OR g.scope_id = %(workflow_id)s OR g.scope_id IN (SELECT id FROM above))
)
SELECT u.id::text AS user_id, u.email, u.name,
    ARRAY(SELECT h.role FROM held h WHERE h.user_id = u.id) AS roles,
    ARRAY(SELECT unnest(ARRAY[g.name, g.id::text]) FROM group_members gm JOIN groups g ON g.id = gm.group_id
          WHERE gm.user_id = u.id) AS groups
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.workspace_id = current_workspace() AND m.deactivated_at IS NULL AND u.deactivated_at IS NULL
  AND (u.email = ANY(%(emails)s) OR u.id::text = ANY(%(users)s)
       OR EXISTS (SELECT FROM held h WHERE h.user_id = u.id AND h.role = ANY(%(roles)s))
       OR EXISTS (SELECT FROM group_members gm JOIN groups g ON g.id = gm.group_id
                  WHERE gm.user_id = u.id AND (g.name = ANY(%(groups)s) OR g.id::text = ANY(%(groups)s))))
ORDER BY u.email;

-- name: find_groups
-- Those of these names and ids that groups have.
SELECT unnest(ARRAY[name, id::text]) AS name FROM groups
WHERE name = ANY(%(groups)s) OR id::text = ANY(%(groups)s);

-- name: insert_task
-- A task to be decided, unless it was asked before with this token.
INSERT INTO human_tasks (id, workspace_id, workflow_id, execution_id, step, key, kind, title, body, assignees,
    task_token, quorum, required, form, started_by, allow_self, on_expiry, remind_every, remind_at,
    escalate_at, escalate_to, created_at, expires_at, correlation_id)
VALUES (%(id)s, current_workspace(), %(workflow_id)s, %(execution_id)s, %(step)s, %(key)s, %(kind)s, %(title)s,
    %(body)s, %(assignees)s, %(task_token)s, %(quorum)s, %(required)s, %(form)s, %(started_by)s,
    %(allow_self)s, %(on_expiry)s, %(remind_every)s, %(remind_at)s, %(escalate_at)s, %(escalate_to)s,
    %(now)s, %(expires_at)s, %(correlation_id)s)
ON CONFLICT (task_token) DO NOTHING;

-- name: find_by_token
-- The task that a step's token belongs to.
SELECT id::text FROM human_tasks WHERE task_token = %(task_token)s;

-- name: cancel_earlier
-- Ends what earlier attempts of a step have asked.
UPDATE human_tasks SET status = 'cancelled', decided_at = %(now)s, told_at = %(now)s
WHERE key = %(key)s AND execution_id = %(execution_id)s AND key <> '' AND id <> %(id)s AND status = 'open'
RETURNING id::text;

-- name: put_person
-- Asks somebody; who was asked before and let go is asked again.
INSERT INTO human_task_people (id, task_id, workspace_id, user_id, email, name, via, created_at)
VALUES (%(id)s, %(task_id)s, current_workspace(), %(user_id)s, %(email)s, %(name)s, %(via)s, %(now)s)
ON CONFLICT (task_id, email) DO UPDATE SET removed_at = NULL, via = excluded.via
WHERE human_task_people.removed_at IS NOT NULL
RETURNING id::text;

-- name: remove_person
-- Lets somebody go who has not answered.
UPDATE human_task_people SET removed_at = %(now)s
WHERE id = %(id)s AND vote IS NULL AND removed_at IS NULL;

-- name: remove_silent
-- Lets everybody go who has not answered.
UPDATE human_task_people SET removed_at = %(now)s
WHERE task_id = %(task_id)s AND vote IS NULL AND removed_at IS NULL;

-- name: list_people
-- Those who are asked, in the order in which they were, with whether they still belong here.
SELECT p.id::text, p.user_id::text, p.email, p.name, p.via, p.vote, p.voted_at, p.comment, p.answers,
    p.user_id IS NULL OR EXISTS (SELECT FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.workspace_id = p.workspace_id AND m.user_id = p.user_id
          AND m.deactivated_at IS NULL AND u.deactivated_at IS NULL) AS active
FROM human_task_people p WHERE p.task_id = %(task_id)s AND p.removed_at IS NULL
ORDER BY p.voted_at, p.created_at, p.id;

-- name: find_person
-- The person whom a link is for.
SELECT id::text, task_id::text, removed_at FROM human_task_people WHERE id = %(id)s;

-- name: set_vote
-- Notes somebody's answer.
UPDATE human_task_people SET vote = %(vote)s, voted_at = %(now)s, comment = %(comment)s, answers = %(answers)s
WHERE id = %(id)s;

-- name: find_task
-- A task with its workflow's name.
SELECT t.id::text, t.workspace_id::text, t.kind, t.workflow_id::text, w.name AS workflow, t.execution_id, t.step,
    t.title, t.body, t.status, t.quorum, t.required, t.form, t.started_by, t.allow_self, t.on_expiry,
    t.remind_every, t.remind_at, t.escalate_at, t.escalate_to, t.claimed_by::text, t.comment, t.result,
    t.task_token, t.created_at, t.expires_at, t.decided_at
FROM human_tasks t JOIN workflows w ON w.id = t.workflow_id WHERE t.id = %(id)s;

-- name: lock_task
-- Locks a task until the transaction ends.
SELECT id::text FROM human_tasks WHERE id = %(id)s FOR UPDATE;

-- name: list_tasks
-- Tasks, the newest first; of one person where one is given.
SELECT t.id::text, t.kind, t.workflow_id::text, w.name AS workflow, t.execution_id, t.step, t.title, t.status,
    t.quorum, t.required, t.claimed_by::text, t.created_at, t.expires_at, t.decided_at
FROM human_tasks t JOIN workflows w ON w.id = t.workflow_id
WHERE (%(status)s::text IS NULL OR t.status = %(status)s)
  AND (%(kind)s::text IS NULL OR t.kind = %(kind)s)
  AND (%(workflow_id)s::uuid IS NULL OR t.workflow_id = %(workflow_id)s::uuid)
  AND (%(execution_id)s::text IS NULL OR t.execution_id = %(execution_id)s)
  AND (%(words)s::text IS NULL OR t.title ILIKE '%%' || %(words)s || '%%')
  AND (%(before)s::uuid IS NULL OR t.id < %(before)s::uuid)
  AND (%(email)s::text IS NULL OR EXISTS (SELECT FROM human_task_people p
       WHERE p.task_id = t.id AND p.removed_at IS NULL AND p.email = %(email)s))
  AND (%(user_id)s::uuid IS NULL OR EXISTS (SELECT FROM human_task_people p
       WHERE p.task_id = t.id AND p.removed_at IS NULL AND p.user_id = %(user_id)s::uuid
         AND (NOT %(unanswered)s OR p.vote IS NULL)))
ORDER BY t.id DESC LIMIT %(limit)s;

-- name: insert_event
-- Notes what was done.
INSERT INTO human_task_events (task_id, workspace_id, at, actor, act, text)
VALUES (%(task_id)s, current_workspace(), %(now)s, %(actor)s, %(act)s, %(text)s);

-- name: list_events
-- What was done, in order.
SELECT at, actor, act, text FROM human_task_events WHERE task_id = %(task_id)s ORDER BY number;

-- name: set_claim
-- Says who works on a task, or that nobody does.
UPDATE human_tasks SET claimed_by = %(person)s WHERE id = %(id)s;

-- name: set_required
-- Says how many have to agree.
UPDATE human_tasks SET required = %(required)s, assignees = %(assignees)s, claimed_by = NULL WHERE id = %(id)s;

-- name: finish
-- Ends a task. What Step Functions has to be told is sent until it is told.
UPDATE human_tasks SET status = %(status)s, comment = %(comment)s, result = %(result)s, decided_at = %(now)s,
    told_at = %(told_at)s
WHERE id = %(id)s;

-- name: find_untold
-- A result that Step Functions has not taken yet.
SELECT task_token, result, execution_id, correlation_id FROM human_tasks
WHERE id = %(id)s AND status <> 'open' AND told_at IS NULL;

-- name: set_told
-- Step Functions has taken the result.
UPDATE human_tasks SET told_at = %(now)s WHERE id = %(id)s;

-- name: set_dead
-- Nobody waits for the result any more.
UPDATE human_tasks SET told_at = %(now)s, status = 'cancelled' WHERE id = %(id)s;

-- name: list_untold
-- Results that a crash kept from Step Functions, the oldest first.
SELECT id::text, workspace_id::text FROM human_tasks
WHERE status <> 'open' AND told_at IS NULL AND decided_at <= %(before)s ORDER BY decided_at LIMIT 100;

-- name: list_due
-- Open tasks with something to be done about, the longest due first.
SELECT id::text, workspace_id::text, execution_id, correlation_id FROM human_tasks
WHERE status = 'open' AND least(remind_at, escalate_at, expires_at) <= %(now)s
ORDER BY least(remind_at, escalate_at, expires_at) LIMIT 100;

-- name: set_reminded
-- When people are reminded next.
UPDATE human_tasks SET remind_at = %(remind_at)s WHERE id = %(id)s;

-- name: set_escalated
-- Others are asked too: nobody holds it, and it escalates once.
UPDATE human_tasks SET escalate_at = NULL, claimed_by = NULL WHERE id = %(id)s;

-- name: cancel_of_execution
-- Ends what an execution that has ended still asks.
UPDATE human_tasks SET status = 'cancelled', decided_at = %(now)s, told_at = %(now)s
WHERE execution_id = %(execution_id)s AND workflow_id = %(workflow_id)s AND status = 'open'
RETURNING id::text;

-- name: find_workspace_of
-- The workspace that a workflow belongs to.
SELECT workspace_id::text FROM workflows WHERE id::text = %(id)s;
