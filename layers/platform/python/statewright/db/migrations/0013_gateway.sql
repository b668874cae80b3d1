-- The API gateway: origins that browsers may call from, answers kept for repeated requests,
-- rate limits and quotas.

CREATE TABLE workspace_origins (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    origin text NOT NULL,
    PRIMARY KEY (workspace_id, origin)
);

-- A POST that was sent with an Idempotency-Key: what was asked, and what was answered. Only the
-- edge touches it, outside of any tenant's transaction.
CREATE TABLE idempotency_keys (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    principal text NOT NULL,
    key bytea NOT NULL,               -- a digest
    fingerprint bytea NOT NULL,       -- method, path, query and body
    claim uuid NOT NULL,              -- whose turn it is to answer
    claimed_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    answer bytea,                     -- encrypted with the client's key; null: under way
    PRIMARY KEY (workspace_id, principal, key)
);
CREATE INDEX idempotency_keys_by_end ON idempotency_keys (expires_at);

-- Tokens of a rate limit or a quota; processes take some at a time. A crash of the database fills
-- the buckets of rates anew; quotas are counted in gateway_usage too.
CREATE UNLOGGED TABLE rate_buckets (
    key text PRIMARY KEY,
    tokens double precision NOT NULL,
    filled_at timestamptz NOT NULL
);

-- Requests by day, as processes report them.
CREATE TABLE gateway_usage (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    day date NOT NULL,
    class text NOT NULL,
    principal text NOT NULL,          -- 'user:<id>', 'key:<id>', 'service_account:<id>'
    requests bigint NOT NULL,
    refused bigint NOT NULL,
    PRIMARY KEY (workspace_id, day, class, principal)
);

-- Which plan a workspace is on; without a row, the deployment's default one.
CREATE TABLE workspace_plans (
    workspace_id uuid PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
    plan text NOT NULL,
    since timestamptz NOT NULL
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['workspace_origins', 'gateway_usage', 'workspace_plans'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = current_workspace())
            WITH CHECK (workspace_id = current_workspace())', name);
        EXECUTE format('GRANT SELECT ON %I TO statewright_tenant', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['idempotency_keys', 'rate_buckets'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;
GRANT INSERT, DELETE ON workspace_origins TO statewright_tenant;
