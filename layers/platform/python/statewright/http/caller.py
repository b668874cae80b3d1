"""Who is asking: what the authorizer found out, as the endpoint sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from statewright.auth.roles import ROLES
from statewright.errors import ForbiddenError, UnauthenticatedError


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from."""

    address: str = ""
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, or a program with an API key, in the workspace that it acts in.

    ``permissions`` hold in the whole workspace, ``scoped`` ones only where a grant says so.
    ``user_id`` is the service account's id where ``kind`` says that it is one. ``method`` is how
    its session began; somebody whom a workspace's identity provider vouches for is nobody in
    other workspaces.
    """

    workspace_id: str
    user_id: str
    role: str
    permissions: frozenset[str] = frozenset()
    scoped: frozenset[str] = frozenset()
    kind: str = "user"
    session_id: str = ""
    key_id: str = ""
    method: str = "password"
    origin: Origin = Origin()

    @classmethod
    def from_authorizer(cls, context: Mapping[str, Any], origin: Origin | None = None) -> Caller:
        """Reads the authorizer's context, which holds texts only. Without ``permissions`` in it,
        the caller has those of its built-in role.

        Raises:
            UnauthenticatedError: there is none.
        """
        try:
            role = context["role"]
            given = context.get("permissions")
            return cls(
                context["workspace_id"],
                context["user_id"],
                role,
                ROLES.get(role, frozenset()) if given is None else frozenset(given.split()),
                frozenset(context.get("scoped", "").split()),
                context.get("kind", "user"),
                context.get("session_id", ""),
                context.get("key_id", ""),
                context.get("method", "password"),
                origin or Origin(),
            )
        except KeyError:
            raise UnauthenticatedError("This request carries no valid credentials.") from None

    @property
    def confined_to(self) -> str | None:
        """The only workspace that the caller may act in; None where it may enter all its own."""
        return None if self.method == "password" and self.session_id else self.workspace_id

    def require(self, permission: str) -> bool:
        """Raises ForbiddenError unless the caller has the permission.

        Returns:
            Whether it covers the whole workspace (else what grants name).
        """
        if permission in self.permissions:
            return True
        if permission in self.scoped:
            return False
        raise ForbiddenError(f"The role {self.role} does not have the permission {permission}.")
