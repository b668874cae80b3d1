-- Words that few executions have are looked up by their index, however PostgreSQL estimates them: it takes
-- the beginning of any word for frequent, and would go through all executions, the newest first, to find the
-- few. Words that many have are met soon that way, so the newest are gone through first, but only so many.

CREATE OR REPLACE FUNCTION find_executions(filter jsonb, at timestamptz, before text, most int)
RETURNS SETOF executions LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    gone_through CONSTANT int := 5000;
    newest_first CONSTANT text := ' ORDER BY e.started_at DESC, e.id DESC LIMIT ';
    conditions text := format('e.workspace_id = %L', current_workspace());
    beyond text := '';
    scopes uuid[] := granted_scopes();
    words text := 'e.search @@ ' || quote_literal(coalesce(words_wanted(filter ->> 'q')::text, ''))
        || '::tsquery';
    workflow_ids uuid[];
    name text;
    found int;
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
    IF filter ->> 'tag' IS NOT NULL OR scopes IS NOT NULL THEN
        -- Looked up first, so that the plan is made for these.
        SELECT coalesce(array_agg(w.id), '{}') INTO workflow_ids FROM workflows w
        WHERE w.workspace_id = current_workspace()
            AND (filter ->> 'tag' IS NULL OR filter ->> 'tag' = ANY(w.tags))
            AND (scopes IS NULL OR w.id = ANY(scopes) OR w.folder_id = ANY(scopes));
        conditions := conditions || format(' AND e.workflow_id = ANY(%L::uuid[])', workflow_ids);
    END IF;
    IF at IS NOT NULL THEN
        beyond := format(' AND (e.started_at, e.id) < (%L, %L)', at, before);
    END IF;
    IF filter ->> 'q' IS NULL THEN
        RETURN QUERY EXECUTE 'SELECT e.* FROM executions e WHERE ' || conditions || beyond
            || newest_first || most;
        RETURN;
    END IF;
    RETURN QUERY EXECUTE 'SELECT e.* FROM (SELECT e.* FROM executions e WHERE ' || conditions
        || beyond || newest_first || gone_through || ') e WHERE ' || words || newest_first || most;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found >= most THEN
        RETURN;
    END IF;
    EXECUTE 'SELECT e.started_at, e.id FROM executions e WHERE ' || conditions || beyond || newest_first
        || '1 OFFSET ' || gone_through - 1 INTO at, before;
    IF at IS NULL THEN
        RETURN;  -- there are no more
    END IF;
    -- OFFSET 0 keeps place, order and limit out of how the rows are found: by the words' index.
    RETURN QUERY EXECUTE 'SELECT e.* FROM (SELECT e.* FROM executions e WHERE ' || conditions || ' AND '
        || words || ' OFFSET 0) e '
        || format('WHERE (e.started_at, e.id) < (%L, %L)', at, before) || newest_first || most - found;
END $$;
