-- name: find_file
-- A file, by its id or its name.
SELECT id::text, name, content_type, size, etag, stored_at, made_by, created_at, updated_at
FROM files WHERE id = %(id)s::uuid OR name = %(name)s;

-- name: list_files
-- Files whose names begin so, by name; only those that lie directly there unless it goes deep.
SELECT id::text, name, content_type, size, etag, stored_at, made_by, created_at, updated_at
FROM files
WHERE starts_with(name, %(prefix)s) AND name >= %(prefix)s COLLATE "C"
  AND (%(deep)s OR strpos(substr(name, length(%(prefix)s) + 1), '/') = 0)
  AND strpos(lower(name), lower(%(contains)s)) > 0
  AND (%(after)s::text IS NULL OR name > %(after)s COLLATE "C")
ORDER BY name LIMIT %(limit)s;

-- name: list_file_folders
-- What names go on with, up to their next slash, after a beginning.
SELECT split_part(substr(name, length(%(prefix)s) + 1), '/', 1) AS name, count(*) AS files,
       sum(size)::bigint AS size, max(updated_at) AS updated_at
FROM files
WHERE starts_with(name, %(prefix)s) AND name >= %(prefix)s COLLATE "C"
  AND strpos(substr(name, length(%(prefix)s) + 1), '/') > 0
GROUP BY 1 ORDER BY 1 LIMIT %(limit)s;

-- name: used_bytes
-- What the workspace's files take, with those under way, without the one of a name.
SELECT coalesce(sum(size), 0)::bigint AS used FROM files WHERE name <> %(name)s;

-- name: forget_abandoned
-- Uploads that were begun long ago and never done.
DELETE FROM files WHERE etag IS NULL AND updated_at < %(before)s;

-- name: begin_file
-- A file that is about to be uploaded; one whose content is there stays as it is.
INSERT INTO files (id, workspace_id, name, content_type, size, made_by, created_at, updated_at)
VALUES (%(id)s, current_workspace(), %(name)s, %(content_type)s, %(size)s, %(made_by)s,
        %(now)s, %(now)s)
ON CONFLICT (workspace_id, name) DO UPDATE
SET content_type = CASE WHEN files.etag IS NULL THEN excluded.content_type ELSE files.content_type END,
    size = CASE WHEN files.etag IS NULL THEN excluded.size ELSE files.size END,
    updated_at = excluded.updated_at;

-- name: settle_file
-- What S3 has under a name, unless something newer is known.
INSERT INTO files (id, workspace_id, name, content_type, size, etag, stored_at, made_by, created_at,
                   updated_at)
SELECT %(id)s, w.id, %(name)s, %(content_type)s, %(size)s, %(etag)s, %(stored_at)s, %(made_by)s,
       %(now)s, %(now)s
FROM workspaces w WHERE w.id = current_workspace()
ON CONFLICT (workspace_id, name) DO UPDATE
SET content_type = excluded.content_type, size = excluded.size, etag = excluded.etag,
    stored_at = excluded.stored_at, updated_at = excluded.updated_at,
    made_by = CASE WHEN excluded.made_by = 'upload' THEN files.made_by ELSE excluded.made_by END
WHERE files.stored_at IS NULL OR files.stored_at <= excluded.stored_at;

-- name: delete_file
-- A file, if it is there.
DELETE FROM files WHERE id = %(id)s;

-- name: forget_file
-- A file whose content is gone.
DELETE FROM files WHERE name = %(name)s AND etag IS NOT NULL;
