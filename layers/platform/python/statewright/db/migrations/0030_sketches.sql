-- A sketch of durations is one number: how many fell into bucket b is its digit b in base 10^12. Sums of such
-- numbers are sketches of all that is in both, exactly, so the database's own sum() merges them: a row for each
-- hour or day and dimensions, where there was one for each bucket too, is read ten times as quickly.

CREATE TABLE analytics_hour_sketches (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    dims uuid NOT NULL,
    workflow_id uuid, version int, subject text,
    sketch numeric NOT NULL,
    PRIMARY KEY (workspace_id, kind, at, dims)
) PARTITION BY RANGE (at);
CREATE TABLE analytics_day_sketches (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    kind text NOT NULL,
    at date NOT NULL,
    dims uuid NOT NULL,
    workflow_id uuid, version int, subject text,
    sketch numeric NOT NULL,
    PRIMARY KEY (workspace_id, kind, at, dims)
);

-- The sketch of one duration.
CREATE FUNCTION analytics_sketch(ms bigint) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT ('1e' || (12 * analytics_bucket(ms))::text)::numeric
$$;
-- How many durations of a sketch are in which bucket.
CREATE FUNCTION analytics_buckets(sketch numeric) RETURNS TABLE (bucket smallint, n bigint)
    LANGUAGE sql IMMUTABLE AS $$
    SELECT (buckets - i)::smallint, substr(digits, 12 * i - 11, 12)::bigint
    FROM (SELECT ceil(length(sketch::text) / 12.0)::int) sized (buckets)
    CROSS JOIN LATERAL (SELECT lpad(sketch::text, 12 * buckets, '0')) padded (digits)
    CROSS JOIN LATERAL generate_series(1, buckets) i
    WHERE substr(digits, 12 * i - 11, 12) <> '000000000000'
$$;

-- As before, but for sketches.
CREATE OR REPLACE FUNCTION analytics_ensure_month(month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    first timestamptz := date_trunc('month', month::timestamp) AT TIME ZONE 'UTC';
    following timestamptz := (date_trunc('month', month::timestamp) + '1 month') AT TIME ZONE 'UTC';
    parent text;
    part text;
BEGIN
    PERFORM pg_advisory_xact_lock(727011);
    FOREACH parent IN ARRAY ARRAY['analytics_facts', 'analytics_hours', 'analytics_hour_sketches',
                                  'analytics_documents'] LOOP
        part := parent || to_char(first AT TIME ZONE 'UTC', '_YYYYMM');
        IF to_regclass(part) IS NULL THEN
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                           part, parent, first, following);
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
        END IF;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION analytics_move_hours(added analytics_facts[], removed analytics_facts[]) RETURNS void
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
    INSERT INTO analytics_hour_sketches AS l
        (workspace_id, kind, at, dims, workflow_id, version, subject, sketch)
    SELECT workspace_id, kind, hour,
        analytics_dims(workflow_id, version, subject, NULL, NULL, '', NULL) AS dims, workflow_id,
        version, subject, sum(sign * analytics_sketch(duration_ms)) AS sketch
    FROM f WHERE duration_ms IS NOT NULL
    GROUP BY workspace_id, kind, hour, workflow_id, version, subject
    HAVING sum(sign * analytics_sketch(duration_ms)) <> 0
    ORDER BY workspace_id, kind, hour, dims
    ON CONFLICT (workspace_id, kind, at, dims) DO UPDATE SET sketch = l.sketch + excluded.sketch;
    DELETE FROM analytics_hours h USING (
        SELECT DISTINCT workspace_id, kind, date_trunc('hour', r.at, 'UTC') AS hour,
            analytics_dims(workflow_id, version, subject, via, actor, status, error) AS dims
        FROM unnest(removed) r) gone
    WHERE h.n = 0 AND (h.workspace_id, h.kind, h.at, h.dims)
        = (gone.workspace_id, gone.kind, gone.hour, gone.dims);
    DELETE FROM analytics_hour_sketches l USING (
        SELECT DISTINCT workspace_id, kind, date_trunc('hour', r.at, 'UTC') AS hour,
            analytics_dims(workflow_id, version, subject, NULL, NULL, '', NULL) AS dims
        FROM unnest(removed) r WHERE duration_ms IS NOT NULL) gone
    WHERE l.sketch = 0 AND (l.workspace_id, l.kind, l.at, l.dims)
        = (gone.workspace_id, gone.kind, gone.hour, gone.dims);
$$;

CREATE OR REPLACE FUNCTION analytics_move_days(added analytics_facts[], removed analytics_facts[]) RETURNS void
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
    INSERT INTO analytics_day_sketches AS l
        (workspace_id, kind, at, dims, workflow_id, version, subject, sketch)
    SELECT workspace_id, kind, day,
        analytics_dims(workflow_id, version, subject, NULL, NULL, '', NULL) AS dims, workflow_id,
        version, subject, sum(sign * analytics_sketch(duration_ms)) AS sketch
    FROM f WHERE duration_ms IS NOT NULL
    GROUP BY workspace_id, kind, day, workflow_id, version, subject
    HAVING sum(sign * analytics_sketch(duration_ms)) <> 0
    ORDER BY workspace_id, kind, day, dims
    ON CONFLICT (workspace_id, kind, at, dims) DO UPDATE SET sketch = l.sketch + excluded.sketch;
    DELETE FROM analytics_days d USING (
        SELECT DISTINCT r.workspace_id, kind, analytics_day(r.at, s.time_zone) AS day,
            analytics_dims(workflow_id, version, subject, via, actor, status, error) AS dims
        FROM unnest(removed) r LEFT JOIN analytics_settings s USING (workspace_id)) gone
    WHERE d.n = 0 AND (d.workspace_id, d.kind, d.at, d.dims)
        = (gone.workspace_id, gone.kind, gone.day, gone.dims);
    DELETE FROM analytics_day_sketches l USING (
        SELECT DISTINCT r.workspace_id, kind, analytics_day(r.at, s.time_zone) AS day,
            analytics_dims(workflow_id, version, subject, NULL, NULL, '', NULL) AS dims
        FROM unnest(removed) r LEFT JOIN analytics_settings s USING (workspace_id)
        WHERE duration_ms IS NOT NULL) gone
    WHERE l.sketch = 0 AND (l.workspace_id, l.kind, l.at, l.dims)
        = (gone.workspace_id, gone.kind, gone.day, gone.dims);
$$;

CREATE OR REPLACE FUNCTION analytics_rebuild(workspace uuid, since date, until date) RETURNS bigint
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
    DELETE FROM analytics_day_sketches d
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
    DELETE FROM analytics_hour_sketches h
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

-- What was counted so far. The tables of single buckets go on as views, for the release before this one.
DO $$
DECLARE month date;
BEGIN
    FOR month IN SELECT to_date(right(c.relname, 6), 'YYYYMM') FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'analytics_hour_latencies'::regclass LOOP
        PERFORM analytics_ensure_month(month);
    END LOOP;
END $$;
INSERT INTO analytics_hour_sketches
SELECT workspace_id, kind, at, dims, workflow_id, version, subject, sum(n * ('1e' || 12 * bucket)::numeric)
FROM analytics_hour_latencies WHERE n <> 0
GROUP BY workspace_id, kind, at, dims, workflow_id, version, subject;
DROP TABLE analytics_hour_latencies;
CREATE VIEW analytics_hour_latencies WITH (security_invoker = true) AS
SELECT s.workspace_id, s.kind, s.at, s.dims, s.workflow_id, s.version, s.subject, b.bucket, b.n
FROM analytics_hour_sketches s CROSS JOIN LATERAL analytics_buckets(s.sketch) b;
INSERT INTO analytics_day_sketches
SELECT workspace_id, kind, at, dims, workflow_id, version, subject, sum(n * ('1e' || 12 * bucket)::numeric)
FROM analytics_day_latencies WHERE n <> 0
GROUP BY workspace_id, kind, at, dims, workflow_id, version, subject;
DROP TABLE analytics_day_latencies;
CREATE VIEW analytics_day_latencies WITH (security_invoker = true) AS
SELECT s.workspace_id, s.kind, s.at, s.dims, s.workflow_id, s.version, s.subject, b.bucket, b.n
FROM analytics_day_sketches s CROSS JOIN LATERAL analytics_buckets(s.sketch) b;

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['analytics_hour_sketches', 'analytics_day_sketches'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = (SELECT current_workspace()))
            WITH CHECK (workspace_id = (SELECT current_workspace()))', name);
        EXECUTE format('CREATE POLICY granted ON %I AS RESTRICTIVE TO statewright_tenant
            USING ((SELECT granted_scopes() IS NULL))', name);
    END LOOP;
END $$;
GRANT SELECT ON analytics_hour_sketches, analytics_day_sketches, analytics_hour_latencies,
    analytics_day_latencies TO statewright_tenant;
