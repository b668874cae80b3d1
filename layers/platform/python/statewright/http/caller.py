"""Who is asking: what the authorizer found out, as the endpoint sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from statewright.auth.roles import allows
from statewright.errors import ForbiddenError, UnauthenticatedError


@dataclass(frozen=True, slots=True)
class Caller:
    """A person or an API key, in the workspace that it acts in."""

    workspace_id: str
    user_id: str
    role: str

    @classmethod
    def from_authorizer(cls, context: Mapping[str, Any]) -> Caller:
        """Reads the authorizer's context.

        Raises:
            UnauthenticatedError: there is none.
        """
        try:
            return cls(context["workspace_id"], context["user_id"], context["role"])
        except KeyError:
            raise UnauthenticatedError("This request carries no valid credentials.") from None

    def require(self, permission: str) -> None:
        """Raises ForbiddenError unless the caller's role has the permission."""
        if not allows(self.role, permission):
            raise ForbiddenError(f"The role {self.role} does not have the permission {permission}.")
