"""What differs between Swagger 2.0 and OpenAPI 3: servers, parameters' styles, media types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from statewright.integrations.openapi.library import Spot

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_COLLECTIONS = {
    "csv": ("simple", False),
    "ssv": ("spaceDelimited", False),
    "tsv": ("tabDelimited", False),
    "pipes": ("pipeDelimited", False),
    "multi": ("form", True),
}
_DEFAULT_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
_NOT_SCHEMA = frozenset({"name", "in", "required", "allowEmptyValue", "collectionFormat"})
"""What a parameter of Swagger has besides its schema."""


def is_swagger(root: Spot) -> bool:
    """Whether the document is of version 2.0, which was called Swagger."""
    return str(root.get("swagger", "")).startswith("2")


def version(root: Spot) -> str:
    """The version of the language, or an empty text where the document is none of it."""
    for keyword in ("openapi", "swagger"):
        found = root.get(keyword)
        if isinstance(found, str | float | int) and re.match(r"(2|3\.[012])\b", str(found)):
            return str(found)
    return ""


def servers(root: Spot, below: Spot, source: str) -> list[dict[str, Any]]:
    """The servers that a document, a path or an operation names: URL templates with variables."""
    if is_swagger(root):
        return _swagger_servers(root, source) if below.pointer == "" else []
    found = []
    for spot in below.under("servers").elements():
        variables = {name: _variable(v) for name, v in spot.under("variables").items()}
        url = spot.text("url")
        absolute = url if "://" in url or url.startswith("{") else _joined(source, url)
        found.append(
            {"url": absolute, "variables": variables, "description": spot.text("description")}
        )
    return found


def _variable(spot: Spot) -> dict[str, Any]:
    default, choices = str(spot.get("default", "")), spot.get("enum") or []
    return {"default": default, "enum": choices, "description": spot.text("description")}


def _swagger_servers(root: Spot, source: str) -> list[dict[str, Any]]:
    schemes = [s for s in root.get("schemes") or [] if s in {"http", "https"}]
    fetched = re.match(r"(https?)://([^/]+)", source)
    scheme = "https" if not schemes or "https" in schemes else schemes[0]
    host = root.text("host") or (fetched[2] if fetched else "")
    path = root.text("basePath")
    url = f"{scheme}://{host}{path}" if host else path
    return [{"url": url.rstrip("/"), "variables": {}, "description": ""}]


def _joined(source: str, url: str) -> str:
    return urljoin(source, url) if source.startswith("http") else url


def server_url(server: dict[str, Any]) -> str:
    """A server's URL with its variables' defaults."""
    url = str(server["url"])
    for name, variable in server["variables"].items():
        url = url.replace("{" + name + "}", variable["default"])
    return url


def parameter_schema(root: Spot, spot: Spot) -> Spot:
    """The schema of a parameter, which Swagger writes into the parameter itself."""
    if not is_swagger(root):
        return spot.under("schema")
    words = {k: v for k, v in spot.value.items() if k not in _NOT_SCHEMA}
    return Spot(words, spot.uri, spot.pointer)


def style_of(root: Spot, spot: Spot) -> tuple[str, bool]:
    """How a parameter is written: its style, and whether it is exploded."""
    place = spot.text("in")
    if is_swagger(root):
        simple = "form" if place in {"query", "formData"} else "simple"
        style, explode = _COLLECTIONS.get(spot.text("collectionFormat"), (simple, False))
        return (simple if style == "simple" else style), explode
    style = spot.text("style") or _DEFAULT_STYLES.get(place, "form")
    explode = spot.get("explode")
    return style, explode if isinstance(explode, bool) else style in {"form", "cookie"}


def contents(spot: Spot) -> Iterator[tuple[str, Spot]]:
    """The media types of a body or response, in the order in which they are preferred."""
    found = [
        (name.partition(";")[0].strip().lower(), s) for name, s in spot.under("content").items()
    ]
    yield from sorted(found, key=lambda pair: _rank(pair[0]))


def _rank(media_type: str) -> int:
    kinds = ("json", "multipart", "form", "xml", "text", "binary")
    return kinds.index(kind_of(media_type)) if media_type != "*/*" else -1


def kind_of(media_type: str) -> Any:
    """How a media type is written and read."""
    main = media_type.partition(";")[0].strip().lower()
    if main in {"*/*", ""} or re.search(r"[/+](json|x-json|vnd\.api\+json)$", main):
        return "json"
    if main == "application/x-www-form-urlencoded":
        return "form"
    if main.startswith("multipart/"):
        return "multipart"
    if main.endswith(("/xml", "+xml")):
        return "xml"
    if main.startswith("text/") or re.search(
        r"[/+-](yaml|ndjson|jsonl|jsonlines|csv|graphql)$", main
    ):
        return "text"
    return "binary"
