-- Calls of webhooks that are kept: those of webhooks that verify their senders, or ask for it.

CREATE TABLE webhook_deliveries (
    id uuid PRIMARY KEY,                 -- time-ordered
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    trigger_id text NOT NULL,
    received_at timestamptz NOT NULL,
    verdict text NOT NULL CHECK (verdict IN
        ('accepted', 'duplicate', 'challenge', 'refused', 'rejected', 'failed')),
    status int NOT NULL,                 -- what the caller was answered
    reason text,                         -- why it started nothing
    execution_id text,
    replay_of uuid,
    method text NOT NULL,
    address text NOT NULL,
    headers jsonb NOT NULL,              -- without credentials
    query jsonb NOT NULL,
    size int NOT NULL,
    body bytea,                          -- null where bodies are not kept
    truncated boolean NOT NULL DEFAULT false,
    expires_at timestamptz NOT NULL
);
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (workflow_id, id DESC);
CREATE INDEX webhook_deliveries_by_execution ON webhook_deliveries (workflow_id, execution_id)
    WHERE execution_id IS NOT NULL;
CREATE INDEX webhook_deliveries_in_vain ON webhook_deliveries (workflow_id, trigger_id, received_at)
    WHERE verdict IN ('refused', 'rejected');
CREATE INDEX webhook_deliveries_by_expiry ON webhook_deliveries (expires_at);

ALTER TABLE webhook_deliveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON webhook_deliveries TO statewright_tenant
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY granted ON webhook_deliveries AS RESTRICTIVE TO statewright_tenant
    USING ((SELECT granted_scopes()) IS NULL
           OR EXISTS (SELECT FROM workflows w WHERE w.id = workflow_id));
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_deliveries TO statewright_tenant;
