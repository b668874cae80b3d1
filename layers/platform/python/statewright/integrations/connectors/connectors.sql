-- name: put_connector
-- Stores a connector, in the place of the one of its name.
INSERT INTO connectors (id, workspace_id, name, title, description, kind, version, dialect, source,
    server, servers, security, total, problems, created_by, created_at, updated_at)
VALUES (%(id)s, %(workspace_id)s, %(name)s, %(title)s, %(description)s, %(kind)s, %(version)s,
    %(dialect)s, %(source)s, %(server)s, %(servers)s, %(security)s, %(total)s, %(problems)s,
    %(created_by)s, %(now)s, %(now)s)
ON CONFLICT (workspace_id, name) DO UPDATE SET title = excluded.title,
    description = excluded.description, kind = excluded.kind, version = excluded.version,
    dialect = excluded.dialect, source = excluded.source, server = excluded.server,
    servers = excluded.servers, security = excluded.security, total = excluded.total,
    problems = excluded.problems, updated_at = excluded.updated_at
RETURNING id::text;

-- name: lock_connector
-- A connector by its name, until the transaction ends.
SELECT id::text, name, server FROM connectors WHERE name = %(name)s FOR UPDATE;

-- name: delete_operations
-- Makes room for a connector's operations of now.
DELETE FROM connector_operations WHERE connector_id = %(id)s;

-- name: delete_schemas
-- Makes room for a connector's schemas of now.
DELETE FROM connector_schemas WHERE connector_id = %(id)s;

-- name: insert_operations
-- A connector's operations, all at once.
INSERT INTO connector_operations (connector_id, workspace_id, name, title, method, path, tags,
    deprecated, pages, fingerprint, spec, words)
SELECT %(id)s, %(workspace_id)s, r.name, r.title, r.method, r.path, r.tags, r.deprecated, r.pages,
    r.fingerprint, r.spec,
    setweight(to_tsvector('english', r.words), 'A') || to_tsvector('english', r.description)
FROM jsonb_to_recordset(%(rows)s) AS r (name text, title text, method text, path text, tags text[],
    deprecated boolean, pages boolean, fingerprint text, spec jsonb, words text, description text);

-- name: insert_schemas
-- The schemas that a connector's operations refer to, all at once.
INSERT INTO connector_schemas (connector_id, workspace_id, name, schema, refers_to)
SELECT %(id)s, %(workspace_id)s, r.name, r.schema, r.refers_to
FROM jsonb_to_recordset(%(rows)s) AS r (name text, schema jsonb, refers_to text[]);

-- name: list_connectors
-- The workspace's connectors.
SELECT id::text, name, title, description, kind, version, source, server, servers, security, total,
    problems, created_at, updated_at,
    (SELECT count(*) FROM connector_operations o WHERE o.connector_id = c.id) AS operations
FROM connectors c WHERE %(name)s::text IS NULL OR name = %(name)s ORDER BY name;

-- name: list_fingerprints
-- What a connector's operations are now.
SELECT name, fingerprint FROM connector_operations WHERE connector_id = %(id)s;

-- name: search_operations
-- Operations by words, the best first; or all, by name.
SELECT c.name AS connector, o.name, o.title, o.method, o.path, o.tags, o.deprecated, o.pages
FROM connector_operations o JOIN connectors c ON c.id = o.connector_id
WHERE (%(connector)s::text IS NULL OR c.name = %(connector)s)
  AND (%(words)s::text IS NULL OR o.words @@ websearch_to_tsquery('english', %(words)s)
       OR o.name ILIKE '%%' || %(like)s || '%%' OR o.path ILIKE '%%' || %(like)s || '%%')
ORDER BY CASE WHEN %(words)s::text IS NULL THEN 0
    ELSE -ts_rank(o.words, websearch_to_tsquery('english', %(words)s)) END, c.name, o.name
LIMIT %(limit)s OFFSET %(offset)s;

-- name: find_operations
-- Operations by their connector's name and their own.
SELECT c.name AS connector, c.server, o.connector_id::text, o.name, o.spec
FROM connector_operations o JOIN connectors c ON c.id = o.connector_id
WHERE (c.name, o.name) IN
    (SELECT r.connector, r.name FROM jsonb_to_recordset(%(names)s) AS r (connector text, name text));

-- name: find_schemas
-- Schemas by name, with all those that they need.
WITH RECURSIVE needed AS (
    SELECT name, schema, refers_to FROM connector_schemas
    WHERE connector_id = %(id)s AND name = ANY(%(names)s)
    UNION
    SELECT s.name, s.schema, s.refers_to FROM connector_schemas s
    JOIN needed n ON s.name = ANY(n.refers_to) WHERE s.connector_id = %(id)s)
SELECT name, schema FROM needed;

-- name: list_operation_names
-- The names of operations of some connectors.
SELECT c.name || '.' || o.name AS name
FROM connector_operations o JOIN connectors c ON c.id = o.connector_id WHERE c.name = ANY(%(connectors)s);

-- name: delete_connector
-- Removes a connector with all that belongs to it.
DELETE FROM connectors WHERE name = %(name)s;

-- name: list_affected
-- Workflows whose draft or published version uses one of some operations.
SELECT w.id::text AS workflow_id, w.name AS workflow, u.used FROM workflows w
LEFT JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = w.version
CROSS JOIN LATERAL (SELECT array_agg(DISTINCT t.found #>> '{}') AS used FROM (
    SELECT jsonb_path_query(w.definition, '$.**.use') AS found
    UNION SELECT jsonb_path_query(v.definition, '$.**.use')) t
    WHERE t.found #>> '{}' = ANY(%(names)s)) u
WHERE u.used IS NOT NULL ORDER BY w.name;
