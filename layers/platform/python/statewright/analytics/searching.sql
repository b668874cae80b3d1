-- name: limit_time
-- Ends statements of this transaction that take too long.
SELECT set_config('statement_timeout', %(milliseconds)s, true);

-- name: search
-- What fits every condition, the newest first.
SELECT kind, id, at, workflow_id::text, status, title,
    ts_headline('simple', translate(body, E'<>\x02\x03', '  '),
        websearch_to_tsquery('simple', %(words)s),
        E'StartSel=\x02, StopSel=\x03, MaxFragments=3, MaxWords=20, MinWords=5, FragmentDelimiter=" … "')
        AS excerpt
FROM analytics_search(%(words)s::text, %(kinds)s::text[], %(workflow_id)s::uuid, %(status)s::text,
    %(since)s::timestamptz, %(until)s::timestamptz, %(at)s::timestamptz, %(kind)s::text, %(key)s::text,
    %(limit)s::int);
