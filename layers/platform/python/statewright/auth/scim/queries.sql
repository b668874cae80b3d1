-- name: find_users
-- Members as users, by one of their names or all of them.
SELECT u.id::text, u.email, u.name, coalesce(p.user_name, u.email) AS user_name, p.external_id,
    p.content, coalesce(p.made_account, false) AS made_account, m.created_at,
    m.deactivated_at IS NULL AND u.deactivated_at IS NULL AS active,
    coalesce(p.updated_at, m.created_at) AS updated_at,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('value', g.id, 'display', g.name) ORDER BY g.name),
            '[]') FROM groups g JOIN group_members i ON i.group_id = g.id
     WHERE i.user_id = u.id) AS groups
FROM memberships m JOIN users u ON u.id = m.user_id
LEFT JOIN provisioned_users p ON p.workspace_id = m.workspace_id AND p.user_id = m.user_id
WHERE (%(id)s::uuid IS NULL OR u.id = %(id)s::uuid)
  AND (%(name)s::text IS NULL OR lower(coalesce(p.user_name, u.email)) = lower(%(name)s::text))
  AND (%(external_id)s::text IS NULL OR p.external_id = %(external_id)s::text)
ORDER BY m.created_at, u.id LIMIT %(limit)s OFFSET %(offset)s;

-- name: count_users
-- How many members there are.
SELECT count(*) AS total FROM memberships;

-- name: find_groups
-- Groups with their members, by one of their names or all of them.
SELECT g.id::text, g.name, g.external_id, g.created_at, coalesce(g.updated_at, g.created_at) AS updated_at,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('value', u.id, 'display', u.name) ORDER BY u.id),
            '[]') FROM group_members i JOIN users u ON u.id = i.user_id
     WHERE i.group_id = g.id) AS members
FROM groups g
WHERE (%(id)s::uuid IS NULL OR g.id = %(id)s::uuid)
  AND (%(name)s::text IS NULL OR lower(g.name) = lower(%(name)s::text))
  AND (%(external_id)s::text IS NULL OR g.external_id = %(external_id)s::text)
ORDER BY g.created_at, g.id LIMIT %(limit)s OFFSET %(offset)s;

-- name: count_groups
-- How many groups there are.
SELECT count(*) AS total FROM groups;

-- name: set_group_external_id
-- What an identity provider calls a group, and that it has changed.
UPDATE groups SET external_id = %(external_id)s, updated_at = %(now)s WHERE id = %(id)s;

-- name: find_account
-- An account by its address, whether it is a member, locked.
SELECT u.id::text, u.email_verified_at IS NULL AND u.password_hash IS NOT NULL AS unproven,
    EXISTS (SELECT FROM memberships m WHERE m.user_id = u.id
        AND m.workspace_id = %(workspace_id)s) AS member
FROM users u WHERE u.email = %(email)s FOR UPDATE;

-- name: insert_member
-- A member who may be inactive from the beginning, in the role that the workspace chose.
INSERT INTO memberships (workspace_id, user_id, role, created_at, deactivated_at)
SELECT p.workspace_id, %(user_id)s, p.default_role, %(now)s,
    CASE WHEN %(active)s THEN NULL ELSE %(now)s END
FROM provisioning p WHERE p.workspace_id = %(workspace_id)s;

-- name: put_user
-- What an identity provider says of a member.
INSERT INTO provisioned_users (workspace_id, user_id, user_name, external_id, content, made_account,
    created_at, updated_at)
VALUES (%(workspace_id)s, %(user_id)s, %(user_name)s, %(external_id)s, %(content)s, %(made_account)s,
    %(now)s, %(now)s)
ON CONFLICT (workspace_id, user_id) DO UPDATE SET user_name = excluded.user_name,
    external_id = excluded.external_id, content = excluded.content, updated_at = excluded.updated_at;

-- name: follow_account
-- Renames an account that began here, and that nobody but this workspace has anything to do with.
UPDATE users u SET name = %(name)s,
    email_verified_at = CASE WHEN u.email = %(email)s THEN u.email_verified_at END, email = %(email)s
WHERE u.id = %(user_id)s AND u.password_hash IS NULL AND NOT EXISTS (
    SELECT FROM memberships m WHERE m.user_id = u.id AND m.workspace_id <> %(workspace_id)s);

-- name: find_provisioning
-- Whether and how a workspace is provisioned.
SELECT p.default_role, p.created_at, p.service_account_id::text, k.hint, k.last_used_at
FROM provisioning p LEFT JOIN api_keys k ON k.service_account_id = p.service_account_id
ORDER BY k.created_at DESC LIMIT 1;

-- name: put_provisioning
-- Turns provisioning on.
INSERT INTO provisioning (workspace_id, service_account_id, default_role, created_at)
VALUES (%(workspace_id)s, %(account_id)s, %(default_role)s, %(now)s)
ON CONFLICT (workspace_id) DO UPDATE SET default_role = excluded.default_role;

-- name: delete_account_keys
-- Takes a service account's keys away.
DELETE FROM api_keys WHERE service_account_id = %(account_id)s;
