"""Permissions and the roles that bundle them. Deny by default: what nobody grants, nobody has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PERMISSIONS: dict[str, str] = {
    "account:read": "See one's own account and sessions",
    "account:write": "Change one's own account: password, second factor, sessions",
    "workspace:read": "See the workspace's settings",
    "workspace:write": "Change the workspace's settings",
    "workspace:delete": "Delete the workspace with all that is in it, and export it",
    "members:read": "See members and invitations",
    "members:write": "Invite people, change their roles, deactivate and remove them",
    "access:read": "See roles, groups and grants",
    "access:write": "Change roles, groups and grants",
    "keys:read": "See one's own API keys",
    "keys:write": "Create and revoke one's own API keys",
    "service-accounts:read": "See service accounts and all API keys",
    "service-accounts:write": "Create and delete service accounts, and revoke any API key",
    "identity:read": "See how people sign in",
    "identity:write": "Change how people sign in: identity providers and domains",
    "provisioning:use": "Make members and groups by SCIM, for an identity provider",
    "audit:read": "Search and export the audit log",
    "folders:read": "See folders",
    "folders:write": "Create, rename, move and delete folders",
    "workflows:read": "See workflows and their versions",
    "workflows:write": "Create and change workflows, publish them",
    "variables:write": "Set the workspace's variables",
    "executions:read": "See executions and their history",
    "executions:run": "Start and stop executions",
    "executions:delete": "Delete executions that have ended",
    "approvals:read": "See human tasks: what workflows ask, whom, and the answers",
    "approvals:decide": "Decide, claim, delegate and comment on the human tasks that ask oneself",
    "approvals:manage": "Reassign and release anybody's human tasks",
    "connectors:read": "See connectors and their operations",
    "connectors:write": "Import and delete connectors",
    "connections:read": "See connections, never their secrets",
    "connections:write": "Create and change connections",
    "webhooks:read": "See where the workspace's events are sent, and what was sent",
    "webhooks:write": "Say where the workspace's events are sent, and send them again",
    "analytics:read": "See performance and activity, search executions and logs",
    "analytics:write": "Set targets, and how the workspace counts",
    "ai:read": "See what the AI service may use and has used, its forecasts and its alerts",
    "ai:use": "Ask the AI assistant about workflows",
    "ai:write": "Set the AI service's provider and budgets",
    "tables:read": "See tables and their rows",
    "tables:write": "Create and change tables and their rows",
    "files:read": "See and download files",
    "files:write": "Upload, replace and delete files",
    "reports:read": "See reports and dashboards",
    "reports:write": "Create and change reports and dashboards",
    "notifications:read": "See templates, and what became of notifications",
    "notifications:send": "Send, cancel and repeat notifications",
    "notifications:write": "Change templates and suppressions",
    "notification-providers:write": "See and change accounts at providers, and limits",
}
"""Every permission there is, with what it allows."""

SCOPED = frozenset({"folders", "workflows", "executions", "approvals", "connections", "reports"})
"""Kinds whose rows row-level security can narrow to granted folders and items. A role that is
granted on a part of a workspace gives its permissions on these kinds only."""

_OWN = frozenset({"account:read", "account:write"})
_SEE = _OWN | {
    "workspace:read",
    "members:read",
    "folders:read",
    "workflows:read",
    "executions:read",
    "approvals:read",
    "connectors:read",
    "connections:read",
    "analytics:read",
    "ai:read",
    "tables:read",
    "files:read",
    "reports:read",
    "notifications:read",
}
_OPERATE = _SEE | {
    "executions:run",
    "approvals:decide",
    "keys:read",
    "keys:write",
    "notifications:send",
}
_EDIT = _OPERATE | {
    "folders:write",
    "workflows:write",
    "executions:delete",
    "variables:write",
    "connectors:write",
    "connections:write",
    "analytics:write",
    "ai:use",
    "tables:write",
    "files:write",
    "reports:write",
    "notifications:write",
}
ROLES: dict[str, frozenset[str]] = {
    "owner": frozenset(PERMISSIONS),
    "admin": frozenset(PERMISSIONS) - {"workspace:delete"},
    "editor": _EDIT,
    "operator": _OPERATE,
    "viewer": _SEE,
    "approver": _OWN | {"workflows:read", "executions:read", "approvals:read", "approvals:decide"},
    "provisioner": frozenset({"provisioning:use"}),
    "guest": _OWN,
}
"""The roles that every workspace has. A guest has what grants give, and nothing else."""


def allows(role: str, permission: str) -> bool:
    """Whether a built-in role has the permission."""
    return permission in ROLES.get(role, frozenset())


def permissions_of(
    roles: Iterable[str], own_roles: Mapping[str, Iterable[str]] | None = None
) -> frozenset[str]:
    """What roles allow together; ``own_roles`` are those that the workspace made itself.

    A name that is neither allows nothing, and so does a permission that is not in the catalogue.
    """
    found: set[str] = set()
    for role in roles:
        found |= ROLES.get(role) or frozenset((own_roles or {}).get(role, ()))
    return frozenset(found) & PERMISSIONS.keys()


def scopable(permissions: Iterable[str]) -> frozenset[str]:
    """Those that a grant on a part of a workspace can give."""
    return frozenset(p for p in permissions if p.partition(":")[0] in SCOPED)


def built_in_with(permission: str) -> list[str]:
    """The built-in roles that have a permission."""
    return [name for name, granted in ROLES.items() if permission in granted]
