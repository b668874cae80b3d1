-- name: insert_connection
-- A new connection.
INSERT INTO connections (id, workspace_id, name, title, kind, settings, sealed, restricted,
    expires_at, created_by, created_at, updated_at, rotated_at)
VALUES (%(id)s, %(workspace_id)s, %(name)s, %(title)s, %(kind)s, %(settings)s, %(sealed)s,
    %(restricted)s, %(expires_at)s, %(created_by)s, %(now)s, %(now)s, %(now)s);

-- name: list_connections
-- The connections that somebody may see, or one of them.
SELECT c.id::text, c.name, c.title, c.kind, c.settings, c.version, c.restricted, c.state,
    c.state_detail, c.tested_at, c.expires_at, c.created_by::text, c.created_at, c.updated_at,
    c.rotated_at, c.folder_id::text
FROM connections c
WHERE (%(id)s::uuid IS NULL OR c.id = %(id)s::uuid)
  AND may_use_connection(c, %(principal)s::uuid, %(administers)s)
ORDER BY c.name;

-- name: find_credentials
-- A connection as its user needs it, by name.
SELECT id::text, workspace_id::text, name, kind, settings, sealed, tokens, version, state
FROM connections WHERE name = %(name)s;

-- name: find_credentials_by_id
-- A connection as its user needs it, by id.
SELECT id::text, workspace_id::text, name, kind, settings, sealed, tokens, version, state
FROM connections WHERE id = %(id)s;

-- name: lock_credentials
-- The same, and nobody else changes it until the transaction ends.
SELECT id::text, workspace_id::text, name, kind, settings, sealed, tokens, version, state
FROM connections WHERE id = %(id)s FOR UPDATE;

-- name: update_connection
-- Changes what is said about a connection.
UPDATE connections SET title = coalesce(%(title)s, title),
    restricted = coalesce(%(restricted)s, restricted),
    expires_at = CASE WHEN %(set_expiry)s THEN %(expires_at)s ELSE expires_at END,
    updated_at = %(now)s
WHERE id = %(id)s;

-- name: replace_credentials
-- Settings and secrets anew; tokens that came with the old ones are forgotten.
UPDATE connections SET settings = %(settings)s, sealed = %(sealed)s, tokens = NULL,
    version = version + 1, expires_at = %(expires_at)s, state = 'untested', state_detail = '',
    tested_at = NULL, updated_at = %(now)s, rotated_at = %(now)s
WHERE id = %(id)s AND kind = %(kind)s;

-- name: put_tokens
-- The OAuth tokens of a connection.
UPDATE connections SET tokens = %(tokens)s, state = 'works', state_detail = '' WHERE id = %(id)s;

-- name: note_state
-- What the last test or renewal found.
UPDATE connections SET state = %(state)s, state_detail = %(detail)s, tested_at = %(now)s
WHERE id = %(id)s;

-- name: delete_connection
-- Forgets a connection, and the grants on it.
WITH gone AS (DELETE FROM grants WHERE scope_kind = 'connection' AND scope_id = %(id)s)
DELETE FROM connections WHERE id = %(id)s;

-- name: list_uses
-- The workflows whose draft or published version names a connection.
SELECT w.id::text AS workflow_id, w.name AS workflow, d.found AS draft,
    coalesce(p.found, false) AS published
FROM workflows w
LEFT JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = w.version
CROSS JOIN LATERAL (SELECT
    jsonb_path_exists(w.definition, '$.**.connection ? (@ == $name)', %(named)s)
    OR jsonb_path_exists(w.definition, '$.triggers[*].verify ? (@.secret == $name || @.verify_token == $name)', %(named)s)
    AS found) d
LEFT JOIN LATERAL (SELECT
    jsonb_path_exists(v.definition, '$.**.connection ? (@ == $name)', %(named)s)
    OR jsonb_path_exists(v.definition, '$.triggers[*].verify ? (@.secret == $name || @.verify_token == $name)', %(named)s)
    AS found) p ON true
WHERE d.found OR p.found ORDER BY w.name;

-- name: list_usable
-- The names of the connections that somebody may use, whichever way they are shared.
SELECT c.name FROM connections c
WHERE may_use_connection(c, %(principal)s::uuid, EXISTS (SELECT FROM memberships m
    WHERE m.user_id = %(principal)s::uuid AND m.role IN ('owner', 'admin')));

-- name: list_expiring
-- Connections of all workspaces that expire between two times.
SELECT id::text, workspace_id::text, name, title, expires_at FROM connections
WHERE expires_at BETWEEN %(since)s AND %(until)s ORDER BY expires_at;
