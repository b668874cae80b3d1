-- What inputs of workflows look like: names and types of fields, never their values. A count fades with each
-- hour that has inputs, so that what is usual follows what the inputs become.

CREATE TABLE ai_shapes (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    trigger text NOT NULL,               -- what started the executions: its type, and its id where that stays
    path text NOT NULL,                  -- of a field: /customer/email, /lines/*/sku
    kind text NOT NULL,                  -- its JSON type
    seen float8 NOT NULL,                -- inputs that had it
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,        -- the hour that was counted last
    told_at timestamptz,                 -- when people were told that it is not as usual
    PRIMARY KEY (workflow_id, trigger, path, kind)
);
ALTER TABLE ai_shapes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON ai_shapes TO statewright_tenant
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE, DELETE ON ai_shapes TO statewright_tenant;

ALTER TABLE ai_anomalies
    ADD COLUMN detail text,
    DROP CONSTRAINT ai_anomalies_metric_check,
    ADD CONSTRAINT ai_anomalies_metric_check CHECK (metric IN ('volume', 'duration', 'failures', 'cost', 'shape'));
