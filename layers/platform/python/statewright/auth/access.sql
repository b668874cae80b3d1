-- name: find_scopes
-- The folders (with all below them) and items on which somebody's grants give a permission.
WITH RECURSIVE given AS (
    SELECT g.scope_kind, g.scope_id FROM grants g
    WHERE g.scope_id IS NOT NULL
      AND (g.user_id = %(principal)s OR g.service_account_id = %(principal)s
           OR g.group_id IN (SELECT m.group_id FROM group_members m WHERE m.user_id = %(principal)s))
      AND (g.role = ANY(%(built_in)s) OR EXISTS (
          SELECT FROM roles r WHERE r.name = g.role AND %(permission)s = ANY(r.permissions)))
), below AS (
    SELECT scope_id AS id FROM given
    UNION
    SELECT f.id FROM folders f JOIN below b ON f.parent_id = b.id
)
SELECT id::text FROM below;

-- name: list_roles
-- The roles that the workspace made itself.
SELECT name, description, permissions FROM roles ORDER BY name;

-- name: find_role
-- One of the workspace's own roles.
SELECT name, description, permissions FROM roles WHERE name = %(name)s;

-- name: insert_role
-- A new role; nothing happens where the name is taken.
INSERT INTO roles (workspace_id, name, description, permissions, created_at)
VALUES (%(workspace_id)s, %(name)s, %(description)s, %(permissions)s, %(now)s)
ON CONFLICT DO NOTHING;

-- name: update_role
-- Changes what a role allows.
UPDATE roles SET description = %(description)s, permissions = %(permissions)s WHERE name = %(name)s;

-- name: count_role_uses
-- How many members, invitations, grants, service accounts and keys have a role.
SELECT (SELECT count(*) FROM memberships WHERE role = %(name)s)
     + (SELECT count(*) FROM invitations WHERE role = %(name)s)
     + (SELECT count(*) FROM grants WHERE role = %(name)s)
     + (SELECT count(*) FROM service_accounts WHERE role = %(name)s)
     + (SELECT count(*) FROM api_keys WHERE role = %(name)s)
     + (SELECT count(*) FROM provisioning WHERE default_role = %(name)s) AS uses;

-- name: delete_role
-- Removes a role.
DELETE FROM roles WHERE name = %(name)s;

-- name: list_groups
-- Groups with their members.
SELECT g.id::text, g.name, ARRAY(SELECT m.user_id::text FROM group_members m
    WHERE m.group_id = g.id ORDER BY m.user_id) AS members
FROM groups g ORDER BY g.name;

-- name: find_group
-- A group with its members.
SELECT g.id::text, g.name, ARRAY(SELECT m.user_id::text FROM group_members m
    WHERE m.group_id = g.id ORDER BY m.user_id) AS members
FROM groups g WHERE g.id = %(id)s;

-- name: insert_group
-- A new group.
INSERT INTO groups (id, workspace_id, name, created_at)
VALUES (%(id)s, %(workspace_id)s, %(name)s, %(now)s);

-- name: rename_group
-- Renames a group.
UPDATE groups SET name = %(name)s WHERE id = %(id)s;

-- name: clear_group
-- Removes a group's members.
DELETE FROM group_members WHERE group_id = %(id)s;

-- name: fill_group
-- Adds members of the workspace to a group; others are passed over.
INSERT INTO group_members (group_id, workspace_id, user_id)
SELECT %(id)s, m.workspace_id, m.user_id FROM memberships m
WHERE m.workspace_id = %(workspace_id)s AND m.user_id = ANY(%(members)s::uuid[]);

-- name: delete_group
-- Removes a group and its grants.
DELETE FROM groups WHERE id = %(id)s;

-- name: list_grants
-- Who has which role where.
SELECT g.id::text, g.user_id::text, g.group_id::text, g.service_account_id::text, g.role,
    g.scope_kind, g.scope_id::text, coalesce(u.name, p.name, s.name) AS grantee
FROM grants g LEFT JOIN users u ON u.id = g.user_id LEFT JOIN groups p ON p.id = g.group_id
    LEFT JOIN service_accounts s ON s.id = g.service_account_id
WHERE (%(id)s::uuid IS NULL OR g.id = %(id)s::uuid) ORDER BY g.created_at, g.id;

-- name: insert_grant
-- A new grant.
INSERT INTO grants (id, workspace_id, user_id, group_id, service_account_id, role, scope_kind,
    scope_id, created_at)
VALUES (%(id)s, %(workspace_id)s, %(user_id)s, %(group_id)s, %(service_account_id)s, %(role)s,
    %(scope_kind)s, %(scope_id)s, %(now)s);

-- name: delete_grant
-- Takes a grant back.
DELETE FROM grants WHERE id = %(id)s;

-- name: find_grantee
-- Whether the workspace has this member, group or service account.
SELECT EXISTS (SELECT FROM memberships WHERE user_id = %(user_id)s::uuid)
    OR EXISTS (SELECT FROM groups WHERE id = %(group_id)s::uuid)
    OR EXISTS (SELECT FROM service_accounts WHERE id = %(service_account_id)s::uuid) AS known;

-- name: find_scope
-- Whether the workspace has this folder, workflow, …
SELECT scope_exists(%(kind)s, %(id)s) AS known;

-- name: list_folders
-- Folders with how many workflows lie directly in them.
SELECT f.id::text, f.name, f.parent_id::text,
    (SELECT count(*) FROM workflows w WHERE w.folder_id = f.id) AS workflows
FROM folders f WHERE (%(id)s::uuid IS NULL OR f.id = %(id)s::uuid) ORDER BY f.name, f.id;

-- name: lock_folders
-- One change of the tree at a time, so that two moves cannot make a ring together.
SELECT pg_advisory_xact_lock(hashtextextended(%(workspace_id)s, 727002));

-- name: insert_folder
-- A new folder.
INSERT INTO folders (id, workspace_id, parent_id, name, created_at)
VALUES (%(id)s, %(workspace_id)s, %(parent_id)s, %(name)s, %(now)s);

-- name: update_folder
-- Renames or moves a folder.
UPDATE folders SET name = %(name)s, parent_id = %(parent_id)s WHERE id = %(id)s;

-- name: find_folder_path
-- A folder and all above it, from the inside out.
WITH RECURSIVE above AS (
    SELECT id, parent_id, 1 AS depth FROM folders WHERE id = %(id)s
    UNION ALL
    SELECT f.id, f.parent_id, a.depth + 1 FROM folders f JOIN above a ON f.id = a.parent_id
)
SELECT id::text FROM above ORDER BY depth;

-- name: find_folder_content
-- Whether anything lies in a folder.
SELECT folder_in_use(%(id)s) AS used;

-- name: delete_folder
-- Removes an empty folder.
DELETE FROM folders WHERE id = %(id)s;

-- name: move_workflow
-- Puts a workflow into a folder, or (null) to the top.
UPDATE workflows SET folder_id = %(folder_id)s WHERE id = %(id)s;

-- name: move_connection
-- The same for a connection that somebody may see.
UPDATE connections c SET folder_id = %(folder_id)s
WHERE id = %(id)s AND may_use_connection(c, %(principal)s::uuid, %(administers)s);

-- name: move_report
-- The same for a report that is shared, or somebody's own.
UPDATE reports SET folder_id = %(folder_id)s
WHERE id = %(id)s AND (shared OR owner = %(principal)s::uuid);

-- name: move_dashboard
-- The same for a dashboard that is shared, or somebody's own.
UPDATE dashboards SET folder_id = %(folder_id)s
WHERE id = %(id)s AND (shared OR owner = %(principal)s::uuid);
