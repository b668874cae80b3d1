-- Tables whose rows are kept in Statewright.

CREATE TABLE data_tables (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]{0,62}$'),
    columns jsonb NOT NULL,   -- name → {type, required}
    key text[] NOT NULL,      -- the columns that make a row the only one of its kind
    row_count bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (workspace_id, name)
);

CREATE TABLE data_rows (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    table_id uuid NOT NULL REFERENCES data_tables ON DELETE CASCADE,
    key text,                 -- the key's values as JSON; null where the table has no key
    values jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    UNIQUE (table_id, key)
);
CREATE INDEX data_rows_by_age ON data_rows (table_id, id);
CREATE INDEX data_rows_by_value ON data_rows USING gin (values jsonb_path_ops);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['data_tables', 'data_rows'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = current_workspace())
            WITH CHECK (workspace_id = current_workspace())', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO statewright_tenant', name);
    END LOOP;
END $$;

-- The table's count follows its rows.
CREATE FUNCTION count_data_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE data_tables t SET row_count = row_count + c.n
        FROM (SELECT table_id, count(*) AS n FROM changed GROUP BY table_id) c WHERE t.id = c.table_id;
    ELSE
        UPDATE data_tables t SET row_count = row_count - c.n
        FROM (SELECT table_id, count(*) AS n FROM changed GROUP BY table_id) c WHERE t.id = c.table_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER counted_in AFTER INSERT ON data_rows REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION count_data_rows();
CREATE TRIGGER counted_out AFTER DELETE ON data_rows REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION count_data_rows();

-- Whether a row fulfils conditions: [{"column", "op", "value"}]. Values of one type are compared as
-- JSONB compares them: numbers by value, texts (dates and times among them) in the database's order.
CREATE FUNCTION row_fulfils(row_values jsonb, conditions jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(bool_and(coalesce(CASE c ->> 'op'
        WHEN '=' THEN row_values -> (c ->> 'column') = c -> 'value'
        WHEN '!=' THEN row_values -> (c ->> 'column') IS DISTINCT FROM c -> 'value'
        WHEN '<' THEN row_values -> (c ->> 'column') < c -> 'value' AND same
        WHEN '<=' THEN row_values -> (c ->> 'column') <= c -> 'value' AND same
        WHEN '>' THEN row_values -> (c ->> 'column') > c -> 'value' AND same
        WHEN '>=' THEN row_values -> (c ->> 'column') >= c -> 'value' AND same
        WHEN 'in' THEN EXISTS (SELECT FROM jsonb_array_elements(c -> 'value') e
                               WHERE e = row_values -> (c ->> 'column'))
        WHEN 'contains' THEN CASE jsonb_typeof(row_values -> (c ->> 'column'))
            WHEN 'string' THEN strpos(row_values ->> (c ->> 'column'), c ->> 'value') > 0
            ELSE row_values -> (c ->> 'column') @> (c -> 'value') END
        WHEN 'starts_with' THEN starts_with(row_values ->> (c ->> 'column'), c ->> 'value')
        WHEN 'empty' THEN (coalesce(row_values ->> (c ->> 'column'), '') = '')
                          = coalesce((c ->> 'value')::boolean, true)
    END, false)), true)
    FROM jsonb_array_elements(conditions) c,
    LATERAL (SELECT jsonb_typeof(row_values -> (c ->> 'column')) = jsonb_typeof(c -> 'value') AS same) s
$$;
