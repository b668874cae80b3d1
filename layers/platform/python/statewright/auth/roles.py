"""Roles and what they may do. Deny by default: a permission that nobody grants, nobody has."""

from __future__ import annotations

PERMISSIONS: dict[str, str] = {
    "workflows:read": "See workflows and their versions",
    "workflows:write": "Create and change workflows, publish them, set variables",
    "executions:read": "See executions and their history",
    "executions:run": "Start and stop executions",
    "keys:write": "Create API keys",
    "account:read": "See one's own account",
}
"""Every permission there is, with what it allows."""

_READ = frozenset({"workflows:read", "executions:read", "account:read"})
ROLES: dict[str, frozenset[str]] = {
    "owner": frozenset(PERMISSIONS),
    "editor": _READ | {"workflows:write", "executions:run"},
    "operator": _READ | {"executions:run"},
    "viewer": _READ,
}


def allows(role: str, permission: str) -> bool:
    """Whether the role has the permission."""
    return permission in ROLES.get(role, frozenset())
