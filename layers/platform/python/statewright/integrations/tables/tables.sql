-- name: insert_table
-- A new table.
INSERT INTO data_tables (id, workspace_id, name, columns, key, created_at, updated_at)
VALUES (%(id)s, current_workspace(), %(name)s, %(columns)s, %(key)s, %(now)s, %(now)s);

-- name: list_tables
-- The workspace's tables, or the one of a name.
SELECT id::text, name, columns, key, row_count AS rows, created_at, updated_at FROM data_tables
WHERE %(name)s::text IS NULL OR name = %(name)s ORDER BY name;

-- name: lock_table
-- A table, which nobody changes until the transaction ends.
SELECT id::text, name, columns, key, row_count AS rows, created_at, updated_at FROM data_tables
WHERE name = %(name)s FOR UPDATE;

-- name: set_columns
-- A table's columns.
UPDATE data_tables SET columns = %(columns)s, updated_at = %(now)s WHERE id = %(id)s;

-- name: delete_table
-- A table with its rows.
DELETE FROM data_tables WHERE name = %(name)s;

-- name: insert_rows
-- New rows; one whose id is there already was added by the same step before.
INSERT INTO data_rows (id, workspace_id, table_id, key, values, created_at, updated_at)
SELECT r.id, current_workspace(), %(table_id)s, r.key, r.values, %(now)s, %(now)s
FROM jsonb_to_recordset(%(rows)s) AS r (id uuid, key text, values jsonb)
ON CONFLICT (id) DO NOTHING;

-- name: known_keys
-- Those of some keys that rows have.
SELECT key FROM data_rows WHERE table_id = %(table_id)s AND key = ANY(%(keys)s);

-- name: upsert_rows
-- Rows, each in the place of the one with the same key.
INSERT INTO data_rows AS d (id, workspace_id, table_id, key, values, created_at, updated_at)
SELECT r.id, current_workspace(), %(table_id)s, r.key, r.values, %(now)s, %(now)s
FROM jsonb_to_recordset(%(rows)s) AS r (id uuid, key text, values jsonb)
ON CONFLICT (table_id, key) DO UPDATE
SET values = d.values || excluded.values, updated_at = excluded.updated_at;

-- name: upsert_row
-- A row, in the place of the one with the same key.
INSERT INTO data_rows AS d (id, workspace_id, table_id, key, values, created_at, updated_at)
VALUES (%(id)s, current_workspace(), %(table_id)s, %(key)s, %(values)s, %(now)s, %(now)s)
ON CONFLICT (table_id, key) DO UPDATE
SET values = d.values || excluded.values, updated_at = excluded.updated_at
RETURNING id::text, values, created_at, updated_at;

-- name: find_rows
-- Rows that fulfil all conditions, in an order.
SELECT id::text, values, created_at, updated_at FROM data_rows d
WHERE table_id = %(table_id)s AND row_fulfils(d.values, %(conditions)s)
  AND (%(after)s::uuid IS NULL OR id > %(after)s::uuid)
ORDER BY CASE WHEN %(order_by)s::text IS NULL OR %(descending)s THEN NULL
              ELSE nullif(values -> %(order_by)s::text, 'null') END,
         CASE WHEN %(order_by)s::text IS NOT NULL AND %(descending)s
              THEN nullif(values -> %(order_by)s::text, 'null') END DESC NULLS LAST, id
LIMIT %(limit)s;

-- name: lock_rows
-- The rows that fulfil all conditions, locked.
SELECT id::text, values FROM data_rows d
WHERE table_id = %(table_id)s AND row_fulfils(d.values, %(conditions)s)
  AND (%(id)s::uuid IS NULL OR id = %(id)s::uuid)
ORDER BY id LIMIT %(limit)s FOR UPDATE;

-- name: put_values
-- New values of rows.
UPDATE data_rows d SET values = r.values, key = r.key, updated_at = %(now)s
FROM jsonb_to_recordset(%(rows)s) AS r (id uuid, key text, values jsonb)
WHERE d.id = r.id AND d.table_id = %(table_id)s;

-- name: delete_rows
-- Rows that fulfil all conditions.
DELETE FROM data_rows d
WHERE table_id = %(table_id)s AND row_fulfils(d.values, %(conditions)s)
  AND (%(id)s::uuid IS NULL OR id = %(id)s::uuid);
