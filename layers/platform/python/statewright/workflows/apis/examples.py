"""An example of what a JSON Schema describes, for documents and snippets."""

from __future__ import annotations

from typing import Any

_FORMATS = {
    "date": "2027-01-31",
    "date-time": "2027-01-31T08:00:00Z",
    "time": "08:00:00",
    "email": "ada@example.com",
    "uri": "https://example.com",
    "uuid": "0190b0a0-0000-7000-8000-000000000001",
}
_DEEPEST = 6


def example_of(schema: Any, depth: int = 0) -> Any:
    """A value that looks like the schema's: its own example where it has one."""
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return None
    for name in ("example", "default", "const"):
        if name in schema:
            return schema[name]
    for name in ("examples", "enum"):
        if isinstance(schema.get(name), list) and schema[name]:
            return schema[name][0]
    for name in ("anyOf", "oneOf", "allOf"):
        if isinstance(schema.get(name), list) and schema[name]:
            return example_of(schema[name][0], depth + 1)
    return _by_type(schema, depth)


def _by_type(schema: dict[str, Any], depth: int) -> Any:
    kind = schema.get("type", "object" if "properties" in schema else None)
    match kind[0] if isinstance(kind, list) and kind else kind:
        case "object":
            parts = schema.get("properties", {})
            return {name: example_of(part, depth + 1) for name, part in parts.items()}
        case "array":
            return [example_of(schema.get("items"), depth + 1)]
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "string":
            return _FORMATS.get(str(schema.get("format")), "text")
        case _:
            return None
