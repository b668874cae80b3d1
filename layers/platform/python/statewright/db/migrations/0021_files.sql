-- Files of a workspace. Their contents are objects: files/<workspace>/<name> in the bucket.

CREATE TABLE files (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    name text COLLATE "C" NOT NULL,
    content_type text NOT NULL,
    size bigint NOT NULL CHECK (size >= 0),
    etag text,                -- null until there is content
    stored_at timestamptz,    -- when S3 got the content
    made_by text NOT NULL,    -- user:<id>, service_account:<id>, a step's key, or upload
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((etag IS NULL) = (stored_at IS NULL)),
    UNIQUE (workspace_id, name)
);

ALTER TABLE files ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_workspace ON files TO statewright_tenant
    USING (workspace_id = current_workspace()) WITH CHECK (workspace_id = current_workspace());
GRANT SELECT, INSERT, UPDATE, DELETE ON files TO statewright_tenant;
