"""JSON Schema to types. What a schema says beyond kinds, fields and choices is not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from statewright.workflows.checks.types import (
    ANY,
    BOOLEAN,
    NULL,
    NUMBER,
    TEXT,
    Type,
    either,
    listing,
    record,
    text,
)

_PLAIN = {"null": NULL, "boolean": BOOLEAN, "number": NUMBER, "integer": NUMBER, "string": TEXT}
MOST_DEPTH = 10
MOST_NODES = 3_000


def type_of_schema(schema: Any, *, closed: bool = False, depth: int = 0) -> Type:
    """The type of what a schema accepts.

    Args:
        closed: whether objects have the listed fields only, where the schema does not say.
    """
    if not isinstance(schema, dict) or depth > MOST_DEPTH or "$ref" in schema:
        return ANY
    for keyword in ("oneOf", "anyOf"):
        options = schema.get(keyword)
        if isinstance(options, list) and options:
            return either(*(type_of_schema(o, closed=closed, depth=depth + 1) for o in options))
    if "const" in schema:
        return type_of_value(schema["const"])
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return either(*map(type_of_value, schema["enum"]))
    kinds = schema.get("type", "object" if isinstance(schema.get("properties"), dict) else None)
    names = kinds if isinstance(kinds, list) else [kinds]
    return either(*(_named(name, schema, closed=closed, depth=depth) for name in names))


def _named(name: Any, schema: dict[str, Any], *, closed: bool, depth: int) -> Type:
    if name == "array":
        items = schema.get("items")
        return listing(
            ANY if items is None else type_of_schema(items, closed=closed, depth=depth + 1)
        )
    if name == "object":
        properties = schema.get("properties")
        fields = {
            str(key): type_of_schema(value, closed=closed, depth=depth + 1)
            for key, value in (properties if isinstance(properties, dict) else {}).items()
        }
        extra = schema.get("additionalProperties", not closed or not fields)
        return record(fields, extra=extra is not False)
    return _PLAIN.get(name, ANY) if isinstance(name, str) else ANY


def flattened(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """A schema with its references in their places and ``allOf`` put together.

    What is recursive, deep or very large is left open, the outermost parts last.
    """
    return _Flattening(definitions).of(schema, 0) if definitions or "allOf" in schema else schema


class _Flattening:
    def __init__(self, definitions: Mapping[str, Any]):
        self._definitions, self._left = definitions, MOST_NODES

    def of(self, schema: Any, depth: int) -> Any:
        self._left -= 1
        if not isinstance(schema, dict) or depth > MOST_DEPTH or self._left < 0:
            return {}
        found = self._merged(schema)
        for keyword in ("anyOf", "oneOf"):
            if isinstance(found.get(keyword), list):
                found[keyword] = [self.of(part, depth + 1) for part in found[keyword]]
        if isinstance(found.get("items"), dict):
            found["items"] = self.of(found["items"], depth + 1)
        if isinstance(found.get("properties"), dict):
            inner = found["properties"].items()
            found["properties"] = {name: self.of(part, depth + 1) for name, part in inner}
        return found

    def _merged(self, schema: dict[str, Any], depth: int = 0) -> dict[str, Any]:
        """A schema, what it refers to, and its ``allOf``, as one."""
        found: dict[str, Any] = {}
        target = self._definitions.get(str(schema.get("$ref", "")).removeprefix("#/$defs/"), {})
        own = {k: v for k, v in schema.items() if k not in {"$ref", "allOf", "$defs"}}
        for part in [target, *schema.get("allOf", []), own]:
            if isinstance(part, dict) and part and depth <= MOST_DEPTH:
                inner = own if part is own else self._merged(part, depth + 1)
                properties = {**found.get("properties", {}), **inner.get("properties", {})}
                found = {**found, **inner, **({"properties": properties} if properties else {})}
        return found


def type_of_value(value: Any) -> Type:
    """The type of a value that is known."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int | float):
        return NUMBER
    if isinstance(value, list):
        return listing(either(*map(type_of_value, value)) if value else ANY)
    if isinstance(value, dict):
        return record({key: type_of_value(item) for key, item in value.items()})
    return NULL
