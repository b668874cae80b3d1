-- name: list_security_keys
-- A person's devices, the oldest first.
SELECT id::text, name, created_at, last_used_at, credential_id, public_key, sign_count FROM security_keys
WHERE user_id = %(user_id)s ORDER BY created_at, id;

-- name: insert_security_key
-- A new device; nothing happens where it is known.
INSERT INTO security_keys (id, user_id, credential_id, public_key, sign_count, name, created_at)
VALUES (%(id)s, %(user_id)s, %(credential_id)s, %(public_key)s, %(sign_count)s, %(name)s, %(now)s)
ON CONFLICT (credential_id) DO NOTHING;

-- name: note_security_key
-- A device was used; its counter goes on.
UPDATE security_keys SET sign_count = %(sign_count)s, last_used_at = %(now)s WHERE id = %(id)s;

-- name: delete_security_key
-- Takes a device away.
DELETE FROM security_keys WHERE id = %(id)s AND user_id = %(user_id)s;

-- name: find_person
-- Where a person is written to.
SELECT email FROM users WHERE id = %(user_id)s;
