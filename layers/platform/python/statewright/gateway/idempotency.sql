-- name: claim_key
-- The turn to answer goes to who sends a key first, or again after the first one's time was over.
INSERT INTO idempotency_keys (workspace_id, principal, key, fingerprint, claim, claimed_at, expires_at)
VALUES (%(workspace_id)s, %(principal)s, %(key)s, %(fingerprint)s, %(claim)s, %(now)s, %(expires_at)s)
ON CONFLICT (workspace_id, principal, key) DO UPDATE
SET fingerprint = excluded.fingerprint, claim = excluded.claim, claimed_at = excluded.claimed_at,
    expires_at = excluded.expires_at, answer = NULL
WHERE idempotency_keys.expires_at <= %(now)s
    OR idempotency_keys.answer IS NULL AND idempotency_keys.claimed_at <= %(abandoned)s
        AND idempotency_keys.fingerprint = excluded.fingerprint
RETURNING claim;

-- name: find_key
-- What was asked and answered with a key.
SELECT fingerprint, answer FROM idempotency_keys
WHERE workspace_id = %(workspace_id)s AND principal = %(principal)s AND key = %(key)s;

-- name: keep_answer
-- The answer, for whoever sends the key again.
UPDATE idempotency_keys SET answer = %(answer)s
WHERE workspace_id = %(workspace_id)s AND principal = %(principal)s AND key = %(key)s
    AND claim = %(claim)s
RETURNING key;

-- name: release_key
-- The key may be tried again: what was answered is not final.
DELETE FROM idempotency_keys
WHERE workspace_id = %(workspace_id)s AND principal = %(principal)s AND key = %(key)s
    AND claim = %(claim)s
RETURNING key;

-- name: delete_expired_keys
-- Forgets what nobody is expected to send again.
DELETE FROM idempotency_keys WHERE expires_at <= %(now)s;
