-- name: limit_time
-- Ends statements of this transaction that take too long. Its groups are hashed in memory, and not
-- compiled, which takes longer than they do.
SELECT set_config('statement_timeout', %(milliseconds)s, true), set_config('work_mem', '32MB', true),
    set_config('jit', 'off', true);

-- name: name_workflows
-- The names of workflows that the caller sees.
SELECT id::text, name FROM workflows WHERE id = ANY(%(ids)s::uuid[]);

-- name: name_people
-- The names of members and programs, by what the audit log calls them.
SELECT 'user:' || id AS id, name FROM users WHERE 'user:' || id = ANY(%(actors)s)
UNION ALL
SELECT 'service_account:' || id, name FROM service_accounts
WHERE 'service_account:' || id = ANY(%(actors)s);

-- name: find_settings
-- How the workspace counts.
SELECT time_zone, currency, hourly_rate::float8, locale FROM analytics_settings;

-- name: put_settings
-- Sets how the workspace counts.
INSERT INTO analytics_settings (workspace_id, time_zone, currency, hourly_rate, locale)
VALUES (current_workspace(), %(time_zone)s, %(currency)s, %(hourly_rate)s, %(locale)s)
ON CONFLICT (workspace_id) DO UPDATE SET time_zone = excluded.time_zone,
    currency = excluded.currency, hourly_rate = excluded.hourly_rate, locale = excluded.locale;

-- name: fact_days
-- The days that the workspace's facts span.
SELECT min(at)::date - 1 AS since, max(at)::date + 2 AS until FROM analytics_facts
WHERE workspace_id = %(workspace_id)s;

-- name: find_target
-- What is expected of a workflow.
SELECT target_ms, saved_minutes::float8 FROM analytics_targets WHERE workflow_id = %(workflow_id)s;

-- name: find_workflow
-- Whether there is such a workflow.
SELECT id FROM workflows WHERE id = %(workflow_id)s;

-- name: put_target
-- Sets what is expected of a workflow.
INSERT INTO analytics_targets (workspace_id, workflow_id, target_ms, saved_minutes)
VALUES (current_workspace(), %(workflow_id)s, %(target_ms)s, %(saved_minutes)s)
ON CONFLICT (workflow_id) DO UPDATE
SET target_ms = excluded.target_ms, saved_minutes = excluded.saved_minutes;

-- name: hold_workspace_of
-- The same as hold_workspace, of a workflow's workspace.
UPDATE analytics_versions v SET version = v.version + 1 FROM workflows w
WHERE w.id = %(workflow_id)s AND v.workspace_id = w.workspace_id;

-- name: apply_target
-- Judges a day's executions of a workflow by its present target.
UPDATE analytics_facts f SET target_ms = t.target_ms FROM analytics_targets t
WHERE t.workflow_id = %(workflow_id)s AND f.workspace_id = t.workspace_id
  AND f.workflow_id = t.workflow_id AND f.kind = 'execution'
  AND f.at >= %(since)s AND f.at < %(until)s AND f.target_ms IS DISTINCT FROM t.target_ms;

-- name: error_classes
-- The errors of executions, the most frequent first, with some executions of each.
SELECT f.error, count(*) AS count, max(f.at) AS last_at,
    (array_agg(jsonb_build_object('execution_id', substr(f.key, 38), 'at', f.at, 'detail', f.detail)
               ORDER BY f.at DESC))[1:%(samples)s] AS samples
FROM analytics_facts f
WHERE f.kind = 'execution' AND f.error IS NOT NULL AND f.at >= %(since)s AND f.at < %(until)s
  AND (%(workflow_id)s::uuid IS NULL OR f.workflow_id = %(workflow_id)s::uuid)
GROUP BY f.error ORDER BY count DESC, f.error LIMIT %(limit)s;
