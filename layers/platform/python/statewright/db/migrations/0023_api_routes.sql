-- Routes of published workflow APIs: what `/apis/{workspace}/{version}/…` leads to.

-- A route belongs to the version of the workflow that has published it. Where the workflow goes on to
-- another API version, its routes of the earlier one stay, and start what they were published with
-- (`machine_arn` is that version's) until they are retired.
CREATE TABLE api_routes (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    trigger_id text NOT NULL,
    version text NOT NULL,
    method text NOT NULL,
    path text NOT NULL,                  -- as it was written: /orders/{order_id}
    shape text NOT NULL,                 -- without the parameters' names: /orders/{}
    settings jsonb NOT NULL,             -- the trigger as it was published
    mode text NOT NULL,
    machine_arn text NOT NULL,           -- what is started: the alias, or one version
    version_arn text NOT NULL,           -- the version that has published it
    input_schema jsonb,
    left_at timestamptz,                 -- since when another API version is the current one
    created_at timestamptz NOT NULL,
    CONSTRAINT one_workflow_for_each_route UNIQUE (workspace_id, version, method, shape)
);
CREATE INDEX api_routes_by_workflow ON api_routes (workflow_id);

ALTER TABLE api_routes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON api_routes TO statewright_tenant
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY granted ON api_routes AS RESTRICTIVE TO statewright_tenant
    USING ((SELECT granted_scopes()) IS NULL OR EXISTS (SELECT FROM workflows w WHERE w.id = workflow_id));
GRANT SELECT, INSERT, UPDATE, DELETE ON api_routes TO statewright_tenant;
