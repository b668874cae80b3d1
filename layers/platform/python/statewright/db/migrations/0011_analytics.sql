-- Analytics: facts by month, roll-ups that the database keeps in step with them, search, reports.
--
-- A fact is one thing that happened: an execution, a step of one, a sign-in, … Its roll-ups are sums,
-- so a fact that comes late, twice, or changes later moves them by the difference, in the transaction
-- that stores it; and summing all facts anew gives the same numbers (analytics_rebuild).

CREATE TABLE analytics_settings (
    workspace_id uuid PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
    time_zone text NOT NULL,        -- whose days the daily roll-ups are
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    hourly_rate numeric NOT NULL CHECK (hourly_rate >= 0),  -- what an hour of somebody's work costs
    locale text NOT NULL
);

-- What a workflow is expected to do: how long it may take, and what one run spares people.
CREATE TABLE analytics_targets (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    workflow_id uuid PRIMARY KEY REFERENCES workflows ON DELETE CASCADE,
    target_ms bigint CHECK (target_ms > 0),
    saved_minutes numeric NOT NULL CHECK (saved_minutes >= 0)
);

-- Moves with every batch of facts: whoever has seen a version has seen all of it. Ingestion of a
-- workspace holds the row, so that its batches come one after the other.
CREATE TABLE analytics_versions (
    workspace_id uuid PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
    version bigint NOT NULL
);

-- How far each source has been read.
CREATE TABLE analytics_watermarks (
    source text NOT NULL,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    position bigint NOT NULL,
    PRIMARY KEY (source, workspace_id)
);

CREATE TABLE analytics_facts (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('execution', 'step', 'trigger', 'notification', 'sign_in',
                                       'api_call', 'change', 'decision')),
    at timestamptz NOT NULL,   -- when it began: never changes, so it may choose the partition
    key text NOT NULL,         -- what it is, within its kind: told twice, it is one fact
    revision bigint NOT NULL,  -- a later one replaces an earlier one, whatever order they come in
    workflow_id uuid,
    version int,
    subject text,              -- step, trigger, template, endpoint, action
    via text,                  -- trigger's type, channel, method
    actor text,                -- 'user:<id>', 'service_account:<id>'
    status text NOT NULL,
    error text,
    duration_ms bigint CHECK (duration_ms >= 0),
    target_ms bigint,          -- how long it was allowed to take
    attempts bigint NOT NULL DEFAULT 0,  -- beyond the first
    units bigint NOT NULL DEFAULT 0,     -- what AWS bills: state transitions
    detail text,               -- a sample of what went wrong
    histories_read boolean,    -- of an ended execution: whether its steps have been read
    PRIMARY KEY (workspace_id, kind, at, key)
) PARTITION BY RANGE (at);
CREATE INDEX analytics_facts_of_workflow ON analytics_facts (workspace_id, workflow_id, kind, at);
CREATE INDEX analytics_histories_to_read ON analytics_facts (at) WHERE histories_read = false;

-- Sums over the facts of an hour (UTC) or a day (of the workspace's time zone) with equal dimensions.
CREATE TABLE analytics_hours (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    dims uuid NOT NULL,        -- a hash of the dimensions: they would make a wide key
    workflow_id uuid, version int, subject text, via text, actor text, status text NOT NULL,
    error text,
    n bigint NOT NULL, timed bigint NOT NULL, duration_ms numeric NOT NULL, judged bigint NOT NULL,
    met bigint NOT NULL, attempts numeric NOT NULL, units numeric NOT NULL,
    PRIMARY KEY (workspace_id, kind, at, dims)
) PARTITION BY RANGE (at);
CREATE TABLE analytics_days (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind text NOT NULL,
    at date NOT NULL,
    dims uuid NOT NULL,
    workflow_id uuid, version int, subject text, via text, actor text, status text NOT NULL,
    error text,
    n bigint NOT NULL, timed bigint NOT NULL, duration_ms numeric NOT NULL, judged bigint NOT NULL,
    met bigint NOT NULL, attempts numeric NOT NULL, units numeric NOT NULL,
    PRIMARY KEY (workspace_id, kind, at, dims)
);

-- Sketches of durations (DDSketch, https://arxiv.org/abs/1908.10693): how many fell into each of the
-- buckets (gamma^(i-2), gamma^(i-1)] ms. They merge by addition, and a quantile is right within 2 %.
CREATE TABLE analytics_hour_latencies (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    dims uuid NOT NULL,
    workflow_id uuid, version int, subject text,
    bucket smallint NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (workspace_id, kind, at, dims, bucket)
) PARTITION BY RANGE (at);
CREATE TABLE analytics_day_latencies (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind text NOT NULL,
    at date NOT NULL,
    dims uuid NOT NULL,
    workflow_id uuid, version int, subject text,
    bucket smallint NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (workspace_id, kind, at, dims, bucket)
);

CREATE FUNCTION analytics_bucket(ms bigint) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN ms <= 0 THEN 0 ELSE 1 + ceil(ln(ms::float8) / ln(1.04::float8)) END::smallint
$$;
-- What stands for all durations of a bucket: at most 2 % from each.
CREATE FUNCTION analytics_bucket_ms(bucket int) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN bucket = 0 THEN 0 ELSE 2 * 1.04::float8 ^ (bucket - 1) / 2.04 END
$$;

-- What is searched: executions and what their histories say, markup taken as words. The workspace and the kind are words of
-- the index too (with a control character before them, which no query can contain), so one GIN index serves all.
CREATE TABLE analytics_documents (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('execution', 'log')),
    at timestamptz NOT NULL,
    id text NOT NULL,
    workflow_id uuid,
    status text,
    title text NOT NULL,
    body text NOT NULL,
    words tsvector GENERATED ALWAYS AS (
        to_tsvector('simple', translate(left(title || ' ' || body, 50000), '<>', '  '))
        || array_to_tsvector(ARRAY[E'\x01' || workspace_id::text, E'\x01' || kind])) STORED,
    PRIMARY KEY (workspace_id, kind, at, id)
) PARTITION BY RANGE (at);
CREATE INDEX analytics_documents_words ON analytics_documents USING gin (words);

-- -- partitions -----------------------------------------------------------------------------------

-- Makes the partitions of a month.
CREATE FUNCTION analytics_ensure_month(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
    following timestamptz := (date_trunc('month', month::timestamp) + '1 month') AT TIME ZONE 'UTC';
    parent text;
    part text;
BEGIN
    PERFORM pg_advisory_xact_lock(727011);
    FOREACH parent IN ARRAY ARRAY['analytics_facts', 'analytics_hours', 'analytics_hour_latencies',
                                  'analytics_documents'] LOOP
        part := parent || to_char(first AT TIME ZONE 'UTC', '_YYYYMM');
        IF to_regclass(part) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                           part, parent, first, following);
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        END IF;
    END LOOP;
END $$;

-- Drops what lies wholly before a moment, and says what.
CREATE FUNCTION analytics_drop_before(parent text, before timestamptz) RETURNS SETOF text
    LANGUAGE plpgsql AS $$
DECLARE part text;
BEGIN
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = parent::regclass
          AND c.relname <= parent || to_char(before AT TIME ZONE 'UTC' - interval '1 month', '_YYYYMM')
        ORDER BY 1 LOOP
        EXECUTE format('DROP TABLE %I', part);
        RETURN NEXT part;
    END LOOP;
END $$;

-- -- roll-ups ---------------------------------------------------------------------------------------

CREATE FUNCTION analytics_dims(workflow uuid, version int, subject text, via text, actor text,
                               status text, error text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT md5(coalesce(workflow::text, '') || E'\x01' || coalesce(version::text, '') || E'\x01'
        || coalesce(subject, E'\x02') || E'\x01' || coalesce(via, E'\x02') || E'\x01'
        || coalesce(actor, E'\x02') || E'\x01' || status || E'\x01' || coalesce(error, E'\x02'))::uuid
$$;

-- Adds facts to the hours' sums, and takes away what they were before.
CREATE FUNCTION analytics_move_hours(added analytics_facts[], removed analytics_facts[]) RETURNS void
    LANGUAGE sql AS $$
    WITH f AS MATERIALIZED (
        SELECT 1 AS sign, date_trunc('hour', a.at, 'UTC') AS hour, a.* FROM unnest(added) a
        UNION ALL
        SELECT -1, date_trunc('hour', r.at, 'UTC'), r.* FROM unnest(removed) r
    ), sums AS (
        INSERT INTO analytics_hours AS h (workspace_id, kind, at, dims, workflow_id, version, subject,
            via, actor, status, error, n, timed, duration_ms, judged, met, attempts, units)
        SELECT workspace_id, kind, hour,
            analytics_dims(workflow_id, version, subject, via, actor, status, error) AS dims,
            workflow_id, version, subject, via, actor, status, error, sum(sign),
            coalesce(sum(sign) FILTER (WHERE duration_ms IS NOT NULL), 0),
            coalesce(sum(sign * duration_ms), 0),
            coalesce(sum(sign) FILTER (WHERE target_ms IS NOT NULL AND duration_ms IS NOT NULL), 0),
            coalesce(sum(sign) FILTER (WHERE duration_ms <= target_ms AND status = 'succeeded'), 0),
            sum(sign * attempts), sum(sign * units)
        FROM f GROUP BY workspace_id, kind, hour, workflow_id, version, subject, via, actor, status, error
        ORDER BY workspace_id, kind, hour, dims
        ON CONFLICT (workspace_id, kind, at, dims) DO UPDATE SET n = h.n + excluded.n,
            timed = h.timed + excluded.timed, duration_ms = h.duration_ms + excluded.duration_ms,
            judged = h.judged + excluded.judged, met = h.met + excluded.met,
            attempts = h.attempts + excluded.attempts, units = h.units + excluded.units
    )
    INSERT INTO analytics_hour_latencies AS l
        (workspace_id, kind, at, dims, workflow_id, version, subject, bucket, n)
    SELECT workspace_id, kind, hour,
        analytics_dims(workflow_id, version, subject, NULL, NULL, '', NULL) AS dims, workflow_id,
        version, subject, analytics_bucket(duration_ms) AS bucket, sum(sign)
    FROM f WHERE duration_ms IS NOT NULL
    GROUP BY workspace_id, kind, hour, workflow_id, version, subject, bucket
    HAVING sum(sign) <> 0
    ORDER BY workspace_id, kind, hour, dims, bucket
    ON CONFLICT (workspace_id, kind, at, dims, bucket) DO UPDATE SET n = l.n + excluded.n;
    DELETE FROM analytics_hours h USING (
        SELECT DISTINCT workspace_id, kind, date_trunc('hour', r.at, 'UTC') AS hour,
            analytics_dims(workflow_id, version, subject, via, actor, status, error) AS dims
        FROM unnest(removed) r) gone
    WHERE h.n = 0 AND (h.workspace_id, h.kind, h.at, h.dims)
        = (gone.workspace_id, gone.kind, gone.hour, gone.dims);
    DELETE FROM analytics_hour_latencies l USING (
        SELECT DISTINCT workspace_id, kind, date_trunc('hour', r.at, 'UTC') AS hour,
            analytics_dims(workflow_id, version, subject, NULL, NULL, '', NULL) AS dims,
            analytics_bucket(duration_ms) AS bucket
        FROM unnest(removed) r WHERE duration_ms IS NOT NULL) gone
    WHERE l.n = 0 AND (l.workspace_id, l.kind, l.at, l.dims, l.bucket)
        = (gone.workspace_id, gone.kind, gone.hour, gone.dims, gone.bucket);
$$;

-- The same for the days of each workspace's time zone.
CREATE FUNCTION analytics_day(moment timestamptz, zone text) RETURNS date LANGUAGE sql STABLE AS
    $$ SELECT (moment AT TIME ZONE coalesce(zone, 'UTC'))::date $$;

CREATE FUNCTION analytics_move_days(added analytics_facts[], removed analytics_facts[]) RETURNS void
    LANGUAGE sql AS $$
    WITH f AS MATERIALIZED (
        SELECT 1 AS sign, analytics_day(a.at, s.time_zone) AS day, a.*
        FROM unnest(added) a LEFT JOIN analytics_settings s USING (workspace_id)
        UNION ALL
        SELECT -1, analytics_day(r.at, s.time_zone), r.*
        FROM unnest(removed) r LEFT JOIN analytics_settings s USING (workspace_id)
    ), sums AS (
        INSERT INTO analytics_days AS d (workspace_id, kind, at, dims, workflow_id, version, subject,
            via, actor, status, error, n, timed, duration_ms, judged, met, attempts, units)
        SELECT workspace_id, kind, day,
            analytics_dims(workflow_id, version, subject, via, actor, status, error) AS dims,
            workflow_id, version, subject, via, actor, status, error, sum(sign),
            coalesce(sum(sign) FILTER (WHERE duration_ms IS NOT NULL), 0),
            coalesce(sum(sign * duration_ms), 0),
            coalesce(sum(sign) FILTER (WHERE target_ms IS NOT NULL AND duration_ms IS NOT NULL), 0),
            coalesce(sum(sign) FILTER (WHERE duration_ms <= target_ms AND status = 'succeeded'), 0),
            sum(sign * attempts), sum(sign * units)
        FROM f GROUP BY workspace_id, kind, day, workflow_id, version, subject, via, actor, status, error
        ORDER BY workspace_id, kind, day, dims
        ON CONFLICT (workspace_id, kind, at, dims) DO UPDATE SET n = d.n + excluded.n,
            timed = d.timed + excluded.timed, duration_ms = d.duration_ms + excluded.duration_ms,
            judged = d.judged + excluded.judged, met = d.met + excluded.met,
            attempts = d.attempts + excluded.attempts, units = d.units + excluded.units
    )
    INSERT INTO analytics_day_latencies AS l
        (workspace_id, kind, at, dims, workflow_id, version, subject, bucket, n)
    SELECT workspace_id, kind, day,
        analytics_dims(workflow_id, version, subject, NULL, NULL, '', NULL) AS dims, workflow_id,
        version, subject, analytics_bucket(duration_ms) AS bucket, sum(sign)
    FROM f WHERE duration_ms IS NOT NULL
    GROUP BY workspace_id, kind, day, workflow_id, version, subject, bucket
    HAVING sum(sign) <> 0
    ORDER BY workspace_id, kind, day, dims, bucket
    ON CONFLICT (workspace_id, kind, at, dims, bucket) DO UPDATE SET n = l.n + excluded.n;
    DELETE FROM analytics_days d USING (
        SELECT DISTINCT r.workspace_id, kind, analytics_day(r.at, s.time_zone) AS day,
            analytics_dims(workflow_id, version, subject, via, actor, status, error) AS dims
        FROM unnest(removed) r LEFT JOIN analytics_settings s USING (workspace_id)) gone
    WHERE d.n = 0 AND (d.workspace_id, d.kind, d.at, d.dims)
        = (gone.workspace_id, gone.kind, gone.day, gone.dims);
    DELETE FROM analytics_day_latencies l USING (
        SELECT DISTINCT r.workspace_id, kind, analytics_day(r.at, s.time_zone) AS day,
            analytics_dims(workflow_id, version, subject, NULL, NULL, '', NULL) AS dims,
            analytics_bucket(duration_ms) AS bucket
        FROM unnest(removed) r LEFT JOIN analytics_settings s USING (workspace_id)
        WHERE duration_ms IS NOT NULL) gone
    WHERE l.n = 0 AND (l.workspace_id, l.kind, l.at, l.dims, l.bucket)
        = (gone.workspace_id, gone.kind, gone.day, gone.dims, gone.bucket);
$$;

CREATE FUNCTION analytics_facts_added() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE facts analytics_facts[];
BEGIN
    SELECT array_agg(a) INTO facts FROM added a;
    IF facts IS NOT NULL THEN
        PERFORM analytics_move_hours(facts, '{}');
        PERFORM analytics_move_days(facts, '{}');
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION analytics_facts_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    facts analytics_facts[];
    before analytics_facts[];
BEGIN
    SELECT array_agg(a) INTO facts FROM added a;
    IF facts IS NOT NULL THEN
        SELECT array_agg(r) INTO before FROM removed r;
        PERFORM analytics_move_hours(facts, before);
        PERFORM analytics_move_days(facts, before);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER roll_up_added AFTER INSERT ON analytics_facts REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_facts_added();
CREATE TRIGGER roll_up_changed AFTER UPDATE ON analytics_facts
    REFERENCING NEW TABLE AS added OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION analytics_facts_changed();

-- Sums a workspace's facts anew, from one day of its time zone to before another.
CREATE FUNCTION analytics_rebuild(workspace uuid, since date, until date) RETURNS bigint
    LANGUAGE plpgsql AS $$
DECLARE
    zone text := coalesce((SELECT time_zone FROM analytics_settings WHERE workspace_id = workspace), 'UTC');
    day date;
    facts analytics_facts[];
    -- Whole hours, with some to spare on both sides.
    first timestamptz := date_trunc('hour', (since - 1)::timestamp AT TIME ZONE zone, 'UTC');
    final timestamptz := date_trunc('hour', (until + 1)::timestamp AT TIME ZONE zone, 'UTC');
    hour timestamptz;
    summed bigint := 0;
BEGIN
    PERFORM FROM analytics_versions WHERE workspace_id = workspace FOR UPDATE;
    DELETE FROM analytics_days d WHERE d.workspace_id = workspace AND d.at >= since AND d.at < until;
    DELETE FROM analytics_day_latencies d
        WHERE d.workspace_id = workspace AND d.at >= since AND d.at < until;
    FOR day IN SELECT g::date FROM generate_series(since::timestamp, until - interval '1 day', '1 day') g LOOP
        SELECT array_agg(f) INTO facts FROM analytics_facts f WHERE f.workspace_id = workspace
            AND f.at >= (day - 1)::timestamp AT TIME ZONE zone  -- a midnight may come twice
            AND f.at < (day + 2)::timestamp AT TIME ZONE zone
            AND analytics_day(f.at, zone) = day;
        IF facts IS NOT NULL THEN
            PERFORM analytics_move_days(facts, '{}');
            summed := summed + cardinality(facts);
        END IF;
    END LOOP;
    DELETE FROM analytics_hours h WHERE h.workspace_id = workspace AND h.at >= first AND h.at < final;
    DELETE FROM analytics_hour_latencies h
        WHERE h.workspace_id = workspace AND h.at >= first AND h.at < final;
    FOR hour IN SELECT g FROM generate_series(first, final - interval '1 hour', '6 hours') g LOOP
        SELECT array_agg(f) INTO facts FROM analytics_facts f WHERE f.workspace_id = workspace
            AND f.at >= hour AND f.at < least(hour + interval '6 hours', final);
        IF facts IS NOT NULL THEN
            PERFORM analytics_move_hours(facts, '{}');
        END IF;
    END LOOP;
    RETURN summed;
END $$;

-- -- reports, dashboards, exports -------------------------------------------------------------------

CREATE TABLE reports (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description text NOT NULL,
    query jsonb NOT NULL,
    shared boolean NOT NULL,
    owner uuid NOT NULL,
    schedule jsonb,            -- cron, time zone, format, recipients
    next_at timestamptz,
    lock_number int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX reports_by_age ON reports (workspace_id, id DESC);
CREATE INDEX reports_due ON reports (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE dashboards (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    description text NOT NULL,
    widgets jsonb NOT NULL,
    shared boolean NOT NULL,
    owner uuid NOT NULL,
    lock_number int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX dashboards_by_age ON dashboards (workspace_id, id DESC);

-- Links that show a dashboard to whoever has them, until they end or are revoked.
CREATE TABLE dashboard_links (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    dashboard text NOT NULL,   -- a ready one's name, or an id
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX dashboard_links_of ON dashboard_links (workspace_id, dashboard, id DESC);

CREATE TABLE report_exports (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    request jsonb NOT NULL,
    format text NOT NULL CHECK (format IN ('csv', 'xlsx', 'pdf', 'jsonl')),
    status text NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed')),
    rows_done bigint NOT NULL DEFAULT 0,
    rows_expected bigint,
    bytes bigint,
    object_key text,
    error text,
    requested_by uuid NOT NULL,
    recipients jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    finished_at timestamptz
);
CREATE INDEX report_exports_by_age ON report_exports (workspace_id, id DESC);

-- -- who may see which rows --------------------------------------------------------------------------

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['analytics_settings', 'analytics_targets', 'analytics_versions',
            'analytics_facts', 'analytics_hours', 'analytics_days', 'analytics_hour_latencies',
            'analytics_day_latencies', 'analytics_documents', 'analytics_watermarks', 'reports',
            'dashboards', 'dashboard_links', 'report_exports'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        -- The workspace is looked up once for a query, not for each of a million rows.
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = (SELECT current_workspace()))
            WITH CHECK (workspace_id = (SELECT current_workspace()))', name);
    END LOOP;
END $$;
GRANT SELECT ON analytics_versions, analytics_facts, analytics_hours, analytics_days,
    analytics_hour_latencies, analytics_day_latencies, analytics_documents TO statewright_tenant;
GRANT SELECT, INSERT, UPDATE, DELETE ON analytics_settings, analytics_targets, reports, dashboards,
    dashboard_links, report_exports TO statewright_tenant;

CALL narrow_to_grants('reports');
CALL narrow_to_grants('dashboards');
-- Who has grants on single reports sees nothing of what others made of all of them.
CREATE POLICY granted ON report_exports AS RESTRICTIVE TO statewright_tenant
    USING ((SELECT granted_scopes()) IS NULL);
CREATE POLICY granted ON dashboard_links AS RESTRICTIVE TO statewright_tenant
    USING ((SELECT granted_scopes()) IS NULL);

-- -- search ------------------------------------------------------------------------------------------

-- What fits, in the caller's workspace, the newest first. As its owner, because full-text conditions
-- are not leakproof: under row-level security they could not use their index. So the workspace is a
-- condition of every part here, and the workflows that a caller's grants name are looked up as its own.
CREATE FUNCTION analytics_search(wanted text, kinds text[], only_workflow uuid, only_status text,
    since timestamptz, until timestamptz, after_at timestamptz, after_kind text, after_id text, most int)
RETURNS TABLE (kind text, id text, at timestamptz, workflow_id uuid, status text, title text, body text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH texts AS (
        SELECT d.kind, d.id, d.at, d.workflow_id, d.status, d.title, left(d.body, 20000) AS body
        FROM analytics_documents d
        WHERE d.workspace_id = current_workspace() AND d.kind = ANY(kinds)
          AND (wanted = '' OR d.words @@ (websearch_to_tsquery('simple', wanted)
               && (quote_literal(E'\x01' || current_workspace()))::tsquery))
          AND (only_workflow IS NULL OR d.workflow_id = only_workflow)
          AND (only_status IS NULL OR d.status = only_status)
          AND (since IS NULL OR d.at >= since) AND (until IS NULL OR d.at < until)
          AND (after_at IS NULL OR (d.at, d.kind, d.id) < (after_at, after_kind, after_id))
        ORDER BY d.at DESC, d.kind DESC, d.id DESC LIMIT most
    ), events AS (
        SELECT 'audit', a.sequence::text, a.at, NULL::uuid, NULL::text, a.action, a.record
        FROM audit_events a
        WHERE a.workspace_id = current_workspace() AND 'audit' = ANY(kinds)
          AND only_workflow IS NULL AND only_status IS NULL
          AND (wanted = '' OR to_tsvector('simple', a.record) @@ websearch_to_tsquery('simple', wanted))
          AND (since IS NULL OR a.at >= since) AND (until IS NULL OR a.at < until)
          AND (after_at IS NULL OR (a.at, 'audit', a.sequence::text) < (after_at, after_kind, after_id))
        ORDER BY a.at DESC, a.sequence::text DESC LIMIT most
    )
    SELECT * FROM (SELECT * FROM texts UNION ALL SELECT * FROM events) found
    ORDER BY 3 DESC, 1 DESC, 2 DESC LIMIT most
$$;
