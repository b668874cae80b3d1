-- name: find_settings
-- What a workspace lets the AI service do.
SELECT connection, monthly_cost::float8, monthly_tokens, workflow_monthly_tokens,
    requests_per_minute FROM ai_settings;

-- name: put_settings
-- Replaces it.
INSERT INTO ai_settings (workspace_id, connection, monthly_cost, monthly_tokens,
    workflow_monthly_tokens, requests_per_minute, updated_at)
VALUES (%(workspace_id)s, %(connection)s, %(monthly_cost)s, %(monthly_tokens)s,
    %(workflow_monthly_tokens)s, %(requests_per_minute)s, %(now)s)
ON CONFLICT (workspace_id) DO UPDATE SET connection = excluded.connection,
    monthly_cost = excluded.monthly_cost, monthly_tokens = excluded.monthly_tokens,
    workflow_monthly_tokens = excluded.workflow_monthly_tokens,
    requests_per_minute = excluded.requests_per_minute, updated_at = excluded.updated_at;

-- name: spent
-- What has been spent in a month: by the workspace, and by one workflow of it.
SELECT coalesce(sum(cost), 0)::float8 AS cost,
    coalesce(sum(input_tokens + output_tokens), 0)::bigint AS tokens,
    coalesce(sum(input_tokens + output_tokens) FILTER (WHERE workflow_id = %(workflow_id)s), 0)::bigint
        AS workflow_tokens
FROM ai_spending WHERE month = %(month)s;

-- name: add_spending
-- Counts a request.
INSERT INTO ai_spending AS s (workspace_id, month, workflow_id, step, connection, model, requests,
    failures, input_tokens, output_tokens, cost, unpriced)
VALUES (%(workspace_id)s, %(month)s, %(workflow_id)s, %(step)s, %(connection)s, %(model)s, 1,
    %(failures)s, %(input_tokens)s, %(output_tokens)s, %(cost)s, %(unpriced)s)
ON CONFLICT (workspace_id, month, workflow_id, step, connection, model) DO UPDATE SET
    requests = s.requests + 1, failures = s.failures + excluded.failures,
    input_tokens = s.input_tokens + excluded.input_tokens,
    output_tokens = s.output_tokens + excluded.output_tokens,
    cost = s.cost + excluded.cost, unpriced = s.unpriced + excluded.unpriced;

-- name: list_spending
-- A month by workflow, step and model.
SELECT nullif(s.workflow_id, '00000000-0000-0000-0000-000000000000')::text AS workflow_id,
    w.name AS workflow, s.step, s.connection, s.model, s.requests, s.failures, s.input_tokens,
    s.output_tokens, s.cost::float8, s.unpriced
FROM ai_spending s LEFT JOIN workflows w ON w.id = s.workflow_id
WHERE s.month = %(month)s ORDER BY s.cost DESC, s.input_tokens + s.output_tokens DESC, s.step
LIMIT 1000;
