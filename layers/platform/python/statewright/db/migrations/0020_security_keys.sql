-- Security keys and passkeys (WebAuthn): another second factor. They belong to people, whatever the workspace.

CREATE TABLE security_keys (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    credential_id bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,      -- COSE
    sign_count bigint NOT NULL,     -- 0 where the device does not count
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX security_keys_of_user ON security_keys (user_id);
ALTER TABLE security_keys ENABLE ROW LEVEL SECURITY;  -- only sign-in itself, outside of any workspace, reads them

-- Whether signing in to an account needs more than its password. Workspaces may know that of their members.
CREATE FUNCTION has_second_factor(person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT u.totp_confirmed_at IS NOT NULL OR EXISTS (SELECT FROM security_keys k WHERE k.user_id = u.id)
    FROM users u WHERE u.id = person
$$;
