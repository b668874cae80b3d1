-- Tasks of the AI assistant, which take longer than a request may.

CREATE TABLE ai_tasks (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('draft', 'change', 'explain', 'fix', 'expression')),
    request jsonb NOT NULL,
    material jsonb,                      -- what it works on, until it has ended
    status text NOT NULL CHECK (status IN ('working', 'done', 'failed', 'unavailable')),
    progress jsonb NOT NULL DEFAULT '[]',
    result jsonb,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    claimed_at timestamptz,
    ended_at timestamptz
);
CREATE INDEX ai_tasks_by_age ON ai_tasks (workspace_id, created_at);
ALTER TABLE ai_tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON ai_tasks TO statewright_tenant
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE, DELETE ON ai_tasks TO statewright_tenant;
