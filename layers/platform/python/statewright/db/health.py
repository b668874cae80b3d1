"""Whether the database answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from statewright.db.sessions import lookup


class Health(BaseModel):
    """The state of the API."""

    status: Literal["ok"] = "ok"


def check() -> Health:
    """Asks the database.

    Raises:
        UnavailableError: it does not answer.
    """
    lookup(b"SELECT 1")
    return Health()
