"""Signed links: each opens one task for one person, and decides it once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from statewright.auth import tokens
from statewright.errors import UnauthenticatedError
from statewright.ids import is_id
from statewright.settings import settings

_USE = "approval"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link opens."""

    workspace_id: str
    person_id: str


def make(workspace_id: str, person_id: str, ends: datetime) -> str:
    """The address of a link."""
    return (
        f"{settings().base_url}/approvals/{tokens.issue_link(_USE, person_id, workspace_id, ends)}"
    )


def read(token: str) -> Link:
    """What a link's token opens.

    Raises:
        UnauthenticatedError: it is not one of ours.
        GoneError: its time is over.
    """
    claims = tokens.read_link(token, _USE)
    if not is_id(str(claims["sub"])):
        raise UnauthenticatedError("This link is not valid.")
    return Link(claims["workspace"], claims["sub"])
