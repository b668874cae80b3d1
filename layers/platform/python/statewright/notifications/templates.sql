-- name: insert_template
-- A new template or layout.
INSERT INTO notification_templates
    (id, workspace_id, name, kind, category, description, version, created_at, updated_at)
VALUES (%(id)s, %(workspace_id)s, %(name)s, %(kind)s, %(category)s, %(description)s, 1, %(now)s,
    %(now)s);

-- name: insert_template_version
-- A version of a template.
INSERT INTO notification_template_versions (template_id, version, workspace_id, layout,
    default_locale, bodies, data_schema, created_by, created_at)
VALUES (%(id)s, %(version)s, current_workspace(), %(layout)s, %(default_locale)s, %(bodies)s,
    %(data_schema)s, %(created_by)s, %(now)s);

-- name: change_template
-- Names the next version of a template, and its number.
UPDATE notification_templates SET version = version + 1, name = %(name)s, kind = %(kind)s,
    category = %(category)s, description = %(description)s, updated_at = %(now)s
WHERE id = %(id)s AND deleted_at IS NULL RETURNING version;

-- name: delete_template
-- Takes a template out of use; what is under way still has it.
UPDATE notification_templates SET deleted_at = %(now)s
WHERE id = %(id)s AND deleted_at IS NULL;

-- name: list_templates
-- Templates and layouts by name.
SELECT id::text, name, kind, category, description, version, created_at, updated_at
FROM notification_templates
WHERE deleted_at IS NULL AND (%(after)s::text IS NULL OR name > %(after)s)
ORDER BY name LIMIT %(limit)s;

-- name: find_template
-- A template in use, by id or name, with one of its versions (the newest by default).
SELECT t.id::text, t.name, t.kind, t.category, t.description, t.version AS newest, t.created_at,
    t.updated_at, v.version, v.layout, v.default_locale, v.bodies, v.data_schema
FROM notification_templates t JOIN notification_template_versions v
    ON v.template_id = t.id AND v.version = coalesce(%(version)s, t.version)
WHERE (t.id::text = %(key)s OR t.name = %(key)s) AND t.deleted_at IS NULL;

-- name: find_template_version
-- A version of a template, in use or not.
SELECT v.version, v.layout, v.default_locale, v.bodies, v.data_schema
FROM notification_template_versions v WHERE v.template_id = %(id)s AND v.version = %(version)s;

-- name: list_template_versions
-- A template's versions, the newest first.
SELECT v.version, v.created_by, v.created_at, ARRAY(SELECT jsonb_object_keys(v.bodies)) AS locales
FROM notification_template_versions v JOIN notification_templates t ON t.id = v.template_id
WHERE t.id = %(id)s AND t.deleted_at IS NULL ORDER BY v.version DESC;
