-- name: insert_provider
-- A new identity provider.
INSERT INTO identity_providers (id, workspace_id, kind, name, settings, secret, enabled, created_at)
VALUES (%(id)s, %(workspace_id)s, %(kind)s, %(name)s, %(settings)s, %(secret)s, %(enabled)s, %(now)s);

-- name: update_provider
-- Replaces a provider's settings; a secret that is not given stays.
UPDATE identity_providers SET name = %(name)s, settings = %(settings)s, enabled = %(enabled)s,
    secret = coalesce(%(secret)s, secret)
WHERE id = %(id)s AND kind = %(kind)s;

-- name: list_providers
-- The workspace's identity providers, or one of them.
SELECT id::text, kind, name, settings, secret IS NOT NULL AS has_secret, enabled, created_at
FROM identity_providers WHERE (%(id)s::uuid IS NULL OR id = %(id)s::uuid) ORDER BY name;

-- name: delete_provider
-- Removes a provider; nobody can sign in through it any more.
DELETE FROM identity_providers WHERE id = %(id)s RETURNING name;

-- name: end_provider_sessions
-- Ends the sessions that a provider vouched for.
UPDATE sessions SET revoked_at = %(now)s, revoked_reason = 'identity provider removed'
WHERE provider_id = %(id)s AND revoked_at IS NULL;

-- name: find_provider
-- An identity provider that people may sign in through.
SELECT id::text, workspace_id::text, kind, name, settings, secret FROM identity_providers
WHERE id = %(id)s AND enabled;

-- name: list_sign_in_providers
-- What a workspace's sign-in page offers.
SELECT id::text, kind, name FROM identity_providers
WHERE workspace_id = %(workspace_id)s AND enabled ORDER BY name;

-- name: find_identity
-- Who a provider's subject is here.
SELECT i.user_id::text, m.role, m.deactivated_at IS NULL AND u.deactivated_at IS NULL AS active
FROM identities i
JOIN memberships m ON m.workspace_id = i.workspace_id AND m.user_id = i.user_id
JOIN users u ON u.id = i.user_id
WHERE i.provider_id = %(provider_id)s AND i.subject = %(subject)s;

-- name: put_identity
-- Notes who a provider's subject is here, or that it came again.
INSERT INTO identities (provider_id, subject, workspace_id, user_id, email, created_at, last_used_at)
VALUES (%(provider_id)s, %(subject)s, %(workspace_id)s, %(user_id)s, %(email)s, %(now)s, %(now)s)
ON CONFLICT (provider_id, subject) DO UPDATE SET email = excluded.email,
    last_used_at = excluded.last_used_at;

-- name: find_membership_state
-- A person's membership, active or not.
SELECT role, deactivated_at IS NULL AS active FROM memberships
WHERE workspace_id = %(workspace_id)s AND user_id = %(user_id)s;

-- name: find_open_invitation
-- The invitation that waits for an address in a workspace.
SELECT id::text, role FROM invitations
WHERE workspace_id = %(workspace_id)s AND email = %(email)s AND expires_at > %(now)s FOR UPDATE;

-- name: set_role
-- A member's role, as the identity provider says it; owners stay owners.
UPDATE memberships SET role = %(role)s
WHERE workspace_id = %(workspace_id)s AND user_id = %(user_id)s AND role <> 'owner'
  AND role <> %(role)s;

-- name: role_exists
-- Whether a role of the workspace's own is still there.
SELECT FROM roles WHERE workspace_id = %(workspace_id)s AND name = %(role)s;

-- name: note_provider
-- Which provider vouched for a session, and what it calls the session.
UPDATE sessions SET provider_id = %(provider_id)s, provider_session = %(provider_session)s
WHERE id = %(id)s;

-- name: use_assertion
-- Marks an assertion as used; nothing happens where it was used before.
INSERT INTO used_assertions (provider_id, assertion_id, ends_at)
VALUES (%(provider_id)s, %(assertion_id)s, %(ends_at)s) ON CONFLICT DO NOTHING;

-- name: delete_used_assertions
-- Forgets assertions that have ended.
DELETE FROM used_assertions WHERE ends_at < %(now)s;

-- name: find_provider_session
-- What the provider calls a session that lives.
SELECT provider_session, provider_id::text FROM sessions
WHERE id = %(id)s AND provider_id IS NOT NULL AND revoked_at IS NULL;

-- name: end_named_sessions
-- Ends the sessions that a provider has ended.
UPDATE sessions SET revoked_at = %(now)s, revoked_reason = 'signed out at the identity provider'
WHERE provider_id = %(provider_id)s AND revoked_at IS NULL
  AND provider_session->>'name_id' = %(name_id)s
  AND (%(session_index)s::text IS NULL OR provider_session->>'session_index' = %(session_index)s);
