-- Triggers of all kinds, where a webhook's was the only one; idempotent starts; turns; polls.

ALTER TABLE webhooks RENAME TO triggers;
-- The token is the secret part of a URL, for those kinds that have one. What else a kind needs is in
-- its settings: the trigger as it was published.
ALTER TABLE triggers
    ADD COLUMN type text NOT NULL DEFAULT 'webhook',
    ADD COLUMN settings jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN mode text NOT NULL DEFAULT 'standard',
    ADD COLUMN paused boolean NOT NULL DEFAULT false,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN last_started_at timestamptz,
    ADD COLUMN last_error text,
    ADD COLUMN last_error_at timestamptz;
UPDATE triggers SET settings = jsonb_build_object('id', trigger_id, 'type', 'webhook', 'method', method);
ALTER TABLE triggers DROP COLUMN method, ALTER COLUMN type DROP DEFAULT,
    ALTER COLUMN created_at DROP DEFAULT;
CREATE INDEX versions_by_machine ON workflow_versions (machine_arn);
CREATE INDEX triggers_by_event ON triggers (workspace_id, (settings ->> 'event')) WHERE type = 'event';

-- The executions that keys stand for: the same key again gives the same execution.
CREATE TABLE start_keys (
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    scope text NOT NULL,                 -- the trigger that the key was sent to
    key bytea NOT NULL,                  -- its SHA-256
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    request bytea,                       -- SHA-256 of what came with it, where another must be refused
    execution_id text NOT NULL,
    started boolean NOT NULL DEFAULT false,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (workflow_id, scope, key)
);
CREATE INDEX start_keys_by_expiry ON start_keys (expires_at);

-- Who of a workflow with a concurrency limit runs, and who waits for a turn, in order.
CREATE TABLE turns (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    execution_arn text NOT NULL UNIQUE,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    workflow_id uuid NOT NULL REFERENCES workflows ON DELETE CASCADE,
    key text NOT NULL,
    most int NOT NULL,
    task_token text,                     -- of who waits; null once it runs
    asked_at timestamptz NOT NULL
);
CREATE INDEX turns_in_order ON turns (workflow_id, key, number);

-- How far each polling trigger has come.
CREATE TABLE polls (
    workflow_id uuid NOT NULL,
    trigger_id text NOT NULL,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    cursor jsonb,
    begun boolean NOT NULL DEFAULT false, -- what was there at the first poll is known
    failures int NOT NULL DEFAULT 0,
    not_before timestamptz,
    polled_at timestamptz,
    PRIMARY KEY (workflow_id, trigger_id),
    FOREIGN KEY (workflow_id, trigger_id) REFERENCES triggers (workflow_id, trigger_id) ON DELETE CASCADE
);
CREATE TABLE poll_items (
    workflow_id uuid NOT NULL,
    trigger_id text NOT NULL,
    key bytea NOT NULL,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (workflow_id, trigger_id, key),
    FOREIGN KEY (workflow_id, trigger_id) REFERENCES polls ON DELETE CASCADE
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['start_keys', 'turns', 'polls', 'poll_items'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY own_workspace ON %I TO statewright_tenant
            USING (workspace_id = current_workspace())
            WITH CHECK (workspace_id = current_workspace())', name);
        EXECUTE format('CREATE POLICY granted ON %I AS RESTRICTIVE TO statewright_tenant
            USING ((SELECT granted_scopes()) IS NULL
                   OR EXISTS (SELECT FROM workflows w WHERE w.id = workflow_id))', name);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO statewright_tenant', name);
    END LOOP;
END $$;
