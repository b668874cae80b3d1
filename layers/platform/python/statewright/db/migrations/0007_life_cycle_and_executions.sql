-- Life cycle of workflows, and executions that can be searched, redriven and deleted.

-- -- workflows --------------------------------------------------------------------------------------

ALTER TABLE workflows
    ADD COLUMN source text,                        -- the draft's YAML, as its author wrote it
    ADD COLUMN revision bigint NOT NULL DEFAULT 1, -- counts every change: the ETag
    ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
    ADD COLUMN archived_at timestamptz,
    ADD COLUMN deleted_at timestamptz,             -- its executions' rows outlive it, by retention
    ADD COLUMN retention_days int CHECK (retention_days BETWEEN 1 AND 3650),
    ADD COLUMN search tsvector NOT NULL DEFAULT '';
ALTER TABLE workflows DROP CONSTRAINT workflows_workspace_id_name_key;
CREATE UNIQUE INDEX workflow_name ON workflows (workspace_id, name) WHERE deleted_at IS NULL;
ALTER TABLE workflow_versions
    ADD COLUMN source text,
    ADD COLUMN note text NOT NULL DEFAULT '';
ALTER TABLE workspaces ADD COLUMN retention_days int CHECK (retention_days BETWEEN 1 AND 3650);

-- Words of names such as http.request and order_id can be looked for one by one.
CREATE FUNCTION words_of(content text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS
    $$ SELECT to_tsvector('simple', translate(content, '._-/:@', '      ')) $$;

-- All words of a text, the last letters of each left open: 'ord inv' finds 'Order invoices'.
CREATE FUNCTION words_wanted(content text) RETURNS tsquery LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(quote_literal(word) || ':*', ' & ')::tsquery
    FROM regexp_split_to_table(lower(content), '[^[:alnum:]]+') AS word WHERE word <> ''
$$;

-- What people look for a workflow by: its name, tags, description, and its steps' actions.
CREATE FUNCTION workflow_words(name text, tags text[], definition jsonb) RETURNS tsvector
LANGUAGE sql IMMUTABLE AS $$
    SELECT words_of(concat_ws(' ', name, array_to_string(tags, ' '), definition ->> 'description',
        (SELECT string_agg(DISTINCT v #>> '{}', ' ') FROM jsonb_path_query(
            definition, 'strict $.steps.**.use ? (@.type() == "string")', silent => true) v),
        (SELECT string_agg(DISTINCT v #>> '{}', ' ') FROM jsonb_path_query(
            definition, 'strict $.asl.**.Resource ? (@.type() == "string")', silent => true) v)))
$$;

CREATE FUNCTION note_workflow_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        NEW.revision := OLD.revision + 1;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.definition IS DISTINCT FROM OLD.definition
            OR NEW.tags IS DISTINCT FROM OLD.tags THEN
        NEW.search := workflow_words(NEW.name, NEW.tags, NEW.definition);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER note_change BEFORE INSERT OR UPDATE ON workflows
    FOR EACH ROW EXECUTE FUNCTION note_workflow_change();
UPDATE workflows SET search = workflow_words(name, tags, definition);

-- -- executions -------------------------------------------------------------------------------------

ALTER TABLE executions
    ADD COLUMN parent_id text,                     -- the execution whose step started it
    ADD COLUMN rerun_of text,                      -- the execution whose input it was started with
    ADD COLUMN redrives int NOT NULL DEFAULT 0,
    ADD COLUMN search tsvector NOT NULL DEFAULT '';
CREATE INDEX executions_of_workflow ON executions (workspace_id, workflow_id, started_at DESC, id DESC);
CREATE INDEX executions_of_parent ON executions (workspace_id, parent_id) WHERE parent_id IS NOT NULL;
-- Most succeed: those who look for others find them without going through all.
CREATE INDEX executions_by_status ON executions (workspace_id, status, started_at DESC, id DESC)
    WHERE status <> 'succeeded';
CREATE INDEX executions_by_error ON executions (workspace_id, error, started_at DESC, id DESC)
    WHERE error IS NOT NULL;
CREATE INDEX executions_by_words ON executions USING gin (search);
CREATE INDEX executions_by_end ON executions (workspace_id, stopped_at) WHERE stopped_at IS NOT NULL;

-- A page of executions that a filter lets through. Row-level security would keep PostgreSQL from using
-- the index of words (its operator is not leakproof), so this function runs as the owner, keeps to the
-- workspace and the granted scopes itself, and is planned anew for the filters that are given.
CREATE FUNCTION find_executions(filter jsonb, at timestamptz, before text, most int)
RETURNS SETOF executions LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    conditions text := format('e.workspace_id = %L', current_workspace());
    scopes uuid[] := granted_scopes();
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['workflow_id', 'status', 'trigger', 'error', 'parent_id', 'rerun_of',
                                'version', 'id'] LOOP
        IF filter ->> name IS NOT NULL THEN
            conditions := conditions || format(' AND e.%I = %L', name, filter ->> name);
        END IF;
    END LOOP;
    IF filter ->> 'started_after' IS NOT NULL THEN
        conditions := conditions || format(' AND e.started_at >= %L', filter ->> 'started_after');
    END IF;
    IF filter ->> 'started_before' IS NOT NULL THEN
        conditions := conditions || format(' AND e.started_at < %L', filter ->> 'started_before');
    END IF;
    IF filter ->> 'q' IS NOT NULL THEN
        conditions := conditions || format(' AND e.search @@ %L::tsquery',
            coalesce(words_wanted(filter ->> 'q')::text, ''));
    END IF;
    IF filter ->> 'tag' IS NOT NULL THEN
        conditions := conditions || format(' AND e.workflow_id IN (SELECT w.id FROM workflows w
            WHERE w.workspace_id = %L AND %L = ANY(w.tags))', current_workspace(), filter ->> 'tag');
    END IF;
    IF scopes IS NOT NULL THEN
        conditions := conditions || format(' AND e.workflow_id IN (SELECT w.id FROM workflows w
            WHERE w.id = ANY(%1$L) OR w.folder_id = ANY(%1$L))', scopes);
    END IF;
    IF at IS NOT NULL THEN
        conditions := conditions || format(' AND (e.started_at, e.id) < (%L, %L)', at, before);
    END IF;
    RETURN QUERY EXECUTE format('SELECT e.* FROM executions e WHERE %s
        ORDER BY e.started_at DESC, e.id DESC LIMIT %s', conditions, most);
END $$;

-- -- jobs over many executions ------------------------------------------------------------------------

CREATE TABLE execution_jobs (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    action text NOT NULL CHECK (action IN ('stop', 'redrive', 'rerun', 'delete')),
    filter jsonb NOT NULL,
    scopes uuid[],                                 -- the parts of the workspace that its maker sees
    most int NOT NULL,
    status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'done', 'cancelled')),
    done int NOT NULL DEFAULT 0,
    skipped int NOT NULL DEFAULT 0,
    failures jsonb NOT NULL DEFAULT '[]',          -- the first of those that could not be done, with why
    cursor_at timestamptz,
    cursor_id text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz
);
CREATE INDEX execution_jobs_by_age ON execution_jobs (workspace_id, id DESC);

-- -- test runs of drafts ------------------------------------------------------------------------------

CREATE TABLE test_runs (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    definition jsonb NOT NULL,
    bindings jsonb NOT NULL,
    machine_arn text NOT NULL,
    execution_arn text NOT NULL,
    result jsonb,                                  -- what is left of it when its machine is gone
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX test_runs_of_workflow ON test_runs (workflow_id, id DESC);
CREATE INDEX test_runs_open ON test_runs (created_at) WHERE ended_at IS NULL;

-- -- live updates -------------------------------------------------------------------------------------

CREATE TABLE live_connections (
    id text PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    caller jsonb NOT NULL,                         -- what the authorizer found out
    session_id uuid REFERENCES sessions ON DELETE CASCADE,
    key_id uuid REFERENCES api_keys ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX live_connections_by_expiry ON live_connections (expires_at);
CREATE TABLE live_subscriptions (
    connection_id text NOT NULL REFERENCES live_connections ON DELETE CASCADE,
    workspace_id uuid NOT NULL,
    topic text NOT NULL,
    PRIMARY KEY (workspace_id, topic, connection_id)
);
CREATE INDEX live_subscriptions_of_connection ON live_subscriptions (connection_id);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['execution_jobs', 'test_runs', 'live_connections',
                                'live_subscriptions'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = current_workspace())
            WITH CHECK (workspace_id = current_workspace())', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO statewright_tenant', name);
    END LOOP;
END $$;
CREATE POLICY granted ON test_runs AS RESTRICTIVE TO statewright_tenant
    USING ((SELECT granted_scopes()) IS NULL
           OR EXISTS (SELECT FROM workflows w WHERE w.id = workflow_id));
