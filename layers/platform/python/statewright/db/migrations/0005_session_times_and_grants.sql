-- How long sessions last, grants on every kind of thing, provisioning by SCIM.

ALTER TABLE workspaces
    -- OWASP ASVS 3.3.2: people sign in again after twelve hours, unless a workspace says otherwise.
    ADD COLUMN session_minutes int NOT NULL DEFAULT 720 CHECK (session_minutes BETWEEN 20 AND 43200),
    ADD COLUMN idle_minutes int NOT NULL DEFAULT 720 CHECK (idle_minutes BETWEEN 20 AND 43200);

-- -- grants on any kind of thing that has a table of its own ---------------------------------------

-- Lets grants on a folder or on one row decide who sees a table's rows: a column for the folder, and
-- the policy that `statewright.auth.roles.SCOPED` counts on. The table's name is the kind's plural.
CREATE PROCEDURE narrow_to_grants(kind text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ADD COLUMN IF NOT EXISTS
        folder_id uuid REFERENCES folders ON DELETE SET NULL', kind);
    EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %I (folder_id)', kind || '_of_folder', kind);
    EXECUTE format('DROP POLICY IF EXISTS granted ON %I', kind);
    EXECUTE format('CREATE POLICY granted ON %I AS RESTRICTIVE TO statewright_tenant
        USING ((SELECT granted_scopes()) IS NULL
               OR id = ANY ((SELECT granted_scopes())::uuid[])
               OR folder_id = ANY ((SELECT granted_scopes())::uuid[]))', kind);
END $$;

-- Whether the caller sees something of this kind: a kind without a table has nothing.
CREATE FUNCTION scope_exists(kind text, scope uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE found boolean;
BEGIN
    IF to_regclass(quote_ident(kind || 's')) IS NULL THEN RETURN false; END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE id = $1)', kind || 's') INTO found USING scope;
    RETURN found;
END $$;

-- Whether anything lies in a folder, of whatever kind.
CREATE FUNCTION folder_in_use(folder uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
DECLARE
    kind text;
    found boolean;
BEGIN
    FOR kind IN SELECT table_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND column_name = 'folder_id' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE folder_id = $1)', kind)
            INTO found USING folder;
        IF found THEN RETURN true; END IF;
    END LOOP;
    RETURN EXISTS (SELECT FROM folders WHERE parent_id = folder);
END $$;

-- -- provisioning -----------------------------------------------------------------------------------

ALTER TABLE groups ADD COLUMN external_id text, ADD COLUMN updated_at timestamptz;

-- A workspace that is provisioned, with the service account whose key does it.
CREATE TABLE provisioning (
    workspace_id uuid PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
    service_account_id uuid NOT NULL REFERENCES service_accounts ON DELETE CASCADE,
    default_role text NOT NULL,
    created_at timestamptz NOT NULL
);

-- What an identity provider says of a member: all that it sent, to be given back as it was.
CREATE TABLE provisioned_users (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    user_id uuid NOT NULL,
    user_name text NOT NULL,
    external_id text,
    content jsonb NOT NULL,
    made_account boolean NOT NULL,  -- the account began with it: its name and address follow
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, user_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES memberships ON DELETE CASCADE
);
CREATE UNIQUE INDEX provisioned_user_names ON provisioned_users (workspace_id, lower(user_name));
CREATE INDEX provisioned_external_ids ON provisioned_users (workspace_id, external_id);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['provisioning', 'provisioned_users'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = current_workspace())
            WITH CHECK (workspace_id = current_workspace())', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO statewright_tenant', name);
    END LOOP;
END $$;
