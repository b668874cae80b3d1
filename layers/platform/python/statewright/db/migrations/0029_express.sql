-- Express executions as their log tells of them: the line of the beginning and that of the end, which
-- may come apart and in any order. What came in one batch is never here.
CREATE TABLE analytics_express (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    execution text NOT NULL,           -- its name, and the id by which Step Functions tells names apart
    started_at timestamptz,
    machine_arn text,                  -- of the version that runs
    ended_at timestamptz,
    status text,
    error text,
    cause text,
    noted_at timestamptz NOT NULL,     -- it is forgotten after some days
    PRIMARY KEY (workflow_id, execution)
);
CREATE INDEX analytics_express_noted ON analytics_express (noted_at);
ALTER TABLE analytics_express ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON analytics_express TO statewright_tenant
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT ON analytics_express TO statewright_tenant;
