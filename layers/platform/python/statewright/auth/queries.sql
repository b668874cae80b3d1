-- name: insert_workspace
-- A new workspace.
INSERT INTO workspaces (id, name, created_at) VALUES (%(id)s, %(name)s, %(now)s);

-- name: insert_user
-- A new person; nothing happens where the e-mail address is known.
INSERT INTO users (id, email, name, password_hash, created_at)
VALUES (%(id)s, %(email)s, %(name)s, %(password_hash)s, %(now)s)
ON CONFLICT (email) DO NOTHING;

-- name: insert_membership
-- Makes a person a member of a workspace.
INSERT INTO memberships (workspace_id, user_id, role, created_at)
VALUES (%(workspace_id)s, %(user_id)s, %(role)s, %(now)s);

-- name: find_memberships_by_email
-- A person's password hash and memberships, the oldest first.
SELECT u.id::text AS user_id, u.password_hash, m.workspace_id::text, m.role
FROM users u JOIN memberships m ON m.user_id = u.id
WHERE u.email = %(email)s
ORDER BY m.created_at;

-- name: find_account
-- Who a member is.
SELECT u.id::text AS user_id, u.email, u.name, w.id::text AS workspace_id, w.name AS workspace, m.role
FROM memberships m JOIN users u ON u.id = m.user_id JOIN workspaces w ON w.id = m.workspace_id
WHERE m.user_id = %(user_id)s;

-- name: find_role
-- The role that a person has in a workspace now.
SELECT role FROM memberships WHERE workspace_id = %(workspace_id)s AND user_id = %(user_id)s;

-- name: insert_api_key
-- A new API key.
INSERT INTO api_keys (id, workspace_id, name, digest, role, created_by, created_at)
VALUES (%(id)s, %(workspace_id)s, %(name)s, %(digest)s, %(role)s, %(created_by)s, %(now)s);

-- name: find_api_key
-- The key with this digest.
SELECT workspace_id::text, created_by::text AS user_id, role FROM api_keys WHERE digest = %(digest)s;
