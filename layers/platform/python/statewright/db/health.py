"""Whether the database answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from statewright.db.migrate import names
from statewright.db.sessions import lookup
from statewright.errors import UnavailableError


class Health(BaseModel):
    """The state of the API."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether requests can be served now."""

    status: Literal["ready"] = "ready"
    database: Literal["ok"] = "ok"
    migrations: int
    """How many have been applied; all there are."""


def ready() -> Readiness:
    """Asks the database whether it is there, and as this version of the code wants it.

    Raises:
        UnavailableError: it does not answer, or is not up to date.
    """
    row = lookup(
        b"SELECT count(*) AS applied FROM migrations WHERE name = ANY(%(names)s)", names=names()
    )
    applied = 0 if row is None else int(row["applied"])
    if applied < len(names()):
        raise UnavailableError("The database is being brought up to date.")
    return Readiness(migrations=applied)


def check() -> Health:
    """Asks the database.

    Raises:
        UnavailableError: it does not answer.
    """
    lookup(b"SELECT 1")
    return Health()
