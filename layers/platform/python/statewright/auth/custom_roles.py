"""Roles that a workspace makes itself, beside the built-in ones."""

from __future__ import annotations

from statewright import world
from statewright.auth import audit
from statewright.auth.access_models import NewRole, Permission, Role, RoleChange
from statewright.auth.authority import known_permissions, refuse_more_than_own
from statewright.auth.roles import PERMISSIONS, ROLES, scopable
from statewright.db import load_queries, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.http.caller import Caller

_sql = load_queries(__package__, "access.sql")
_DESCRIPTIONS = {
    "owner": "Everything, deleting the workspace included",
    "admin": "Everything but deleting the workspace",
    "editor": "Builds workflows, connections and reports, and runs them",
    "operator": "Starts and stops executions",
    "viewer": "Looks",
    "approver": "Decides approvals",
    "provisioner": "Makes members and groups by SCIM; for keys of identity providers",
    "guest": "Only what grants give",
}


def catalogue() -> list[Permission]:
    """Every permission there is."""
    scoped = scopable(PERMISSIONS)
    return [
        Permission(name=name, description=text, scoped=name in scoped)
        for name, text in PERMISSIONS.items()
    ]


def list_all(workspace_id: str) -> list[Role]:
    """The built-in roles, then the workspace's own."""
    built_in = [
        Role(
            name=name,
            description=_DESCRIPTIONS[name],
            permissions=sorted(permissions),
            built_in=True,
        )
        for name, permissions in ROLES.items()
    ]
    with tenant(workspace_id) as session:
        own = [Role.model_validate(row) for row in session.all(_sql.list_roles)]
    return built_in + own


def create(caller: Caller, new: NewRole) -> Role:
    """Makes a role.

    Raises:
        ConflictError: the name is taken.
        ForbiddenError: it would allow more than the caller may.
    """
    permissions = _checked(caller, new.permissions)
    with tenant(caller.workspace_id) as session:
        created = new.name not in ROLES and session.run(
            _sql.insert_role,
            workspace_id=caller.workspace_id,
            name=new.name,
            description=new.description,
            permissions=permissions,
            now=world.now(),
        )
        if not created:
            raise ConflictError(f"There is a role called '{new.name}'.")
        audit.record(session, caller, "role.created", f"role:{new.name}", permissions=permissions)
    return Role(name=new.name, description=new.description, permissions=permissions)


def change(caller: Caller, name: str, wanted: RoleChange) -> Role:
    """Changes what a role allows, for everybody who has it."""
    permissions = _checked(caller, wanted.permissions)
    with tenant(caller.workspace_id) as session:
        changed = session.run(
            _sql.update_role,
            name=name,
            description=wanted.description,
            permissions=permissions,
        )
        if not changed:
            raise NotFoundError("The workspace has made no such role.")
        audit.record(session, caller, "role.changed", f"role:{name}", permissions=permissions)
    return Role(name=name, description=wanted.description, permissions=permissions)


def delete(caller: Caller, name: str) -> None:
    """Removes a role that nobody has.

    Raises:
        ConflictError: somebody has it.
    """
    with tenant(caller.workspace_id) as session:
        uses = session.one(_sql.count_role_uses, name=name)
        if uses is not None and uses["uses"]:
            raise ConflictError("Somebody has this role. Give them another first.")
        if not session.run(_sql.delete_role, name=name):
            raise NotFoundError("The workspace has made no such role.")
        audit.record(session, caller, "role.deleted", f"role:{name}")


def _checked(caller: Caller, names: list[str]) -> list[str]:
    permissions = known_permissions(names)
    refuse_more_than_own(caller, permissions)
    return sorted(permissions)
