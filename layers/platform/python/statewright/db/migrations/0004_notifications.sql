-- Notifications: templates, requests, deliveries with their timeline, the outbox, what people prefer.

CREATE TABLE notification_templates (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('template', 'layout')),
    category text NOT NULL,
    description text NOT NULL,
    version int NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz  -- deliveries under way still need the text
);
CREATE UNIQUE INDEX notification_template_name ON notification_templates (workspace_id, name)
    WHERE deleted_at IS NULL;

-- A version never changes: what was sent can be shown, and what waits is sent as it was meant.
CREATE TABLE notification_template_versions (
    template_id uuid NOT NULL REFERENCES notification_templates ON DELETE CASCADE,
    version int NOT NULL,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    layout text,
    default_locale text NOT NULL,
    bodies jsonb NOT NULL,  -- locale → channel (or 'default') → subject, text, html, url, data
    data_schema jsonb,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (template_id, version)
);

CREATE TABLE notifications (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    dedup_key text,
    fingerprint bytea NOT NULL,
    template_id uuid REFERENCES notification_templates,
    template_version int,
    content jsonb,
    attachments jsonb NOT NULL,
    data jsonb NOT NULL,
    locale text,
    category text NOT NULL,
    priority text NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'critical')),
    channels text[] NOT NULL,
    strategy text NOT NULL CHECK (strategy IN ('all', 'fallback')),
    recipients jsonb NOT NULL,
    status text NOT NULL CHECK (status IN ('scheduled', 'started', 'cancelled')),
    task_token text,  -- of the workflow's step that waits for the result
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    send_at timestamptz NOT NULL,
    expires_at timestamptz,
    UNIQUE (workspace_id, dedup_key)
);
CREATE INDEX notifications_by_age ON notifications (workspace_id, id DESC);
CREATE INDEX notifications_waited_for ON notifications (id) WHERE task_token IS NOT NULL;
CREATE INDEX notifications_scheduled ON notifications (send_at) WHERE status = 'scheduled';

-- One message to one address on one channel: one call of a provider.
CREATE TABLE notification_deliveries (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    notification_id uuid NOT NULL REFERENCES notifications ON DELETE CASCADE,
    recipient text NOT NULL,
    user_id uuid,
    channel text NOT NULL CHECK (channel IN ('email', 'sms', 'push', 'in_app', 'chat')),
    address text NOT NULL,
    data jsonb NOT NULL,
    status text NOT NULL,
    reason text,
    attempts int NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    claimed_until timestamptz,
    provider text,
    provider_id text,
    content jsonb,       -- as rendered, where no provider took it, or for a digest
    digest_id uuid REFERENCES notifications ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX deliveries_of_notification ON notification_deliveries (notification_id, id);
CREATE INDEX deliveries_by_provider_id ON notification_deliveries (workspace_id, provider_id)
    WHERE provider_id IS NOT NULL;
CREATE INDEX deliveries_by_address
    ON notification_deliveries (workspace_id, channel, address, updated_at);
CREATE INDEX deliveries_held ON notification_deliveries (due_at) WHERE status = 'held';

CREATE TABLE notification_events (
    delivery_id uuid NOT NULL REFERENCES notification_deliveries ON DELETE CASCADE,
    number bigint GENERATED ALWAYS AS IDENTITY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    at timestamptz NOT NULL,
    status text NOT NULL,
    detail text NOT NULL,
    key text,  -- a provider's name for its event: told twice, it is noted once
    PRIMARY KEY (delivery_id, number),
    UNIQUE (delivery_id, key)
);

-- Stays until its delivery is settled: what is due here is published (again).
CREATE TABLE notification_outbox (
    delivery_id uuid PRIMARY KEY REFERENCES notification_deliveries ON DELETE CASCADE,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    channel text NOT NULL,
    due_at timestamptz NOT NULL,
    publishes int NOT NULL DEFAULT 0
);
CREATE INDEX notification_outbox_due ON notification_outbox (due_at);

CREATE TABLE inbox_items (
    id uuid PRIMARY KEY REFERENCES notification_deliveries ON DELETE CASCADE,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    user_id uuid NOT NULL,
    category text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    url text,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    archived_at timestamptz,
    FOREIGN KEY (workspace_id, user_id) REFERENCES memberships ON DELETE CASCADE
);
CREATE INDEX inbox_of_user ON inbox_items (workspace_id, user_id, id DESC);
CREATE INDEX inbox_unread ON inbox_items (workspace_id, user_id)
    WHERE read_at IS NULL AND archived_at IS NULL;

CREATE TABLE notification_profiles (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    phone text,
    locale text,
    time_zone text NOT NULL,
    quiet_from time,
    quiet_to time,
    digest_hour int NOT NULL CHECK (digest_hour BETWEEN 0 AND 23),
    PRIMARY KEY (workspace_id, user_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES memberships ON DELETE CASCADE,
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL))
);
CREATE TABLE notification_preferences (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    category text NOT NULL,  -- '*' for all
    channel text NOT NULL,   -- '*' for all
    mode text NOT NULL CHECK (mode IN ('instant', 'hourly', 'daily', 'off')),
    PRIMARY KEY (workspace_id, user_id, category, channel),
    FOREIGN KEY (workspace_id, user_id) REFERENCES memberships ON DELETE CASCADE
);
CREATE TABLE notification_devices (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    token text NOT NULL,
    platform text NOT NULL CHECK (platform IN ('android', 'ios', 'web')),
    created_at timestamptz NOT NULL,
    UNIQUE (workspace_id, token),
    FOREIGN KEY (workspace_id, user_id) REFERENCES memberships ON DELETE CASCADE
);
CREATE INDEX devices_of_user ON notification_devices (workspace_id, user_id);
CREATE TABLE notification_subscriptions (
    workspace_id uuid NOT NULL,
    topic text NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, topic, user_id),
    FOREIGN KEY (workspace_id, user_id) REFERENCES memberships ON DELETE CASCADE
);
CREATE TABLE notification_suppressions (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    channel text NOT NULL,
    address text NOT NULL,
    category text NOT NULL,  -- '*' for all
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, channel, address, category)
);
CREATE TABLE notification_providers (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    channel text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    settings jsonb NOT NULL,
    secret bytea NOT NULL,  -- sealed with KMS
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (workspace_id, channel, name)
);
CREATE TABLE notification_limits (
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    channel text NOT NULL,
    daily_cap int NOT NULL CHECK (daily_cap >= 0),
    PRIMARY KEY (workspace_id, channel)
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['notification_templates', 'notification_template_versions',
            'notifications', 'notification_deliveries', 'notification_events',
            'notification_outbox', 'inbox_items', 'notification_profiles',
            'notification_preferences', 'notification_devices', 'notification_subscriptions',
            'notification_suppressions', 'notification_providers', 'notification_limits'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = current_workspace())
            WITH CHECK (workspace_id = current_workspace())', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO statewright_tenant', name);
    END LOOP;
END $$;
