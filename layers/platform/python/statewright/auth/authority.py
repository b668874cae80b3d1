"""Nobody gives away more than they have: the check behind every role that is given to somebody."""

from __future__ import annotations

from statewright.auth.roles import PERMISSIONS, ROLES, permissions_of
from statewright.db import Session, load_queries
from statewright.errors import ForbiddenError, InvalidError, Issue
from statewright.http.caller import Caller

_sql = load_queries(__package__, "access.sql")


def role_permissions(session: Session, role: str, pointer: str = "/role") -> frozenset[str]:
    """What a role of the workspace allows.

    Raises:
        InvalidError: there is no such role.
    """
    if role in ROLES:
        return ROLES[role]
    row = session.one(_sql.find_role, name=role)
    if row is None:
        raise InvalidError("There is no such role.", (Issue(pointer, "is not a role"),))
    return permissions_of([role], {role: row["permissions"]})


def may_give(session: Session, caller: Caller, role: str, pointer: str = "/role") -> frozenset[str]:
    """Checks that the caller may give a role, and returns what it allows.

    Raises:
        InvalidError: there is no such role.
        ForbiddenError: it allows more than the caller may.
    """
    permissions = role_permissions(session, role, pointer)
    refuse_more_than_own(caller, permissions)
    return permissions


def refuse_more_than_own(caller: Caller, permissions: frozenset[str]) -> None:
    """Raises ForbiddenError where permissions go beyond the caller's."""
    beyond = permissions - caller.permissions
    if beyond:
        raise ForbiddenError(f"You cannot give what you do not have: {', '.join(sorted(beyond))}.")


def known_permissions(names: list[str]) -> frozenset[str]:
    """The permissions of these names.

    Raises:
        InvalidError: the catalogue does not have one.
    """
    issues = tuple(
        Issue(f"/permissions/{index}", f"'{name}' is not a permission")
        for index, name in enumerate(names)
        if name not in PERMISSIONS
    )
    if issues:
        raise InvalidError("A permission is not known.", issues)
    return frozenset(names)
