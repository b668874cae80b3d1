-- name: list_signing_keys
-- Every published key, the oldest first.
SELECT kid, key_arn AS arn, public_jwk, created_at, signs_from, retired_at
FROM signing_keys ORDER BY signs_from, kid;

-- name: lock_signing_keys
-- One rotation at a time.
SELECT pg_advisory_xact_lock(727003);

-- name: insert_signing_key
-- A new key.
INSERT INTO signing_keys (kid, key_arn, public_jwk, created_at, signs_from)
VALUES (%(kid)s, %(arn)s, %(public_jwk)s, %(now)s, %(signs_from)s);

-- name: retire_signing_keys
-- Keys that a newer one takes over from.
UPDATE signing_keys SET retired_at = %(at)s WHERE retired_at IS NULL AND signs_from < %(at)s;

-- name: remove_signing_keys
-- Keys whose last token has ended.
DELETE FROM signing_keys WHERE retired_at < %(before)s RETURNING key_arn AS arn;

-- name: remove_signing_key
-- One key, at once.
DELETE FROM signing_keys WHERE kid = %(kid)s RETURNING key_arn AS arn;

-- name: insert_session
-- A new session.
INSERT INTO sessions (id, workspace_id, user_id, method, second_factor, user_agent, address,
    created_at, last_used_at, expires_at)
VALUES (%(id)s, %(workspace_id)s, %(user_id)s, %(method)s, %(second_factor)s, %(user_agent)s,
    %(address)s, %(now)s, %(now)s, %(now)s + (SELECT make_interval(mins => w.session_minutes)
    FROM workspaces w WHERE w.id = %(workspace_id)s));

-- name: find_session
-- A session that lives, with what its account may do now.
SELECT s.id::text AS session_id, s.workspace_id::text, s.user_id::text, m.role, s.method,
    s.second_factor, w.require_second_factor, s.expires_at, a.roles, a.scoped_roles, a.own_roles
FROM sessions s
JOIN users u ON u.id = s.user_id AND u.deactivated_at IS NULL
JOIN memberships m ON m.workspace_id = s.workspace_id AND m.user_id = s.user_id
    AND m.deactivated_at IS NULL
JOIN workspaces w ON w.id = s.workspace_id
CROSS JOIN LATERAL access_of(s.workspace_id, s.user_id, m.role) a
WHERE s.id = %(id)s AND s.revoked_at IS NULL AND s.expires_at > %(now)s;

-- name: find_refresh_token
-- A refresh token and its session's state, locked so that two uses cannot both be the first.
SELECT t.used_at, t.created_at, s.id::text AS session_id, s.user_id::text, s.workspace_id::text,
    s.revoked_at, t.created_at + make_interval(mins => w.idle_minutes) <= %(now)s AS idle
FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
JOIN workspaces w ON w.id = s.workspace_id
WHERE t.digest = %(digest)s FOR UPDATE OF t, s;

-- name: insert_refresh_token
-- A session's next refresh token.
INSERT INTO refresh_tokens (digest, session_id, created_at)
VALUES (%(digest)s, %(session_id)s, %(now)s);

-- name: use_refresh_token
-- Marks a refresh token as used up.
UPDATE refresh_tokens SET used_at = %(now)s WHERE digest = %(digest)s;

-- name: touch_session
-- When and from where a session was last used.
UPDATE sessions SET last_used_at = %(now)s, address = %(address)s, user_agent = %(user_agent)s
WHERE id = %(id)s;

-- name: prove_session
-- The session's owner has shown a second factor.
UPDATE sessions SET second_factor = true WHERE id = %(id)s;

-- name: list_sessions
-- A person's sessions that live, in all workspaces, the newest first.
SELECT s.id::text, s.workspace_id::text, w.name AS workspace, s.method, s.second_factor,
    s.user_agent, s.address, s.created_at, s.last_used_at, s.expires_at
FROM sessions s JOIN workspaces w ON w.id = s.workspace_id
WHERE s.user_id = %(user_id)s AND s.revoked_at IS NULL AND s.expires_at > %(now)s
  AND (%(workspace_id)s::uuid IS NULL OR s.workspace_id = %(workspace_id)s::uuid)
ORDER BY s.created_at DESC, s.id DESC;

-- name: revoke_session
-- Ends one session of a person.
UPDATE sessions SET revoked_at = %(now)s, revoked_reason = %(reason)s
WHERE id = %(id)s AND user_id = %(user_id)s AND revoked_at IS NULL
  AND (%(workspace_id)s::uuid IS NULL OR workspace_id = %(workspace_id)s::uuid);

-- name: revoke_sessions
-- Ends a person's sessions, but for one that may be kept, and where asked in one workspace only.
UPDATE sessions SET revoked_at = %(now)s, revoked_reason = %(reason)s
WHERE user_id = %(user_id)s AND revoked_at IS NULL AND id IS DISTINCT FROM %(keep)s::uuid
  AND (%(workspace_id)s::uuid IS NULL OR workspace_id = %(workspace_id)s::uuid);

-- name: find_membership
-- An active person's active membership.
SELECT m.workspace_id::text, m.user_id::text, m.role
FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.user_id = %(user_id)s AND m.workspace_id = %(workspace_id)s
  AND m.deactivated_at IS NULL AND u.deactivated_at IS NULL;

-- name: find_credentials
-- An active person's way to sign in, by e-mail address.
SELECT id::text AS user_id, password_hash FROM users WHERE email = %(email)s AND deactivated_at IS NULL;

-- name: list_memberships
-- A person's active memberships, the oldest first.
SELECT m.workspace_id::text, w.name AS workspace, m.role
FROM memberships m JOIN workspaces w ON w.id = m.workspace_id
WHERE m.user_id = %(user_id)s AND m.deactivated_at IS NULL
ORDER BY m.created_at, m.workspace_id;

-- name: set_password_hash
-- Stores a password's hash.
UPDATE users SET password_hash = %(password_hash)s WHERE id = %(user_id)s;

-- name: count_attempt
-- Counts one attempt in the current window of each key.
INSERT INTO throttles AS t (key, ends_at, count)
SELECT key, %(ends_at)s, 1 FROM unnest(%(keys)s::bytea[]) AS key ORDER BY key
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN t.ends_at <= %(now)s THEN 1 ELSE t.count + 1 END,
    ends_at = CASE WHEN t.ends_at <= %(now)s THEN excluded.ends_at ELSE t.ends_at END
RETURNING key, count, ends_at;

-- name: forgive_attempts
-- Takes an attempt back; all of them for the keys of an account.
UPDATE throttles SET count = CASE WHEN key = ANY(%(cleared)s::bytea[]) THEN 0 ELSE count - 1 END
WHERE key = ANY(%(keys)s::bytea[]) AND count > 0;

-- name: insert_one_time_token
-- A secret that opens one thing once.
INSERT INTO one_time_tokens (digest, use, user_id, data, created_at, expires_at)
VALUES (%(digest)s, %(use)s, %(user_id)s, %(data)s, %(now)s, %(expires_at)s);

-- name: find_one_time_token
-- What a secret opens, locked.
SELECT user_id::text, data, created_at FROM one_time_tokens
WHERE digest = %(digest)s AND use = %(use)s AND expires_at > %(now)s FOR UPDATE;

-- name: delete_one_time_token
-- Uses a secret up.
DELETE FROM one_time_tokens WHERE digest = %(digest)s;

-- name: delete_one_time_tokens
-- Makes a person's secrets of one use worthless.
DELETE FROM one_time_tokens WHERE user_id = %(user_id)s AND use = %(use)s;

-- name: delete_expired
-- Clears what is over; sessions and invitations are kept for a while to explain themselves.
WITH s AS (DELETE FROM sessions WHERE least(expires_at, revoked_at) < %(before)s RETURNING 1),
     o AS (DELETE FROM one_time_tokens WHERE expires_at < %(now)s RETURNING 1),
     i AS (DELETE FROM invitations WHERE expires_at < %(before)s RETURNING 1),
     t AS (DELETE FROM throttles WHERE ends_at < %(now)s RETURNING 1)
SELECT (SELECT count(*) FROM s) AS sessions, (SELECT count(*) FROM o) AS one_time_tokens,
    (SELECT count(*) FROM i) AS invitations, (SELECT count(*) FROM t) AS throttles;

-- name: find_requirement
-- What a workspace asks of those who sign in.
SELECT require_second_factor FROM workspaces WHERE id = %(workspace_id)s;

-- name: find_email
-- A person's e-mail address.
SELECT email FROM users WHERE id = %(user_id)s;
