"""Workflows published as APIs: a route of one's own, what it takes, and what it answers."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from statewright.workflows.definition.answer import Answer
from statewright.workflows.definition.base import AnyName, Duration, Model, seconds

ApiMethod = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
_PARAMETER = re.compile(r"{([^{}]*)}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
Schema = dict[str, Any] | bool


def _path(text: str) -> str:
    names = _PARAMETER.findall(text)
    for name in names:
        if _NAME.fullmatch(name) is None:
            raise ValueError(f"'{name}' is not a parameter's name: a to z, 0 to 9 and '_'")
    if len(set(names)) != len(names):
        raise ValueError("has a parameter twice")
    return text


ApiPath = Annotated[
    str,
    Field(pattern=r"^(/([A-Za-z0-9._~-]+|\{[^{}/]*\}))+$", max_length=200),
    AfterValidator(_path),
]
ApiVersion = Annotated[str, Field(pattern=r"^v[1-9][0-9]{0,3}$")]


class JwtAuth(Model):
    """Who has a token of an issuer: its signature, issuer, audience, time and ``claims`` are looked
    at. ``keys`` is the address of its key set; without it, the issuer's discovery document says."""

    issuer: Annotated[str, Field(pattern=r"^https?://[^\s?#]+$", max_length=500)]
    audience: Annotated[str, Field(min_length=1, max_length=500)]
    keys: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=500)] | None = None
    claims: dict[str, Any] = Field(default_factory=dict, max_length=20)


class ApiLimit(Model):
    """So many requests of each caller in a time."""

    requests: int = Field(ge=1, le=1_000_000)
    per: Duration = "1m"

    @property
    def seconds(self) -> int:
        """The time that the requests are for."""
        return seconds(self.per)


class ApiRequest(Model):
    """What a request must be, and what the workflow is given of it.

    ``path`` has a JSON Schema for each parameter, ``query`` and ``body`` are JSON Schemas; ``map``
    makes the workflow's ``$trigger.body``: it sees ``$request`` (``method path query headers body
    caller``) and ``$vars``.
    """

    path: dict[str, Schema] = Field(default_factory=dict)
    query: dict[str, Any] | None = None
    body: Schema | None = None
    map: Any = None


class ApiTrigger(Model):
    """Makes the workflow a route of the workspace's API: ``/apis/{workspace}/{version}{path}``."""

    id: AnyName
    type: Literal["api"]
    path: ApiPath
    method: ApiMethod = "POST"
    version: ApiVersion = "v1"
    summary: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=5000)
    auth: Literal["key", "public"] | JwtAuth = "key"
    limit: ApiLimit | None = None
    request: ApiRequest = ApiRequest()
    respond: Literal["immediately", "when_finished"] | AnyName = "when_finished"
    response: Answer = Answer()
    returns: Schema | None = None
    documented: bool = True

    @property
    def parameters(self) -> list[str]:
        """The names of the path's parameters, in order."""
        return _PARAMETER.findall(self.path)

    @property
    def shape(self) -> str:
        """The path without its parameters' names: two routes of one shape are one."""
        return _PARAMETER.sub("{}", self.path)
