-- Workspaces, people, workflows, executions and approvals.
-- Every table with a workspace_id is closed to the tenant role except for that workspace's rows.

DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'statewright_tenant') THEN
        CREATE ROLE statewright_tenant NOLOGIN;
    END IF;
END $$;
DO $$ BEGIN EXECUTE format('GRANT statewright_tenant TO %I', current_user); END $$;

CREATE FUNCTION current_workspace() RETURNS uuid LANGUAGE sql STABLE AS
    $$ SELECT nullif(current_setting('statewright.workspace', true), '')::uuid $$;

CREATE TABLE workspaces (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    variables jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    name text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE memberships (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text NOT NULL,
    digest bytea NOT NULL UNIQUE,
    role text NOT NULL,
    created_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL
);

CREATE TABLE workflows (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text NOT NULL,
    definition jsonb NOT NULL,
    draft_number int NOT NULL DEFAULT 1,
    version int,
    enabled boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (workspace_id, name)
);
CREATE INDEX workflows_by_age ON workflows (workspace_id, id DESC);

CREATE TABLE workflow_versions (
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    version int NOT NULL,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    definition jsonb NOT NULL,
    asl jsonb NOT NULL,
    bindings jsonb NOT NULL,
    machine_arn text NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workflow_id, version)
);

-- One row per webhook trigger of a published workflow; the token is the secret part of its URL.
CREATE TABLE webhooks (
    token text PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    trigger_id text NOT NULL,
    method text NOT NULL,
    machine_arn text NOT NULL,
    input_schema jsonb,
    UNIQUE (workflow_id, trigger_id)
);

CREATE TABLE executions (
    id text NOT NULL,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    version int NOT NULL,
    arn text NOT NULL,
    status text NOT NULL,
    trigger text NOT NULL,
    started_at timestamptz NOT NULL,
    stopped_at timestamptz,
    error text,
    cause text,
    PRIMARY KEY (id, workflow_id)
);
CREATE INDEX executions_by_age ON executions (workspace_id, started_at DESC, id DESC);

CREATE TABLE approvals (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    execution_id text NOT NULL,
    step text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    assignees jsonb NOT NULL,
    task_token text NOT NULL UNIQUE,
    status text NOT NULL DEFAULT 'open',
    comment text,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_at timestamptz
);
CREATE INDEX approvals_open ON approvals (workspace_id, created_at) WHERE status = 'open';

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['memberships', 'api_keys', 'workflows', 'workflow_versions',
                                'webhooks', 'executions', 'approvals'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = current_workspace())
            WITH CHECK (workspace_id = current_workspace())', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO statewright_tenant', name);
    END LOOP;
END $$;
ALTER TABLE workspaces ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON workspaces TO statewright_tenant
    USING (id = current_workspace()) WITH CHECK (id = current_workspace());
GRANT SELECT, UPDATE ON workspaces TO statewright_tenant;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY fellow_members ON users TO statewright_tenant
    USING (EXISTS (SELECT FROM memberships m WHERE m.user_id = users.id));
GRANT SELECT ON users TO statewright_tenant;
