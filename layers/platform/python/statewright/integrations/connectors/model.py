"""A connector's operations, as every kind of connector describes them and as they are stored."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Schema = dict[str, Any]
CALL = "CALL"
"""The method of an operation that a function of its connector's performs."""
PlaceOf = Literal["path", "query", "header", "cookie"]
BodyKind = Literal["json", "form", "multipart", "text", "binary", "xml"]
PagingKind = Literal["link", "next", "cursor", "last_id", "page", "offset"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """Where an input goes, and how it is written there (OpenAPI 3.1, section 4.8.12).

    ``field`` is the input's name, ``name`` the parameter's. ``content`` is the media type of a
    parameter that is written as one.
    """

    field: str
    name: str
    place: PlaceOf
    style: str = "form"
    explode: bool = True
    reserved: bool = False
    content: str = ""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How one property of a form is written (OpenAPI 3.1, section 4.8.15)."""

    content_type: str = ""
    style: str = ""
    explode: bool = True
    reserved: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """One media type that a request's body may have."""

    media_type: str
    kind: BodyKind
    encodings: dict[str, Encoding] = field(default_factory=dict)
    xml: Schema = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paging:
    """How further pages are asked for.

    ``field`` is the input that says which page; ``following`` where the answer has the next one;
    ``items`` where it has its items; ``more`` where it says whether there is more.
    """

    kind: PagingKind
    items: tuple[str, ...]
    field: str = ""
    following: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    size: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. ``spread``: the body's properties are inputs of their own, beside parameters.

    ``path`` is a template; ``server`` overrides the connector's. ``security`` lists alternatives,
    each a set of schemes that go together.
    """

    name: str
    title: str
    method: str
    path: str
    inputs: Schema
    result: Schema
    description: str = ""
    tags: tuple[str, ...] = ()
    deprecated: bool = False
    server: str = ""
    parameters: tuple[Parameter, ...] = ()
    bodies: tuple[Body, ...] = ()
    spread: bool = False
    accept: str = "application/json"
    paging: Paging | None = None
    security: tuple[tuple[str, ...], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    ok_field: str = ""
    """The field of an answer that is false where status 200 does not mean success (Slack)."""

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)


def operation_of(stored: dict[str, Any]) -> Operation:
    """What :meth:`Operation.to_json` gave."""
    paging = stored.get("paging")
    return Operation(
        **{
            **stored,
            "tags": tuple(stored.get("tags", ())),
            "parameters": tuple(Parameter(**p) for p in stored.get("parameters", ())),
            "bodies": tuple(_body(b) for b in stored.get("bodies", ())),
            "paging": None if paging is None else _paging(paging),
            "security": tuple(tuple(s) for s in stored.get("security", ())),
        }
    )


def _body(stored: dict[str, Any]) -> Body:
    encodings = {name: Encoding(**e) for name, e in stored.get("encodings", {}).items()}
    return Body(stored["media_type"], stored["kind"], encodings, stored.get("xml", {}))


def _paging(stored: dict[str, Any]) -> Paging:
    paths = {name: tuple(stored.get(name, ())) for name in ("items", "following", "more")}
    return Paging(**{**stored, **paths})
