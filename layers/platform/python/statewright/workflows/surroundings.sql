-- name: list_published_workflows
-- Published workflows with the schema of their input.
SELECT f.id::text, f.name, v.definition -> 'input' AS input
FROM workflows f JOIN workflow_versions v ON v.workflow_id = f.id AND v.version = f.version;

-- name: list_template_names
-- The names of the templates in use.
SELECT name FROM notification_templates WHERE deleted_at IS NULL AND kind = 'template';

-- name: list_variable_names
-- The names of the workspace's variables.
SELECT ARRAY(SELECT jsonb_object_keys(variables)) AS names FROM workspaces;
