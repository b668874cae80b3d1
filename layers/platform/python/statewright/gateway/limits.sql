-- name: take
-- Takes tokens of a bucket.
SELECT granted, left_over FROM take_tokens(%(key)s, %(capacity)s, %(rate)s, %(wanted)s);

-- name: plans
-- The workspaces that are not on the default plan.
SELECT coalesce(jsonb_object_agg(workspace_id, plan), '{}') AS plans FROM workspace_plans;

-- name: put_plan
-- Puts a workspace on a plan.
INSERT INTO workspace_plans VALUES (%(workspace_id)s, %(plan)s, %(now)s)
ON CONFLICT (workspace_id) DO UPDATE SET plan = excluded.plan, since = excluded.since;

-- name: delete_idle_buckets
-- Forgets buckets that nobody has used for days: they would be full again, or of a day that is over.
DELETE FROM rate_buckets WHERE filled_at < %(before)s;
