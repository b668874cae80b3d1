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
