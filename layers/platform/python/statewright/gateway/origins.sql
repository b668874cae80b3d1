-- name: list_origins
-- The workspace's origins.
SELECT origin FROM workspace_origins ORDER BY origin;

-- name: replace_origins
-- Makes the list what it should be.
WITH gone AS (DELETE FROM workspace_origins WHERE NOT origin = ANY(%(origins)s))
INSERT INTO workspace_origins
SELECT current_workspace(), origin FROM unnest(%(origins)s::text[]) origin ON CONFLICT DO NOTHING;

-- name: all_origins
-- Every workspace's origins: the edge keeps them for some seconds.
SELECT coalesce(jsonb_object_agg(origin, workspaces), '{}') AS origins
FROM (SELECT origin, jsonb_agg(workspace_id) AS workspaces FROM workspace_origins GROUP BY origin) o;
