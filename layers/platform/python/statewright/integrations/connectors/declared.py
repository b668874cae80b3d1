"""Connectors in YAML of our own: short enough to be written by hand.

Each operation becomes the same :class:`Operation` that an OpenAPI document gives, so that checks,
calls and pages are the same. ``docs/custom-connectors.md`` describes the form.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from statewright.integrations.connectors.model import Body, Operation, Paging, Parameter, Schema
from statewright.integrations.openapi.documents import DocumentError
from statewright.integrations.openapi.importing import Imported

_MEDIA = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "multipart": "multipart/form-data",
    "binary": "application/octet-stream",
    "text": "text/plain",
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class DeclaredInput(_Strict):
    """An input: a JSON Schema beside where it goes. Without ``in``: the path where it is named
    there, else the query of a GET or DELETE and the body of the rest."""

    place: Literal["path", "query", "header", "body"] | None = Field(default=None, alias="in")
    name: str | None = None
    required: bool = False
    explode: bool = True
    schema_: Schema = Field(default_factory=dict, alias="schema")
    type: str | list[str] | None = None
    description: str | None = None
    default: Any = None
    enum: list[Any] | None = None
    items: Schema | None = None
    properties: dict[str, Schema] | None = None
    format: str | None = None

    def form(self) -> Schema:
        """The input's JSON Schema."""
        own = self.model_dump(
            include={"type", "description", "default", "enum", "items", "properties", "format"},
            exclude_none=True,
        )
        return {**self.schema_, **own}


class DeclaredPaging(_Strict):
    """How a list pages, as :class:`Paging`; paths are written with dots."""

    kind: Literal["link", "next", "cursor", "last_id", "page", "offset"]
    items: str = ""
    input: str = ""
    next: str = ""
    more: str = ""


class DeclaredOperation(_Strict):
    """One operation: ``request`` is a method and a path."""

    title: str
    description: str = ""
    request: Annotated[str, Field(pattern=r"^(GET|POST|PUT|PATCH|DELETE|HEAD) /\S*$")]
    inputs: dict[str, DeclaredInput] = {}
    body: Literal["json", "form", "multipart", "binary", "text"] = "json"
    headers: dict[str, str] = {}
    result: Schema = {}
    paging: DeclaredPaging | None = None
    server: str = ""
    scopes: list[str] = []


class Declaration(_Strict):
    """A connector."""

    connector: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    title: str
    description: str = ""
    version: str = "1"
    server: Annotated[str, Field(pattern=r"^https?://\S+$")]
    auth: dict[str, dict[str, Any]] = {}
    headers: dict[str, str] = {}
    ok: str = ""
    """A field of every answer that is false where a call failed with status 200."""
    operations: dict[Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_]{0,79}$")], DeclaredOperation]


def declared(value: Any) -> tuple[str, Imported]:
    """A declaration's name and what it holds.

    Raises:
        DocumentError: it is none, with the place of the first mistake.
    """
    try:
        read = Declaration.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        raise DocumentError(f"/{place}: {first['msg']}") from None
    operations = [_operation(read, name, one) for name, one in read.operations.items()]
    server = {"url": read.server, "variables": {}, "description": ""}
    found = Imported(
        read.title, read.version, "declared", read.description, [server], read.auth, operations
    )
    found.total = len(operations)
    return read.connector, found


def _operation(whole: Declaration, name: str, one: DeclaredOperation) -> Operation:
    method, _, path = one.request.partition(" ")
    in_path = set(re.findall(r"{(\w+)}", path))
    missing = in_path - {i.name or n for n, i in one.inputs.items()}
    if missing:
        raise DocumentError(f"/operations/{name}: '{sorted(missing)[0]}' of the path is no input")
    parameters, in_body = [], False
    for field, given in one.inputs.items():
        own = given.name or field
        rest = "query" if method in {"GET", "DELETE", "HEAD"} else "body"
        place: Any = given.place or ("path" if own in in_path else rest)
        if place == "body":
            in_body = True
        else:
            style = "form" if place == "query" else "simple"
            parameters.append(Parameter(field, own, place, style, given.explode))
    inputs: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {field: given.form() for field, given in one.inputs.items()},
        "required": [field for field, given in one.inputs.items() if given.required],
    }
    spread = one.body in {"json", "form", "multipart"}
    bodies = (Body(_MEDIA[one.body], one.body),) if in_body else ()
    return Operation(
        name,
        one.title,
        method,
        path,
        inputs,
        one.result,
        one.description,
        server=one.server,
        parameters=tuple(parameters),
        bodies=bodies,
        spread=spread and in_body,
        paging=None if one.paging is None else _paging(one.paging),
        security=tuple((scheme,) for scheme in whole.auth),
        headers={**whole.headers, **one.headers},
        ok_field=whole.ok,
    )


def _paging(given: DeclaredPaging) -> Paging:
    def path(text: str) -> tuple[str, ...]:
        found = re.split(r"(?<!\\)\.", text)  # a dot of a name has a backslash before it
        return tuple(part.replace("\\.", ".") for part in found) if text else ()

    return Paging(given.kind, path(given.items), given.input, path(given.next), path(given.more))
