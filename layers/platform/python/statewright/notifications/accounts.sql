-- name: find_account
-- A workspace's account at a provider.
SELECT kind, settings, secret FROM notification_providers
WHERE workspace_id = current_workspace() AND channel = %(channel)s AND name = %(name)s;

-- name: list_accounts
-- A workspace's accounts at providers, without their secrets.
SELECT channel, name, kind, settings, updated_at FROM notification_providers
ORDER BY channel, name;

-- name: put_account
-- Sets a workspace's account for a channel; without a new secret the old one stays.
INSERT INTO notification_providers
    (workspace_id, channel, name, kind, settings, secret, updated_at)
VALUES (current_workspace(), %(channel)s, %(name)s, %(kind)s, %(settings)s, %(secret)s, %(now)s)
ON CONFLICT (workspace_id, channel, name) DO UPDATE SET kind = excluded.kind,
    settings = excluded.settings, secret = excluded.secret, updated_at = excluded.updated_at;

-- name: delete_account
-- Forgets an account.
DELETE FROM notification_providers
WHERE workspace_id = current_workspace() AND channel = %(channel)s AND name = %(name)s;

-- name: list_limits
-- A workspace's limits.
SELECT channel, daily_cap FROM notification_limits ORDER BY channel;

-- name: clear_limits
-- Forgets a workspace's limits.
DELETE FROM notification_limits WHERE workspace_id = current_workspace();

-- name: put_limit
-- A channel's limit.
INSERT INTO notification_limits (workspace_id, channel, daily_cap)
VALUES (current_workspace(), %(channel)s, %(daily_cap)s)
ON CONFLICT (workspace_id, channel) DO UPDATE SET daily_cap = excluded.daily_cap;

-- name: count_deliveries
-- How many deliveries have which status, by channel, template and category.
SELECT d.channel, t.name AS template, n.category, d.status, count(*) AS count
FROM notification_deliveries d JOIN notifications n ON n.id = d.notification_id
LEFT JOIN notification_templates t ON t.id = n.template_id
WHERE d.workspace_id = current_workspace() AND d.created_at >= %(since)s
GROUP BY d.channel, t.name, n.category, d.status
ORDER BY d.channel, t.name, n.category, d.status;
