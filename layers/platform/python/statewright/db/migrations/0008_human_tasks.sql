-- Human tasks: what a workflow asks people, whom it asks, and what they did about it.

ALTER TABLE approvals RENAME TO human_tasks;
ALTER INDEX approvals_open RENAME TO human_tasks_open;
ALTER TABLE human_tasks RENAME CONSTRAINT approvals_pkey TO human_tasks_pkey;
ALTER TABLE human_tasks
    ADD COLUMN kind text NOT NULL DEFAULT 'approval' CHECK (kind IN ('approval', 'task')),
    ADD COLUMN key text NOT NULL DEFAULT '',  -- the step's, in all its attempts
    ADD COLUMN quorum text NOT NULL DEFAULT 'any' CHECK (quorum IN ('any', 'all', 'some')),
    ADD COLUMN required int NOT NULL DEFAULT 1,  -- how many have to agree, where it is not any one
    ADD COLUMN form jsonb,
    ADD COLUMN started_by text,
    ADD COLUMN allow_self boolean NOT NULL DEFAULT false,
    ADD COLUMN on_expiry text NOT NULL DEFAULT 'fail' CHECK (on_expiry IN ('fail', 'approve', 'reject')),
    ADD COLUMN remind_every interval,
    ADD COLUMN remind_at timestamptz,
    ADD COLUMN escalate_at timestamptz,
    ADD COLUMN escalate_to jsonb,
    ADD COLUMN claimed_by uuid,
    ADD COLUMN result jsonb,
    ADD COLUMN told_at timestamptz,  -- when Step Functions took the result; until then it is sent again
    ADD CONSTRAINT human_task_status CHECK (status IN
        ('open', 'approved', 'rejected', 'completed', 'expired', 'cancelled'));
UPDATE human_tasks SET told_at = coalesce(decided_at, created_at) WHERE status <> 'open';
CREATE INDEX human_tasks_by_age ON human_tasks (workspace_id, id DESC);
CREATE INDEX human_tasks_of_execution ON human_tasks (execution_id);
CREATE INDEX human_tasks_due ON human_tasks (least(remind_at, escalate_at, expires_at))
    WHERE status = 'open';
CREATE INDEX human_tasks_untold ON human_tasks (decided_at)
    WHERE status <> 'open' AND told_at IS NULL;

-- Somebody who is asked. A link opens one of these rows: one task, for one person.
CREATE TABLE human_task_people (
    id uuid PRIMARY KEY,
    task_id uuid NOT NULL REFERENCES human_tasks ON DELETE CASCADE,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    user_id uuid,  -- null: somebody who is no member
    email text NOT NULL,
    name text NOT NULL,
    via text NOT NULL CHECK (via IN ('asked', 'delegated', 'escalated', 'reassigned')),
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    vote text CHECK (vote IN ('approved', 'rejected', 'completed')),
    voted_at timestamptz,
    comment text,
    answers jsonb,
    UNIQUE (task_id, email)
);
CREATE INDEX human_tasks_of_user ON human_task_people (user_id, task_id DESC) WHERE removed_at IS NULL;

CREATE TABLE human_task_events (
    task_id uuid NOT NULL REFERENCES human_tasks ON DELETE CASCADE,
    number bigint GENERATED ALWAYS AS IDENTITY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    act text NOT NULL,
    text text NOT NULL,
    PRIMARY KEY (task_id, number)
);

-- Links that were mailed before now carry a task's own id.
INSERT INTO human_task_people (id, task_id, workspace_id, email, name, via, created_at)
    SELECT id, id, workspace_id, assignees->>0, assignees->>0, 'asked', created_at
    FROM human_tasks WHERE status = 'open';

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['human_task_people', 'human_task_events'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = current_workspace())
            WITH CHECK (workspace_id = current_workspace())', name);
        EXECUTE format('CREATE POLICY granted ON %I AS RESTRICTIVE TO statewright_tenant
            USING ((SELECT granted_scopes()) IS NULL
                   OR EXISTS (SELECT FROM human_tasks t WHERE t.id = task_id))', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO statewright_tenant', name);
    END LOOP;
END $$;
