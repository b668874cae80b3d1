-- name: insert_report
-- A new report.
INSERT INTO reports (id, workspace_id, name, description, query, shared, owner, schedule, next_at,
    created_at, updated_at)
VALUES (%(id)s, current_workspace(), %(name)s, %(description)s, %(asked)s, %(shared)s, %(owner)s,
    %(schedule)s, %(next_at)s, %(now)s, %(now)s);

-- name: find_report
-- A report that somebody may see: a shared one, or its own.
SELECT id::text, name, description, query, shared, owner::text, folder_id::text, schedule, next_at,
    lock_number, created_at, updated_at
FROM reports WHERE id = %(id)s AND (shared OR owner = %(owner)s);

-- name: list_reports
-- Reports that somebody may see, the newest first.
SELECT id::text, name, description, query, shared, owner::text, folder_id::text, schedule, next_at,
    lock_number, created_at, updated_at
FROM reports WHERE (shared OR owner = %(owner)s) AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
ORDER BY id DESC LIMIT %(limit)s;

-- name: update_report
-- Changes a report if it is still the one that was changed.
UPDATE reports SET name = %(name)s, description = %(description)s, query = %(asked)s,
    shared = %(shared)s, schedule = %(schedule)s, next_at = %(next_at)s,
    lock_number = lock_number + 1, updated_at = %(now)s
WHERE id = %(id)s AND lock_number = %(lock_number)s AND (shared OR owner = %(owner)s);

-- name: delete_report
-- Removes a report.
DELETE FROM reports WHERE id = %(id)s AND (shared OR owner = %(owner)s);

-- name: due_reports
-- Reports to be sent now.
SELECT id::text, workspace_id::text, name, query, schedule, owner::text FROM reports
WHERE next_at <= %(now)s ORDER BY next_at LIMIT %(limit)s;

-- name: set_next_of
-- When a due report is sent next; nothing if somebody has seen to it.
UPDATE reports SET next_at = %(next_at)s WHERE id = %(id)s AND next_at <= %(now)s;

-- name: insert_export
-- A file to be made.
INSERT INTO report_exports (id, workspace_id, request, format, status, requested_by, recipients, created_at)
VALUES (%(id)s, %(workspace_id)s, %(request)s, %(format)s, 'queued', %(requested_by)s, %(recipients)s,
    %(now)s);

-- name: find_export
-- A file being made, or made.
SELECT id::text, request, format, request ->> 'title' AS title, status, rows_done, rows_expected, bytes,
    object_key, error, requested_by::text, recipients, created_at, finished_at
FROM report_exports WHERE id = %(id)s;

-- name: list_exports
-- Somebody's files, the newest first.
SELECT id::text, format, request ->> 'title' AS title, status, rows_done, rows_expected, bytes, error,
    created_at, finished_at
FROM report_exports WHERE requested_by = %(user_id)s
  AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
ORDER BY id DESC LIMIT %(limit)s;

-- name: note_progress
-- How far a file is.
UPDATE report_exports SET status = 'running', rows_done = %(rows)s,
    rows_expected = coalesce(%(expected)s, rows_expected)
WHERE id = %(id)s AND status IN ('queued', 'running');

-- name: finish_export
-- A file is made, or cannot be.
UPDATE report_exports SET status = %(status)s, rows_done = coalesce(%(rows)s, rows_done),
    bytes = %(bytes)s, object_key = %(key)s, error = %(error)s, finished_at = %(now)s
WHERE id = %(id)s AND status IN ('queued', 'running');

-- name: forgotten_exports
-- Files that nobody began to make: a crash came between.
SELECT id::text, workspace_id::text FROM report_exports
WHERE status = 'queued' AND created_at < %(before)s ORDER BY created_at LIMIT %(limit)s;

-- name: old_exports
-- Files whose time is over.
DELETE FROM report_exports WHERE id IN (SELECT id FROM report_exports WHERE created_at < %(before)s
    ORDER BY created_at LIMIT %(limit)s) RETURNING object_key;

-- name: count_records
-- How many rows an export will have, as far as PostgreSQL guesses.
SELECT sum(n)::bigint AS n FROM analytics_hours
WHERE kind = %(kind)s AND at >= date_trunc('hour', %(since)s::timestamptz) AND at < %(until)s;

-- name: insert_dashboard
-- A new dashboard.
INSERT INTO dashboards (id, workspace_id, name, description, widgets, shared, owner, created_at, updated_at)
VALUES (%(id)s, current_workspace(), %(name)s, %(description)s, %(widgets)s, %(shared)s, %(owner)s,
    %(now)s, %(now)s);

-- name: find_dashboard
-- A dashboard that somebody may see; whoever has a link sees what the link is to.
SELECT id::text, name, description, widgets, shared, owner::text, folder_id::text, lock_number, updated_at
FROM dashboards WHERE id = %(id)s AND (shared OR %(owner)s::uuid IS NULL OR owner = %(owner)s);

-- name: list_dashboards
-- Dashboards that somebody may see.
SELECT id::text, name, description, widgets, shared, owner::text, folder_id::text, lock_number, updated_at
FROM dashboards WHERE shared OR owner = %(owner)s ORDER BY id DESC LIMIT 200;

-- name: update_dashboard
-- Changes a dashboard if it is still the one that was changed.
UPDATE dashboards SET name = %(name)s, description = %(description)s, widgets = %(widgets)s,
    shared = %(shared)s, lock_number = lock_number + 1, updated_at = %(now)s
WHERE id = %(id)s AND lock_number = %(lock_number)s AND (shared OR owner = %(owner)s);

-- name: delete_dashboard
-- Removes a dashboard; links to it find nothing.
DELETE FROM dashboards WHERE id = %(id)s AND (shared OR owner = %(owner)s);

-- name: insert_link
-- A link to a dashboard.
INSERT INTO dashboard_links (id, workspace_id, dashboard, created_by, created_at, expires_at)
VALUES (%(id)s, current_workspace(), %(dashboard)s, %(created_by)s, %(now)s, %(expires_at)s);

-- name: list_links
-- Links to a dashboard, the newest first.
SELECT id::text, dashboard, created_at, expires_at, revoked_at FROM dashboard_links
WHERE dashboard = %(dashboard)s ORDER BY id DESC LIMIT 100;

-- name: find_link
-- What a link shows, if it is not revoked.
SELECT dashboard FROM dashboard_links WHERE id = %(id)s AND revoked_at IS NULL;

-- name: revoke_link
-- Ends a link.
UPDATE dashboard_links SET revoked_at = %(now)s WHERE id = %(id)s AND dashboard = %(dashboard)s
    AND revoked_at IS NULL;

-- name: find_version
-- The version of the workspace's facts, and of its API calls.
SELECT version, calls FROM analytics_versions;
