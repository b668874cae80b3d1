-- What follows when an execution fails: the workspace's default, and what was done for each failure.

ALTER TABLE workspaces ADD COLUMN on_failure jsonb;

CREATE TABLE failure_handlings (
    execution_id text NOT NULL,
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    at timestamptz NOT NULL,
    start text,           -- the workflow to be started, where one is
    started_id text,      -- the execution that was started for it
    problem text,         -- why something could not be done as it should
    PRIMARY KEY (workflow_id, execution_id)
);

ALTER TABLE failure_handlings ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON failure_handlings TO statewright_tenant
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY granted ON failure_handlings AS RESTRICTIVE TO statewright_tenant
    USING ((SELECT granted_scopes()) IS NULL
           OR EXISTS (SELECT FROM workflows w WHERE w.id = workflow_id));
GRANT SELECT, INSERT, UPDATE, DELETE ON failure_handlings TO statewright_tenant;
