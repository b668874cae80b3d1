-- Sign-in through identity providers: OpenID Connect, GitHub, SAML.

CREATE TABLE identity_providers (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('oidc', 'google', 'microsoft', 'github', 'saml')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    settings jsonb NOT NULL,
    secret bytea,                -- sealed with KMS
    enabled boolean NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (workspace_id, name)
);

-- Who a provider's subject is here.
CREATE TABLE identities (
    provider_id uuid NOT NULL REFERENCES identity_providers ON DELETE CASCADE,
    subject text NOT NULL,
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, subject),
    FOREIGN KEY (workspace_id, user_id) REFERENCES memberships ON DELETE CASCADE
);
CREATE INDEX identities_of_user ON identities (user_id);

-- SAML: assertions that were used, until they would have ended anyway.
CREATE TABLE used_assertions (
    provider_id uuid NOT NULL REFERENCES identity_providers ON DELETE CASCADE,
    assertion_id text NOT NULL,
    ends_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, assertion_id)
);
-- SAML: what a session is called at its provider, for single logout.
ALTER TABLE sessions ADD COLUMN provider_id uuid REFERENCES identity_providers ON DELETE CASCADE,
    ADD COLUMN provider_session jsonb;
CREATE INDEX sessions_of_provider ON sessions (provider_id) WHERE provider_id IS NOT NULL;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['identity_providers', 'identities'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = current_workspace())
            WITH CHECK (workspace_id = current_workspace())', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO statewright_tenant', name);
    END LOOP;
END $$;
ALTER TABLE used_assertions ENABLE ROW LEVEL SECURITY;
