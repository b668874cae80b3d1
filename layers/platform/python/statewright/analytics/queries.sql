-- name: find_month
-- Whether a month has its partitions.
SELECT 1 AS found WHERE to_regclass(%(name)s) IS NOT NULL;

-- name: ensure_month
-- Makes a month's partitions.
SELECT analytics_ensure_month(%(month)s);

-- name: begin_batch
-- Moves the version of every workspace in a batch, and holds it: batches come one after the other.
INSERT INTO analytics_versions AS v (workspace_id, version, calls)
SELECT s.id, max((r.kind <> 'api_call')::int), max((r.kind = 'api_call')::int)
FROM unnest(%(workspaces)s::uuid[], %(workflows)s::uuid[], %(kinds)s::text[])
    AS r (workspace_id, workflow_id, kind)
LEFT JOIN workflows w ON w.id = r.workflow_id
JOIN workspaces s ON s.id = coalesce(r.workspace_id, w.workspace_id)
GROUP BY s.id ORDER BY s.id
ON CONFLICT (workspace_id) DO UPDATE
SET version = v.version + excluded.version, calls = v.calls + excluded.calls
RETURNING workspace_id::text;

-- name: upsert_facts
-- Stores facts. A later revision replaces an earlier one; workspaces that are gone get nothing.
INSERT INTO analytics_facts AS f (workspace_id, kind, at, key, revision, workflow_id, version, subject,
    via, actor, status, error, duration_ms, target_ms, attempts, units, detail, histories_read)
SELECT s.id, r.kind, r.at, r.key, r.revision, r.workflow_id,
    coalesce(r.version, v.version, w.version), r.subject, r.via, r.actor, r.status, r.error,
    r.duration_ms, t.target_ms, r.attempts, r.units, r.detail,
    CASE WHEN r.kind = 'execution' AND r.revision > 0 AND r.subject IS NULL THEN false END
FROM jsonb_to_recordset(%(rows)s) AS r (workspace_id uuid, kind text, at timestamptz, key text,
    revision bigint, workflow_id uuid, version int, machine_arn text, subject text, via text, actor text,
    status text, error text, duration_ms bigint, attempts bigint, units bigint, detail text)
LEFT JOIN workflows w ON w.id = r.workflow_id
JOIN workspaces s ON s.id = coalesce(r.workspace_id, w.workspace_id)
LEFT JOIN workflow_versions v ON v.workflow_id = r.workflow_id AND v.machine_arn = r.machine_arn
LEFT JOIN analytics_targets t ON t.workflow_id = r.workflow_id AND r.kind = 'execution'
ON CONFLICT (workspace_id, kind, at, key) DO UPDATE SET revision = excluded.revision,
    workflow_id = excluded.workflow_id, version = excluded.version, subject = excluded.subject,
    via = excluded.via, actor = excluded.actor, status = excluded.status, error = excluded.error,
    duration_ms = excluded.duration_ms, target_ms = excluded.target_ms,
    attempts = excluded.attempts, units = excluded.units, detail = excluded.detail,
    histories_read = excluded.histories_read
WHERE excluded.revision > f.revision;

-- name: upsert_documents
-- Stores texts to be searched; what comes later replaces what was there.
INSERT INTO analytics_documents AS d (workspace_id, kind, at, id, workflow_id, status, title, body)
SELECT w.workspace_id, r.kind, r.at, r.id, w.id, r.status, r.title || ' ' || w.name, r.body
FROM jsonb_to_recordset(%(rows)s) AS r
    (kind text, id text, at timestamptz, workflow_id uuid, status text, title text, body text)
JOIN workflows w ON w.id = r.workflow_id
ON CONFLICT (workspace_id, kind, at, id) DO UPDATE SET status = excluded.status,
    title = excluded.title, body = excluded.body;

-- name: drop_before
-- Drops the partitions that lie before a moment.
SELECT analytics_drop_before(%(parent)s, %(before)s) AS name;

-- name: rebuild
-- Sums a workspace's facts anew, from one day to before another.
SELECT analytics_rebuild(%(workspace_id)s, %(since)s, %(until)s) AS facts;

-- name: histories_to_read
-- Executions whose steps have not been read, the newest first: those are what people look at.
SELECT f.workspace_id::text, f.workflow_id::text, f.version, f.at, f.key, f.status,
    f.duration_ms, e.arn,
    v.definition, v.bindings, w.name AS workflow
FROM analytics_facts f
JOIN executions e ON e.id = substr(f.key, 38) AND e.workflow_id = f.workflow_id
JOIN workflows w ON w.id = f.workflow_id
LEFT JOIN workflow_versions v ON v.workflow_id = f.workflow_id AND v.version = f.version
WHERE f.histories_read = false AND f.at >= %(since)s
ORDER BY f.at DESC LIMIT %(limit)s;

-- name: note_history
-- What an execution's history said of the whole: repeated attempts and billed transitions.
UPDATE analytics_facts SET histories_read = true, attempts = %(attempts)s, units = %(units)s
WHERE workspace_id = %(workspace_id)s AND kind = 'execution' AND at = %(at)s AND key = %(key)s;

-- name: try_reading
-- Whether this process may read histories now: one at a time.
SELECT pg_try_advisory_xact_lock(727012) AS free;

-- name: hold_workspace
-- Waits until no batch of a workspace is under way, holds others off, and lets those who look see
-- that its facts have changed.
UPDATE analytics_versions SET version = version + 1 WHERE workspace_id = %(workspace_id)s;

-- name: list_audit_marks
-- Workspaces whose audit log has more than what was read.
SELECT h.workspace_id::text, coalesce(m.position, 0) AS position FROM audit_heads h
LEFT JOIN analytics_watermarks m ON m.workspace_id = h.workspace_id AND m.source = 'audit'
WHERE h.sequence > coalesce(m.position, 0) ORDER BY h.workspace_id;

-- name: list_watermarks
-- How far a source has been read, for every workspace.
SELECT w.id::text AS workspace_id, coalesce(m.position, 0) AS position FROM workspaces w
LEFT JOIN analytics_watermarks m ON m.workspace_id = w.id AND m.source = %(source)s ORDER BY w.id;

-- name: put_watermark
-- Notes how far a source has been read.
INSERT INTO analytics_watermarks (source, workspace_id, position)
SELECT %(source)s, id, %(position)s FROM workspaces WHERE id = %(workspace_id)s
ON CONFLICT (source, workspace_id) DO UPDATE SET position = excluded.position;

-- name: audit_after
-- Audit events after a number, in order.
SELECT sequence, at, actor, action, target, record FROM audit_events
WHERE workspace_id = %(workspace_id)s AND sequence > %(after)s ORDER BY sequence LIMIT %(limit)s;

-- name: changed_deliveries
-- Deliveries that changed since a moment.
SELECT d.id::text, d.workspace_id::text, d.channel, d.status, d.attempts, d.reason, d.created_at,
    d.updated_at, t.name AS template, n.category
FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id
LEFT JOIN notification_templates t ON t.id = n.template_id
WHERE d.updated_at >= %(since)s ORDER BY d.updated_at LIMIT %(limit)s;

-- name: decided_approvals
-- Approvals that were asked for or decided since a moment.
SELECT a.id::text, a.workspace_id::text, a.workflow_id::text, a.step, a.status, a.created_at,
    a.decided_at, coalesce(a.decided_at, a.created_at) AS changed_at
FROM human_tasks a WHERE a.created_at >= %(since)s OR a.decided_at >= %(since)s
ORDER BY changed_at LIMIT %(limit)s;

-- name: recorded_executions
-- Executions as they were recorded, for a back-fill.
SELECT id, arn, workflow_id::text, workspace_id::text, version, status, trigger, started_at,
    stopped_at, error, cause FROM executions
WHERE (started_at, id) > (%(since)s, %(after)s) AND started_at < %(until)s
ORDER BY started_at, id LIMIT %(limit)s;
