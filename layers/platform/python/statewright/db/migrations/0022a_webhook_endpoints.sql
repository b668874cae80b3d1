-- Webhooks out: where a workspace wants to hear of what happens on the platform, and what was sent.

CREATE TABLE webhook_endpoints (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    url text NOT NULL,
    description text NOT NULL,
    events text[] NOT NULL,               -- types, or families such as execution.*
    enabled boolean NOT NULL DEFAULT true,
    disabled_reason text,
    sealed bytea NOT NULL,                -- the secret that signs
    previous bytea,                       -- the one before, which signs beside it for a while
    previous_until timestamptz,
    failing_since timestamptz,            -- the first failure since the last success
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX webhook_endpoints_by_workspace ON webhook_endpoints (workspace_id);

CREATE TABLE webhook_messages (
    id text PRIMARY KEY,                  -- made of workspace and event: an event is one message
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    type text NOT NULL,
    payload text NOT NULL,                -- as it is sent and signed, byte by byte
    created_at timestamptz NOT NULL
);
CREATE INDEX webhook_messages_by_age ON webhook_messages (created_at);

-- A message on its way to an endpoint.
CREATE TABLE webhook_sendings (
    id uuid PRIMARY KEY,                  -- time-ordered
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    endpoint_id uuid NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
    message_id text NOT NULL REFERENCES webhook_messages ON DELETE CASCADE,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'dead')),
    attempts int NOT NULL DEFAULT 0,      -- of this round; a replay begins another
    next_at timestamptz NOT NULL,
    claimed_until timestamptz,            -- somebody is sending it
    swept_at timestamptz,
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    UNIQUE (endpoint_id, message_id)
);
CREATE INDEX webhook_sendings_newest ON webhook_sendings (endpoint_id, id DESC);
CREATE INDEX webhook_sendings_due ON webhook_sendings (next_at) WHERE status = 'pending';
CREATE INDEX webhook_sendings_of_message ON webhook_sendings (message_id);

CREATE TABLE webhook_attempts (
    id uuid PRIMARY KEY,                  -- time-ordered
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    sending_id uuid NOT NULL REFERENCES webhook_sendings ON DELETE CASCADE,
    at timestamptz NOT NULL,
    milliseconds int NOT NULL,
    status int,                           -- of the answer; null where there was none
    problem text,
    response text                         -- how the answer begins
);
CREATE INDEX webhook_attempts_of_sending ON webhook_attempts (sending_id, id);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['webhook_endpoints', 'webhook_messages', 'webhook_sendings',
        'webhook_attempts'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = current_workspace())
            WITH CHECK (workspace_id = current_workspace())', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO statewright_tenant', name);
    END LOOP;
END $$;
