-- The local cloud's own state: queues, schedules, secrets, parameters.
CREATE SCHEMA IF NOT EXISTS localcloud;

CREATE TABLE IF NOT EXISTS localcloud.messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue text NOT NULL,
    body text NOT NULL,
    attributes jsonb,
    sent_at bigint NOT NULL,
    visible_at bigint NOT NULL,
    receives int NOT NULL DEFAULT 0,
    receipt uuid
);
CREATE INDEX IF NOT EXISTS messages_of_queue ON localcloud.messages (queue, visible_at, id);

CREATE TABLE IF NOT EXISTS localcloud.schedules (
    group_name text NOT NULL,
    name text NOT NULL,
    definition jsonb NOT NULL,
    next_at bigint,
    PRIMARY KEY (group_name, name)
);
CREATE INDEX IF NOT EXISTS schedules_due ON localcloud.schedules (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS localcloud.secrets (
    name text PRIMARY KEY,
    ciphertext bytea NOT NULL,
    created_at bigint NOT NULL
);

CREATE TABLE IF NOT EXISTS localcloud.parameters (
    name text PRIMARY KEY,
    kind text NOT NULL,
    value text NOT NULL,
    version int NOT NULL DEFAULT 1
);

ALTER TABLE localcloud.schedules ADD COLUMN IF NOT EXISTS attempts int NOT NULL DEFAULT 0;
ALTER TABLE localcloud.schedules ADD COLUMN IF NOT EXISTS retry_at bigint;

-- Rules that were made through the API; those of the template are made at each start.
CREATE TABLE IF NOT EXISTS localcloud.event_rules (
    name text PRIMARY KEY,
    pattern jsonb NOT NULL,
    state text NOT NULL,
    description text NOT NULL,
    targets jsonb NOT NULL DEFAULT '[]'
);
