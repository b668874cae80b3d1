-- The AI service: what a workspace lets it spend, and what it has spent.

CREATE TABLE ai_settings (
    workspace_id uuid PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
    connection text,                     -- what steps and the assistant use that name none
    monthly_cost numeric CHECK (monthly_cost >= 0),
    monthly_tokens bigint CHECK (monthly_tokens >= 0),
    workflow_monthly_tokens bigint CHECK (workflow_monthly_tokens >= 0),
    requests_per_minute int NOT NULL CHECK (requests_per_minute BETWEEN 1 AND 100000),
    updated_at timestamptz NOT NULL
);

-- Sums of a calendar month (UTC). What belongs to no workflow has the nil UUID.
CREATE TABLE ai_spending (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    month date NOT NULL,
    workflow_id uuid NOT NULL,
    step text NOT NULL,                  -- of the workflow, or the assistant's task
    connection text NOT NULL,
    model text NOT NULL,
    requests bigint NOT NULL,
    failures bigint NOT NULL,
    input_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    cost numeric NOT NULL,               -- of what had a price
    unpriced bigint NOT NULL,            -- tokens that had none
    PRIMARY KEY (workspace_id, month, workflow_id, step, connection, model)
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['ai_settings', 'ai_spending'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = current_workspace())
            WITH CHECK (workspace_id = current_workspace())', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO statewright_tenant', name);
    END LOOP;
END $$;
