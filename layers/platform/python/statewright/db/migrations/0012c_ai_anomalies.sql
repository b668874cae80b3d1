-- What was out of the ordinary in a workflow's hours.

CREATE TABLE ai_anomalies (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    metric text NOT NULL CHECK (metric IN ('volume', 'duration', 'failures', 'cost')),
    at timestamptz NOT NULL,             -- the hour
    value float8 NOT NULL,
    usual float8 NOT NULL,               -- the median of the same hour on the days before
    score float8 NOT NULL,
    suspected_step text,
    suspected_change text,
    created_at timestamptz NOT NULL,
    UNIQUE (workflow_id, metric, at)
);
CREATE INDEX ai_anomalies_by_time ON ai_anomalies (workspace_id, at DESC);
ALTER TABLE ai_anomalies ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON ai_anomalies TO statewright_tenant
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE, DELETE ON ai_anomalies TO statewright_tenant;
