-- Accounts, sessions, access control and the audit log.

ALTER TABLE users
    ALTER COLUMN password_hash DROP NOT NULL,  -- people who sign in elsewhere have no password here
    ADD COLUMN email_verified_at timestamptz,
    ADD COLUMN deactivated_at timestamptz,
    ADD COLUMN totp_secret bytea,              -- sealed with KMS
    ADD COLUMN totp_confirmed_at timestamptz,
    ADD COLUMN totp_step bigint;               -- the last time step used: a code works once
ALTER TABLE workspaces ADD COLUMN require_second_factor boolean NOT NULL DEFAULT false;
ALTER TABLE memberships ADD COLUMN deactivated_at timestamptz;

-- Fellow members see who one is, never how one signs in.
REVOKE SELECT ON users FROM statewright_tenant;
GRANT SELECT (id, email, name, created_at, email_verified_at, deactivated_at, totp_confirmed_at)
    ON users TO statewright_tenant;

-- -- scopes: folders, roles, groups, grants ------------------------------------------------------

CREATE TABLE folders (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    parent_id uuid REFERENCES folders,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL,
    CONSTRAINT folder_name UNIQUE NULLS NOT DISTINCT (workspace_id, parent_id, name)
);
CREATE INDEX folders_below ON folders (parent_id);
ALTER TABLE workflows ADD COLUMN folder_id uuid REFERENCES folders ON DELETE SET NULL;
CREATE INDEX workflows_of_folder ON workflows (folder_id);

CREATE TABLE roles (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text NOT NULL,
    description text NOT NULL,
    permissions text[] NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, name)
);

CREATE TABLE groups (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL,
    UNIQUE (workspace_id, name)
);
CREATE TABLE group_members (
    group_id uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    PRIMARY KEY (group_id, user_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES memberships ON DELETE CASCADE
);
CREATE INDEX groups_of_user ON group_members (user_id);

CREATE TABLE service_accounts (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    role text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (workspace_id, name)
);

-- A role on the workspace (scope_id null) or on a part of it.
CREATE TABLE grants (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    user_id uuid,
    group_id uuid REFERENCES groups ON DELETE CASCADE,
    service_account_id uuid REFERENCES service_accounts ON DELETE CASCADE,
    role text NOT NULL,
    scope_kind text NOT NULL
        CHECK (scope_kind IN ('workspace', 'folder', 'workflow', 'connection', 'report')),
    scope_id uuid CHECK ((scope_id IS NULL) = (scope_kind = 'workspace')),
    created_at timestamptz NOT NULL,
    CHECK (num_nonnulls(user_id, group_id, service_account_id) = 1),
    FOREIGN KEY (workspace_id, user_id) REFERENCES memberships ON DELETE CASCADE,
    UNIQUE NULLS NOT DISTINCT (workspace_id, user_id, group_id, service_account_id, role, scope_id)
);
CREATE INDEX grants_of_workspace ON grants (workspace_id);

ALTER TABLE api_keys
    ALTER COLUMN created_by DROP NOT NULL,
    DROP CONSTRAINT api_keys_created_by_fkey,
    ADD COLUMN service_account_id uuid REFERENCES service_accounts ON DELETE CASCADE,
    ADD COLUMN permissions text[],             -- null: all that the role has
    ADD COLUMN hint text NOT NULL DEFAULT '',  -- the key's first characters, to recognise it by
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN last_used_at timestamptz,
    ADD FOREIGN KEY (created_by) REFERENCES users ON DELETE CASCADE;

-- The roles that somebody has on a whole workspace and on parts of it, and what its own roles allow.
CREATE FUNCTION access_of(workspace uuid, principal uuid, base text)
RETURNS TABLE (roles text[], scoped_roles text[], own_roles jsonb) LANGUAGE sql STABLE AS $$
    WITH given AS (
        SELECT g.role, g.scope_id IS NULL AS whole FROM grants g
        WHERE g.workspace_id = workspace AND (
            g.user_id = principal OR g.service_account_id = principal
            OR g.group_id IN (SELECT m.group_id FROM group_members m WHERE m.user_id = principal))
    )
    SELECT ARRAY(SELECT base UNION SELECT role FROM given WHERE whole),
           ARRAY(SELECT DISTINCT role FROM given WHERE NOT whole),
           (SELECT jsonb_object_agg(r.name, r.permissions) FROM roles r
            WHERE r.workspace_id = workspace)
$$;

-- Null: the caller's permission covers the workspace. Else the folders, workflows, … it covers.
CREATE FUNCTION granted_scopes() RETURNS uuid[] LANGUAGE sql STABLE AS
    $$ SELECT nullif(current_setting('statewright.scopes', true), '')::uuid[] $$;

-- -- sessions and what guards them ---------------------------------------------------------------

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    method text NOT NULL,
    second_factor boolean NOT NULL,
    user_agent text NOT NULL,
    address text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_reason text
);
CREATE INDEX sessions_of_user ON sessions (user_id, created_at DESC);

CREATE TABLE refresh_tokens (
    digest bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

-- Secrets that open one thing once: links in mails, second steps of a sign-in.
CREATE TABLE one_time_tokens (
    digest bytea PRIMARY KEY,
    use text NOT NULL,
    user_id uuid REFERENCES users ON DELETE CASCADE,
    data jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX one_time_tokens_of_user ON one_time_tokens (user_id, use);

CREATE TABLE recovery_codes (
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    digest bytea NOT NULL,
    PRIMARY KEY (user_id, digest)
);

CREATE TABLE invitations (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    email text NOT NULL CHECK (email = lower(email)),
    role text NOT NULL,
    invited_by uuid REFERENCES users ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    UNIQUE (workspace_id, email)
);

CREATE TABLE signing_keys (
    kid text PRIMARY KEY,
    key_arn text NOT NULL,
    public_jwk jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL,
    retired_at timestamptz
);

-- Counts of a window; losing them in a crash only makes the window begin anew.
CREATE UNLOGGED TABLE throttles (
    key bytea PRIMARY KEY,
    ends_at timestamptz NOT NULL,
    count int NOT NULL
);

-- -- audit ------------------------------------------------------------------------------------------

CREATE TABLE audit_heads (
    workspace_id uuid PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
    sequence bigint NOT NULL,
    hash bytea NOT NULL
);
CREATE TABLE audit_events (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    sequence bigint NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    record text NOT NULL,  -- all of the event, as the JSON text that the hash covers
    hash bytea NOT NULL,
    PRIMARY KEY (workspace_id, sequence)
);
CREATE INDEX audit_by_action ON audit_events (workspace_id, action, sequence DESC);
CREATE INDEX audit_by_actor ON audit_events (workspace_id, actor, sequence DESC);
CREATE INDEX audit_words ON audit_events USING gin (to_tsvector('simple', record));

-- hash = SHA-256 of the previous event's hash, the sequence number, a colon and the record.
CREATE FUNCTION chain_audit_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE before bytea;
BEGIN
    INSERT INTO audit_heads VALUES (NEW.workspace_id, 0, '') ON CONFLICT DO NOTHING;
    SELECT sequence + 1, hash INTO NEW.sequence, before FROM audit_heads
        WHERE workspace_id = NEW.workspace_id FOR UPDATE;
    NEW.hash := sha256(before || convert_to(NEW.sequence || ':' || NEW.record, 'UTF8'));
    UPDATE audit_heads SET sequence = NEW.sequence, hash = NEW.hash
        WHERE workspace_id = NEW.workspace_id;
    RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON audit_events
    FOR EACH ROW EXECUTE FUNCTION chain_audit_event();

-- Events go only with the workspace that they belong to.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM workspaces WHERE id = OLD.workspace_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- -- who may see which rows ---------------------------------------------------------------------------

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['folders', 'roles', 'groups', 'group_members', 'service_accounts',
                                'grants', 'sessions', 'invitations', 'audit_events'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = current_workspace())
            WITH CHECK (workspace_id = current_workspace())', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO statewright_tenant', name);
    END LOOP;
    -- These have no workspace: only sign-in itself, outside of any workspace, touches them.
    FOREACH name IN ARRAY ARRAY['refresh_tokens', 'one_time_tokens', 'recovery_codes',
                                'signing_keys', 'throttles'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    END LOOP;
    -- What belongs to a workflow is seen with it.
    FOREACH name IN ARRAY ARRAY['workflow_versions', 'webhooks', 'executions', 'approvals'] LOOP
        EXECUTE format('CREATE POLICY granted ON %I AS RESTRICTIVE TO statewright_tenant
            USING ((SELECT granted_scopes()) IS NULL
                   OR EXISTS (SELECT FROM workflows w WHERE w.id = workflow_id))', name);
    END LOOP;
END $$;
CREATE POLICY granted ON workflows AS RESTRICTIVE TO statewright_tenant
    USING ((SELECT granted_scopes()) IS NULL
           OR id = ANY ((SELECT granted_scopes())::uuid[])
           OR folder_id = ANY ((SELECT granted_scopes())::uuid[]));
CREATE POLICY granted ON folders AS RESTRICTIVE TO statewright_tenant
    USING ((SELECT granted_scopes()) IS NULL
           OR id = ANY ((SELECT granted_scopes())::uuid[])
           OR parent_id = ANY ((SELECT granted_scopes())::uuid[]));
REVOKE UPDATE, DELETE ON audit_events FROM statewright_tenant;
ALTER TABLE audit_heads ENABLE ROW LEVEL SECURITY;  -- only the trigger above touches it
