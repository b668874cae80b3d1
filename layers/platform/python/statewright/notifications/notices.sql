-- name: find_workflow
-- The workflow that an execution belongs to, and whether somebody of its own is told of failures.
SELECT w.id::text, w.workspace_id::text, w.name,
    coalesce(v.definition #>> '{settings,on_failure,notify}', nullif(s.on_failure ->> 'notify', '[]')) IS NOT NULL
        AS told
FROM workflows w JOIN workspaces s ON s.id = w.workspace_id
LEFT JOIN workflow_versions v ON v.workflow_id = w.id AND v.version = w.version
WHERE w.id::text = %(id)s;

-- name: count_executions
-- What became of each workspace's executions, and which workflow failed most.
SELECT e.workspace_id::text, count(*) AS total,
    count(*) FILTER (WHERE e.status = 'succeeded') AS succeeded,
    count(*) FILTER (WHERE e.status IN ('failed', 'timed_out')) AS failed,
    count(*) FILTER (WHERE e.status = 'running') AS running,
    (SELECT w.name FROM executions f JOIN workflows w ON w.id = f.workflow_id
     WHERE f.workspace_id = e.workspace_id AND f.started_at >= %(since)s
       AND f.status IN ('failed', 'timed_out')
     GROUP BY w.id ORDER BY count(*) DESC, w.name LIMIT 1) AS worst
FROM executions e WHERE e.started_at >= %(since)s GROUP BY e.workspace_id;
