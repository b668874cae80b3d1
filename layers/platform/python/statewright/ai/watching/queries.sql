-- name: list_hours
-- The hours of a workflow: executions, those that failed, durations, AWS cost.
SELECT at, sum(n)::float8 AS volume,
    coalesce(sum(n) FILTER (WHERE status IN ('failed', 'timed_out')), 0)::float8 AS failures,
    coalesce(sum(duration_ms), 0)::float8 AS duration_ms, coalesce(sum(timed), 0)::float8 AS timed,
    (coalesce(sum(units) FILTER (WHERE subject = 'express' IS NOT TRUE), 0) * %(transition)s::numeric
        + coalesce(sum(units) FILTER (WHERE subject = 'express'), 0) * %(chunk)s::numeric
        + coalesce(sum(n) FILTER (WHERE subject = 'express'), 0) * %(request)s::numeric)::float8 AS cost
FROM analytics_hours
WHERE workspace_id = %(workspace_id)s AND workflow_id = %(workflow_id)s AND kind = 'execution'
  AND at >= %(since)s AND at < %(until)s
GROUP BY at ORDER BY at;

-- name: list_watched
-- The workflows with a history to compare with.
SELECT h.workspace_id::text, h.workflow_id::text, w.name
FROM analytics_hours h JOIN workflows w ON w.id = h.workflow_id
WHERE h.kind = 'execution' AND h.at >= %(since)s AND h.at < %(until)s AND w.archived_at IS NULL
GROUP BY h.workspace_id, h.workflow_id, w.name
HAVING count(DISTINCT h.at) >= %(least)s ORDER BY 1, 2;

-- name: workflow_of
-- A workflow that the session sees.
SELECT id::text, name FROM workflows WHERE id = %(workflow_id)s;

-- name: slowest_step
-- The step whose time grew most against the days before, in an hour.
WITH sums AS (
    SELECT subject, at >= %(at)s AS now, sum(duration_ms) AS ms, sum(timed) AS timed
    FROM analytics_hours
    WHERE workspace_id = %(workspace_id)s AND workflow_id = %(workflow_id)s AND kind = 'step'
      AND at >= %(since)s AND at < %(until)s AND subject IS NOT NULL
    GROUP BY 1, 2 HAVING sum(timed) > 0)
SELECT n.subject AS step FROM sums n LEFT JOIN sums b ON b.subject = n.subject AND NOT b.now
WHERE n.now ORDER BY n.ms / n.timed - coalesce(b.ms / b.timed, 0) DESC LIMIT 1;

-- name: failing_step
-- The step that failed most in an hour.
SELECT subject AS step FROM analytics_hours
WHERE workspace_id = %(workspace_id)s AND workflow_id = %(workflow_id)s AND kind = 'step'
  AND at >= %(at)s AND at < %(until)s AND error IS NOT NULL AND subject IS NOT NULL
GROUP BY subject ORDER BY sum(n) DESC, subject LIMIT 1;

-- name: last_change
-- The version that was published last, in the time before an hour's end.
SELECT version, created_at FROM workflow_versions
WHERE workflow_id = %(workflow_id)s AND created_at >= %(since)s AND created_at < %(until)s
ORDER BY version DESC LIMIT 1;

-- name: insert_anomaly
-- Keeps an anomaly, once.
INSERT INTO ai_anomalies (id, workspace_id, workflow_id, metric, at, value, usual, score,
    suspected_step, suspected_change, detail, created_at)
VALUES (%(id)s, %(workspace_id)s, %(workflow_id)s, %(metric)s, %(at)s, %(value)s, %(usual)s,
    %(score)s, %(suspected_step)s, %(suspected_change)s, %(detail)s, %(now)s)
ON CONFLICT (workflow_id, metric, at) DO NOTHING;

-- name: list_anomalies
-- The newest anomalies of the workspace, or of one workflow.
SELECT a.id::text, a.workflow_id::text, w.name AS workflow, a.metric, a.at, a.value, a.usual,
    a.score, a.suspected_step, a.suspected_change, a.detail
FROM ai_anomalies a JOIN workflows w ON w.id = a.workflow_id
WHERE %(workflow_id)s::uuid IS NULL OR a.workflow_id = %(workflow_id)s::uuid
ORDER BY a.at DESC, a.id LIMIT 200;

-- name: sample_executions
-- The newest executions of a workflow's hour.
SELECT arn FROM executions
WHERE workspace_id = current_workspace() AND workflow_id = %(workflow_id)s
  AND started_at >= %(at)s AND started_at < %(until)s
ORDER BY started_at DESC, id DESC LIMIT %(most)s;

-- name: list_shapes
-- What is known of a trigger's inputs.
SELECT path, kind, seen, first_at, last_at, told_at FROM ai_shapes
WHERE workflow_id = %(workflow_id)s AND trigger = %(trigger)s;

-- name: fade_shapes
-- An hour has passed that had inputs.
UPDATE ai_shapes SET seen = seen * %(by)s WHERE workflow_id = %(workflow_id)s AND trigger = %(trigger)s;

-- name: add_shapes
-- Counts an hour's inputs, and notes what people are told of.
INSERT INTO ai_shapes (workspace_id, workflow_id, trigger, path, kind, seen, first_at, last_at, told_at)
SELECT %(workspace_id)s, %(workflow_id)s, %(trigger)s, r.path, r.kind, r.seen, %(at)s, %(at)s,
    CASE WHEN r.told THEN %(at)s::timestamptz END
FROM jsonb_to_recordset(%(rows)s) AS r (path text, kind text, seen float8, told boolean)
ON CONFLICT (workflow_id, trigger, path, kind) DO UPDATE
SET seen = ai_shapes.seen + excluded.seen, last_at = excluded.last_at,
    told_at = coalesce(excluded.told_at, ai_shapes.told_at);

-- name: forget_shapes
-- What has not been seen for long.
DELETE FROM ai_shapes WHERE workflow_id = %(workflow_id)s AND trigger = %(trigger)s AND seen < 0.01;

-- name: live_definition
-- What a workflow runs now.
SELECT v.definition FROM workflows w
JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = w.version
WHERE w.id = %(workflow_id)s;
