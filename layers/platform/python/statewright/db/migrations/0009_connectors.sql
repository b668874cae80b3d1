-- Connectors: the operations of other systems that a workspace has described.

CREATE TABLE connectors (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{0,39}$'),
    title text NOT NULL,
    description text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('openapi', 'declared')),
    version text NOT NULL,
    dialect text NOT NULL,
    source text NOT NULL,       -- the address that it was read from, or an empty text
    server text NOT NULL,       -- the URL that operations are below; empty: the connection's
    servers jsonb NOT NULL,
    security jsonb NOT NULL,    -- scheme → what a connection for it begins with
    total int NOT NULL,
    problems jsonb NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (workspace_id, name)
);

CREATE TABLE connector_operations (
    connector_id uuid NOT NULL REFERENCES connectors ON DELETE CASCADE,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text NOT NULL,
    title text NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    tags text[] NOT NULL,
    deprecated boolean NOT NULL,
    pages boolean NOT NULL,
    fingerprint text NOT NULL,  -- of all that a workflow could notice
    spec jsonb NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (connector_id, name)
);
CREATE INDEX connector_operations_by_word ON connector_operations USING gin (words);

CREATE TABLE connector_schemas (
    connector_id uuid NOT NULL REFERENCES connectors ON DELETE CASCADE,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text NOT NULL,
    schema jsonb NOT NULL,
    refers_to text[] NOT NULL,
    PRIMARY KEY (connector_id, name)
);

ALTER TABLE connectors ENABLE ROW LEVEL SECURITY;
ALTER TABLE connector_operations ENABLE ROW LEVEL SECURITY;
ALTER TABLE connector_schemas ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON connectors TO statewright_tenant
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY own_workspace ON connector_operations TO statewright_tenant
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY own_workspace ON connector_schemas TO statewright_tenant
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE, DELETE ON connectors, connector_operations, connector_schemas
    TO statewright_tenant;
