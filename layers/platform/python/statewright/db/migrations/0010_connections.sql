-- Connections: what a workspace signs in to other systems with.

CREATE TABLE connections (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
    title text NOT NULL,
    kind text NOT NULL,
    settings jsonb NOT NULL,                   -- what may be shown
    sealed bytea NOT NULL,                     -- what may not: enveloped with KMS
    tokens bytea,                              -- OAuth tokens, enveloped; whoever renews them locks the row
    version int NOT NULL DEFAULT 1,
    restricted boolean NOT NULL DEFAULT false, -- only for its maker, admins, and whom grants name
    state text NOT NULL DEFAULT 'untested'
        CHECK (state IN ('untested', 'works', 'fails', 'unauthorized')),
    state_detail text NOT NULL DEFAULT '',
    tested_at timestamptz,
    expires_at timestamptz,
    created_by uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    rotated_at timestamptz NOT NULL,
    UNIQUE (workspace_id, name)
);
CREATE INDEX connections_by_expiry ON connections (expires_at) WHERE expires_at IS NOT NULL;

ALTER TABLE connections ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON connections TO statewright_tenant
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
CREATE POLICY granted ON connections AS RESTRICTIVE TO statewright_tenant
    USING ((SELECT granted_scopes()) IS NULL OR id = ANY ((SELECT granted_scopes())::uuid[]));
GRANT SELECT, INSERT, UPDATE, DELETE ON connections TO statewright_tenant;

-- Whether somebody may see and use a connection of the workspace.
CREATE FUNCTION may_use_connection(c connections, principal uuid, administers boolean)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT NOT c.restricted OR administers OR c.created_by IS NOT DISTINCT FROM principal
        OR EXISTS (SELECT FROM grants g WHERE g.scope_kind = 'connection' AND g.scope_id = c.id
            AND (g.user_id = principal OR g.service_account_id = principal OR g.group_id IN
                (SELECT m.group_id FROM group_members m WHERE m.user_id = principal)))
$$;
