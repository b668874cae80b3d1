"""Connectors as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class NewConnector(BaseModel):
    """A description to import: exactly one of ``url``, ``document``, ``archive``, ``declaration``
    and ``manifest``.

    ``document`` is OpenAPI or Swagger text. ``archive`` is a ZIP file or a gzipped document, as
    Base64; ``entry`` names the description in it. ``declaration`` is a connector in our own YAML,
    ``manifest`` what the command line tells of one in Python.
    """

    model_config = ConfigDict(extra="forbid")

    name: Name
    url: Annotated[str, Field(max_length=2_000)] | None = None
    document: str | None = None
    archive: str | None = None
    entry: Annotated[str, Field(max_length=500)] | None = None
    declaration: str | None = None
    manifest: dict[str, Any] | None = None
    server: Annotated[str, Field(max_length=2_000)] | None = None
    """The URL to call, in the place of the document's first one."""


class ProblemView(BaseModel):
    """Something that the document has wrong; ``fatal``: an operation is missing for it."""

    place: str
    detail: str
    fatal: bool


class Connector(BaseModel):
    """A connector, with the connections that its security schemes ask for."""

    name: str
    title: str
    description: str
    kind: str
    version: str
    source: str = ""
    server: str = ""
    servers: list[dict[str, Any]] = []
    security: dict[str, dict[str, Any]] = {}
    operations: int
    total: int
    problems: list[ProblemView] = []
    created_at: datetime | None = None
    updated_at: datetime | None = None


class OperationView(BaseModel):
    """An operation in a list. ``action`` is what ``use`` takes; ``pages``: ``<action>.all`` too."""

    action: str
    connector: str
    name: str
    title: str
    method: str
    path: str
    tags: list[str]
    deprecated: bool
    pages: bool


class OperationDetail(OperationView):
    """An operation with its form and its result, as JSON Schemas that stand on their own."""

    description: str
    inputs: dict[str, Any]
    result: dict[str, Any]
    security: list[list[str]]


class Affected(BaseModel):
    """A workflow that uses operations which change."""

    workflow_id: str
    workflow: str
    used: list[str]


class Difference(BaseModel):
    """What importing does, or would do, to a connector that is there."""

    connector: str
    applied: bool
    operations: int
    total: int
    added: list[str]
    changed: list[str]
    removed: list[str]
    affected: list[Affected]
    problems: list[ProblemView]
