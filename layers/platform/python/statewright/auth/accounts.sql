-- name: insert_workspace
-- A new workspace.
INSERT INTO workspaces (id, name, created_at) VALUES (%(id)s, %(name)s, %(now)s);

-- name: insert_user
-- A new person; nothing happens where the e-mail address is known.
INSERT INTO users (id, email, name, password_hash, email_verified_at, created_at)
VALUES (%(id)s, %(email)s, %(name)s, %(password_hash)s, %(email_verified_at)s, %(now)s)
ON CONFLICT (email) DO NOTHING;

-- name: insert_membership
-- Makes a person a member of a workspace; nothing happens where they are.
INSERT INTO memberships (workspace_id, user_id, role, created_at)
VALUES (%(workspace_id)s, %(user_id)s, %(role)s, %(now)s) ON CONFLICT DO NOTHING;

-- name: find_account
-- Who a member is.
SELECT u.id::text AS user_id, u.email, u.email_verified_at IS NOT NULL AS email_verified, u.name,
    has_second_factor(u.id) AS second_factor, u.password_hash IS NOT NULL AS has_password,
    w.id::text AS workspace_id, w.name AS workspace, m.role
FROM memberships m JOIN users u ON u.id = m.user_id JOIN workspaces w ON w.id = m.workspace_id
WHERE m.user_id = %(user_id)s AND m.workspace_id = %(workspace_id)s;

-- name: find_user
-- A person by id, locked.
SELECT id::text AS user_id, email, name, password_hash, email_verified_at, totp_secret,
    totp_confirmed_at, totp_step, deactivated_at
FROM users WHERE id = %(user_id)s FOR UPDATE;

-- name: find_user_by_email
-- A person by e-mail address, deactivated or not, locked.
SELECT id::text AS user_id, email, name, password_hash, email_verified_at, deactivated_at
FROM users WHERE email = %(email)s FOR UPDATE;

-- name: rename_user
-- Changes a person's name.
UPDATE users SET name = %(name)s WHERE id = %(user_id)s;

-- name: reset_password
-- Stores a new password's hash; its owner has shown that the e-mail address is theirs.
UPDATE users SET password_hash = %(password_hash)s, deactivated_at = NULL,
    email_verified_at = coalesce(email_verified_at, %(now)s)
WHERE id = %(user_id)s;

-- name: set_email
-- Stores an e-mail address that is known to be its owner's.
UPDATE users SET email = %(email)s, email_verified_at = %(now)s WHERE id = %(user_id)s;

-- name: deactivate_user
-- Closes an account until its owner resets the password.
UPDATE users SET deactivated_at = %(now)s WHERE id = %(user_id)s;

-- name: forget_in_tasks
-- Takes a person's name and address out of what others' workflows asked; what was decided stays.
UPDATE human_task_people SET email = 'deleted:' || id, name = 'Deleted account'
WHERE user_id = %(user_id)s;

-- name: forget_in_deliveries
-- Takes a person's addresses out of messages that are not under way any more.
UPDATE notification_deliveries d SET recipient = 'deleted', address = 'deleted', content = NULL
WHERE d.user_id = %(user_id)s
  AND NOT EXISTS (SELECT FROM notification_outbox o WHERE o.delivery_id = d.id);

-- name: delete_user
-- Removes a person.
DELETE FROM users WHERE id = %(user_id)s;

-- name: list_only_owner
-- Workspaces that would have no active owner without this person, with how many others are in them.
SELECT w.id::text, w.name, (SELECT count(*) FROM memberships o
    WHERE o.workspace_id = w.id AND o.user_id <> %(user_id)s) AS others
FROM memberships m JOIN workspaces w ON w.id = m.workspace_id
WHERE m.user_id = %(user_id)s AND m.role = 'owner' AND NOT EXISTS (
    SELECT FROM memberships o JOIN users u ON u.id = o.user_id
    WHERE o.workspace_id = w.id AND o.user_id <> %(user_id)s AND o.role = 'owner'
      AND o.deactivated_at IS NULL AND u.deactivated_at IS NULL)
FOR UPDATE OF w;

-- name: delete_workspace
-- Removes a workspace with all that is in it.
DELETE FROM workspaces WHERE id = %(id)s;

-- name: set_totp
-- Stores an authenticator's secret to be confirmed, unless one is in use.
UPDATE users SET totp_secret = %(secret)s, totp_step = NULL
WHERE id = %(user_id)s AND totp_confirmed_at IS NULL;

-- name: confirm_totp
-- The authenticator has shown a right code.
UPDATE users SET totp_confirmed_at = %(now)s WHERE id = %(user_id)s;

-- name: use_totp_step
-- Notes the time step of a code, so that neither it nor an earlier one works again.
UPDATE users SET totp_step = %(step)s
WHERE id = %(user_id)s AND (totp_step IS NULL OR totp_step < %(step)s);

-- name: remove_totp
-- Turns the second factor off.
UPDATE users SET totp_secret = NULL, totp_confirmed_at = NULL, totp_step = NULL
WHERE id = %(user_id)s;

-- name: delete_security_keys
-- Takes all of a person's devices away.
DELETE FROM security_keys WHERE user_id = %(user_id)s;

-- name: find_factors
-- What a person has beside the password.
SELECT u.totp_confirmed_at IS NOT NULL AS totp,
    EXISTS (SELECT FROM security_keys k WHERE k.user_id = u.id) AS "security-key"
FROM users u WHERE u.id = %(user_id)s;

-- name: delete_recovery_codes
-- Makes a person's recovery codes worthless.
DELETE FROM recovery_codes WHERE user_id = %(user_id)s;

-- name: insert_recovery_codes
-- A person's recovery codes, as digests.
INSERT INTO recovery_codes (user_id, digest) SELECT %(user_id)s, unnest(%(digests)s::bytea[]);

-- name: use_recovery_code
-- Uses a recovery code up.
DELETE FROM recovery_codes WHERE user_id = %(user_id)s AND digest = %(digest)s;

-- name: export_account
-- Everything about a person, without what signs them in.
SELECT
    (SELECT to_jsonb(u) - 'password_hash' - 'totp_secret' - 'totp_step' FROM users u
     WHERE u.id = %(user_id)s) AS account,
    (SELECT coalesce(jsonb_agg(to_jsonb(m) || jsonb_build_object('workspace', w.name)), '[]')
     FROM memberships m JOIN workspaces w ON w.id = m.workspace_id
     WHERE m.user_id = %(user_id)s) AS memberships,
    (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM sessions s
     WHERE s.user_id = %(user_id)s) AS sessions,
    (SELECT coalesce(jsonb_agg(to_jsonb(k) - 'digest'), '[]') FROM api_keys k
     WHERE k.created_by = %(user_id)s) AS api_keys,
    (SELECT coalesce(jsonb_agg(to_jsonb(g)), '[]') FROM groups g
     JOIN group_members m ON m.group_id = g.id WHERE m.user_id = %(user_id)s) AS groups,
    (SELECT coalesce(jsonb_agg(to_jsonb(g)), '[]') FROM grants g
     WHERE g.user_id = %(user_id)s) AS grants,
    (SELECT coalesce(jsonb_agg(to_jsonb(k) - 'public_key' - 'sign_count'), '[]') FROM security_keys k
     WHERE k.user_id = %(user_id)s) AS security_keys,
    (SELECT coalesce(jsonb_agg(to_jsonb(i)), '[]') FROM identities i
     WHERE i.user_id = %(user_id)s) AS identities,
    (SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]') FROM provisioned_users p
     WHERE p.user_id = %(user_id)s) AS provisioned,
    (SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]') FROM notification_profiles p
     WHERE p.user_id = %(user_id)s) AS notification_profiles,
    (SELECT coalesce(jsonb_agg(to_jsonb(p)), '[]') FROM notification_preferences p
     WHERE p.user_id = %(user_id)s) AS notification_preferences,
    (SELECT coalesce(jsonb_agg(to_jsonb(d) - 'token'), '[]') FROM notification_devices d
     WHERE d.user_id = %(user_id)s) AS notification_devices,
    (SELECT coalesce(jsonb_agg(to_jsonb(s)), '[]') FROM notification_subscriptions s
     WHERE s.user_id = %(user_id)s) AS notification_subscriptions,
    (SELECT coalesce(jsonb_agg(to_jsonb(i) ORDER BY i.id), '[]') FROM inbox_items i
     WHERE i.user_id = %(user_id)s) AS inbox,
    (SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'channel', d.channel, 'address', d.address,
            'status', d.status, 'created_at', d.created_at) ORDER BY d.id), '[]')
     FROM notification_deliveries d WHERE d.user_id = %(user_id)s) AS deliveries,
    (SELECT coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('title', t.title) ORDER BY p.id), '[]')
     FROM human_task_people p JOIN human_tasks t ON t.id = p.task_id
     WHERE p.user_id = %(user_id)s) AS tasks,
    (SELECT coalesce(jsonb_agg(e.record::jsonb ORDER BY e.at), '[]') FROM audit_events e
     WHERE e.actor = 'user:' || %(user_id)s) AS audit_events;

-- name: find_workspace
-- A workspace's settings.
SELECT id::text, name, require_second_factor, session_minutes, idle_minutes, created_at
FROM workspaces WHERE id = %(id)s;

-- name: update_workspace
-- Changes a workspace's settings; what is null stays.
UPDATE workspaces SET name = coalesce(%(name)s, name),
    require_second_factor = coalesce(%(require_second_factor)s, require_second_factor),
    session_minutes = coalesce(%(session_minutes)s, session_minutes),
    idle_minutes = coalesce(%(idle_minutes)s, idle_minutes)
WHERE id = %(id)s;

-- name: shorten_sessions
-- Lets no session last longer than the workspace wants from now on.
UPDATE sessions s SET expires_at = least(s.expires_at,
    s.created_at + make_interval(mins => w.session_minutes))
FROM workspaces w WHERE w.id = s.workspace_id AND w.id = %(id)s AND s.revoked_at IS NULL;

-- name: list_members
-- The workspace's members.
SELECT u.id::text AS user_id, u.email, u.name, m.role,
    m.deactivated_at IS NULL AND u.deactivated_at IS NULL AS active,
    has_second_factor(u.id) AS second_factor, m.created_at AS joined_at
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE (%(user_id)s::uuid IS NULL OR m.user_id = %(user_id)s::uuid)
  AND (%(after)s::text IS NULL OR (u.email, u.id) > (%(after)s, %(after_id)s::uuid))
ORDER BY u.email, u.id LIMIT %(limit)s;

-- name: lock_workspace
-- One change of members at a time, so that the last two owners cannot both go.
SELECT id FROM workspaces WHERE id = %(id)s FOR UPDATE;

-- name: find_member
-- A member's role and state.
SELECT user_id::text, role, deactivated_at IS NULL AS active FROM memberships
WHERE user_id = %(user_id)s;

-- name: count_other_owners
-- Active owners beside one person.
SELECT count(*) AS owners FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.role = 'owner' AND m.user_id <> %(user_id)s AND m.deactivated_at IS NULL
  AND u.deactivated_at IS NULL;

-- name: update_member
-- Changes a member's role and state.
UPDATE memberships SET role = %(role)s, deactivated_at =
    CASE WHEN %(active)s THEN NULL ELSE coalesce(deactivated_at, %(now)s) END
WHERE user_id = %(user_id)s;

-- name: delete_member
-- Removes a member, with grants and groups.
DELETE FROM memberships WHERE user_id = %(user_id)s;

-- name: delete_keys_of
-- Removes the API keys that a member made for themselves in this workspace.
DELETE FROM api_keys WHERE created_by = %(user_id)s AND service_account_id IS NULL;

-- name: put_invitation
-- Invites an address, or again.
INSERT INTO invitations AS i (id, workspace_id, email, role, invited_by, created_at, expires_at)
VALUES (%(id)s, %(workspace_id)s, %(email)s, %(role)s, %(invited_by)s, %(now)s, %(expires_at)s)
ON CONFLICT (workspace_id, email) DO UPDATE SET role = excluded.role,
    invited_by = excluded.invited_by, expires_at = excluded.expires_at
RETURNING id::text, email, role, created_at, expires_at;

-- name: list_invitations
-- Invitations that wait.
SELECT id::text, email, role, created_at, expires_at FROM invitations
WHERE expires_at > %(now)s ORDER BY created_at, id;

-- name: find_invitation
-- An invitation that waits, with its workspace and who sent it, locked.
SELECT i.id::text, i.workspace_id::text, w.name AS workspace, i.email, i.role, u.name AS inviter
FROM invitations i JOIN workspaces w ON w.id = i.workspace_id LEFT JOIN users u ON u.id = i.invited_by
WHERE i.id = %(id)s AND i.expires_at > %(now)s FOR UPDATE OF i;

-- name: delete_invitation
-- Takes an invitation back, or marks it as done.
DELETE FROM invitations WHERE id = %(id)s;

-- name: find_member_by_email
-- Whether an address belongs to a member.
SELECT FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.email = %(email)s;

-- name: insert_api_key
-- A new API key.
INSERT INTO api_keys (id, workspace_id, name, digest, hint, role, permissions, created_by,
    service_account_id, expires_at, created_at)
VALUES (%(id)s, %(workspace_id)s, %(name)s, %(digest)s, %(hint)s, %(role)s, %(permissions)s,
    %(created_by)s, %(service_account_id)s, %(expires_at)s, %(now)s);

-- name: list_api_keys
-- API keys, of one person or of all, the newest first.
SELECT id::text, name, hint, role, permissions, created_by::text AS user_id,
    service_account_id::text, created_at, expires_at, last_used_at
FROM api_keys
WHERE (%(user_id)s::uuid IS NULL
       OR created_by = %(user_id)s::uuid AND service_account_id IS NULL)
ORDER BY created_at DESC, id DESC;

-- name: delete_api_key
-- Revokes a key, of one person or of anybody.
DELETE FROM api_keys WHERE id = %(id)s
    AND (%(user_id)s::uuid IS NULL
         OR created_by = %(user_id)s::uuid AND service_account_id IS NULL)
RETURNING name;

-- name: find_api_key
-- The key with this digest, with what the person or service account that it acts for may do now.
SELECT k.id::text AS key_id, k.workspace_id::text, k.role AS key_role, k.permissions,
    coalesce(k.service_account_id, k.created_by)::text AS user_id,
    CASE WHEN s.id IS NULL THEN 'user' ELSE 'service_account' END AS kind,
    coalesce(s.role, m.role) AS role, k.last_used_at, a.roles, a.scoped_roles, a.own_roles
FROM api_keys k
LEFT JOIN service_accounts s ON s.id = k.service_account_id
LEFT JOIN memberships m ON s.id IS NULL AND m.workspace_id = k.workspace_id
    AND m.user_id = k.created_by AND m.deactivated_at IS NULL
LEFT JOIN users u ON u.id = m.user_id
CROSS JOIN LATERAL access_of(k.workspace_id, coalesce(s.id, m.user_id), coalesce(s.role, m.role)) a
WHERE k.digest = %(digest)s AND (k.expires_at IS NULL OR k.expires_at > %(now)s)
  AND (s.id IS NOT NULL OR (m.user_id IS NOT NULL AND u.deactivated_at IS NULL));

-- name: touch_api_key
-- When a key was last used, noted once a minute.
UPDATE api_keys SET last_used_at = %(now)s WHERE id = %(id)s RETURNING id;

-- name: insert_service_account
-- A new service account.
INSERT INTO service_accounts (id, workspace_id, name, role, created_at)
VALUES (%(id)s, %(workspace_id)s, %(name)s, %(role)s, %(now)s);

-- name: list_service_accounts
-- The workspace's service accounts.
SELECT id::text, name, role, created_at FROM service_accounts
WHERE (%(id)s::uuid IS NULL OR id = %(id)s::uuid) ORDER BY name;

-- name: delete_service_account
-- Removes a service account with its keys.
DELETE FROM service_accounts WHERE id = %(id)s RETURNING name;

-- name: list_memberships_of
-- All workspaces that a person belongs to.
SELECT workspace_id::text FROM memberships WHERE user_id = %(user_id)s;
