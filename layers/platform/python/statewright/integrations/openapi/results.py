"""What an operation answers with: one schema for everything that means success."""

from __future__ import annotations

import re

from statewright.integrations.connectors.model import Schema
from statewright.integrations.openapi.dialects import contents, is_swagger, kind_of
from statewright.integrations.openapi.library import Library, Spot
from statewright.integrations.openapi.schemas import Schemas

_BINARY: Schema = {
    "type": "object",
    "properties": {
        "base64": {"type": "string", "contentEncoding": "base64"},
        "content_type": {"type": "string"},
    },
}


class Results:
    """Reads the answers of one document's operations."""

    def __init__(self, root: Spot, library: Library, schemas: Schemas):
        self._root, self._library, self._schemas = root, library, schemas

    def of(self, operation: Spot) -> tuple[Schema, str, set[str]]:
        """The result's schema, what to accept, and the headers that successes declare."""
        responses = dict(operation.under("responses").items())
        good = [s for code, s in responses.items() if re.fullmatch(r"2(\d\d|XX)", code, re.I)]
        if not good and "default" in responses:
            good = [responses["default"]]
        found: list[Schema] = []
        accepted: list[str] = []
        headers: set[str] = set()
        for spot in map(self._library.follow, good):
            headers |= {name.lower() for name, _ in spot.under("headers").items()}
            schema, media_type = self._one(operation, spot)
            accepted += [media_type] if media_type else []
            if schema not in found:
                found.append(schema)
        schema = found[0] if len(found) == 1 else {"anyOf": found} if found else {}
        return schema, accepted[0] if accepted else "application/json", headers

    def _one(self, operation: Spot, spot: Spot) -> tuple[Schema, str]:
        if is_swagger(self._root):
            produces = operation.get("produces") or self._root.get("produces") or []
            types = [p for p in produces if isinstance(p, str)] or ["application/json"]
            media_type = next((t for t in types if kind_of(t) == "json"), types[0])
            inner = spot.under("schema")
        else:
            first = next(contents(spot), None)
            if first is None:
                return {"type": "null"}, ""
            media_type, inner = first[0], first[1].under("schema")
        if inner.value is None and is_swagger(self._root):
            return {"type": "null"}, ""
        return self._shaped(inner, media_type), "" if media_type == "*/*" else media_type

    def _shaped(self, inner: Spot, media_type: str) -> Schema:
        match kind_of(media_type):
            case "json":
                return {} if inner.value is None else self._schemas.read(inner)
            case "text" | "xml":
                return {"type": "string"}
            case _:
                return _BINARY
