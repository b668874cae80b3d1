"""The public shapes of connections. None of them can hold a secret on its way out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from statewright.integrations.connection_kinds import Auth, Strict
from statewright.moments import Moment

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Title = Annotated[str, Field(min_length=1, max_length=200)]
State = Literal["untested", "works", "fails", "unauthorized"]


class NewConnection(Strict):
    """A connection to make. Workflows name it by ``name``, which stays."""

    name: Name
    title: Title | None = None
    auth: Auth
    restricted: bool = False
    expires_at: Moment | None = None


class ConnectionChange(Strict):
    """What is to change; what is not given stays. Where a credential goes to changes with the
    credential only (:class:`NewCredentials`)."""

    title: Title | None = None
    restricted: bool | None = None
    expires_at: Moment | None = None


class NewCredentials(Strict):
    """The whole of a connection's settings and secrets anew, of the same kind."""

    auth: Auth
    expires_at: Moment | None = None


class Connection(BaseModel):
    """A connection, without its secrets.

    ``references`` say where secrets are kept that are kept elsewhere. ``state`` is what the last
    test or the last renewal of a token found.
    """

    id: str
    name: str
    title: str
    kind: str
    settings: dict[str, Any]
    references: dict[str, Any] = {}
    version: int
    restricted: bool
    state: State
    state_detail: str
    tested_at: datetime | None
    expires_at: datetime | None
    folder_id: str | None
    created_by: str | None
    created_at: datetime
    updated_at: datetime
    rotated_at: datetime


class Use(BaseModel):
    """A workflow that uses a connection, in its draft or in what is published."""

    workflow_id: str
    workflow: str
    draft: bool
    published: bool


class TestResult(BaseModel):
    """Whether a connection works."""

    works: bool
    detail: str


class Departure(BaseModel):
    """Where a person's browser agrees."""

    url: str
