"""Values that a schema accepts: its own examples where they fit, made-up ones elsewhere."""

from __future__ import annotations

import math
import re
from re import _parser as re_parser  # type: ignore[attr-defined]
from typing import Any

import jsonschema_rs

Schema = Any
MOST_DEPTH = 6
_FORMATS = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "time": "03:04:05Z",
    "email": "ada@example.com",
    "uri": "https://example.com/x",
    "url": "https://example.com/x",
    "uuid": "0190b0a0-0000-7000-8000-000000000001",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "hostname": "example.com",
    "binary": "aGVsbG8=",
    "byte": "aGVsbG8=",
}


class NoSampleError(Exception):
    """Nothing that was made up is accepted."""


def sample(schema: Schema, definitions: dict[str, Schema]) -> Any:
    """A value that the schema accepts; optional properties are left out only where they must be.

    Raises:
        NoSampleError: none was found.
    """
    validator = jsonschema_rs.Draft202012Validator({**schema, "$defs": definitions})
    for full in (True, False):
        value = _Maker(definitions, full).make(schema, 0)
        if validator.is_valid(value):
            return value
    raise NoSampleError


class _Maker:
    def __init__(self, definitions: dict[str, Schema], full: bool):
        self._definitions, self._full = definitions, full

    def make(self, schema: Schema, depth: int) -> Any:
        if not isinstance(schema, dict):
            return "x"
        schema = self._merged(schema, depth)
        for given in (schema.get("examples") or [])[:1]:
            if jsonschema_rs.Draft202012Validator({**schema, "$defs": self._definitions}).is_valid(given):  # fmt: skip
                return given
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return schema["enum"][0]
        options = schema.get("oneOf") or schema.get("anyOf")
        if options:
            return self._option(schema, options, depth)
        kinds = schema.get("type")
        kind = next((k for k in kinds if k != "null"), "null") if isinstance(kinds, list) else kinds
        return self._typed(schema, kind or self._guess(schema), depth)

    def _option(self, schema: Schema, options: list[Schema], depth: int) -> Any:
        rest = {k: v for k, v in schema.items() if k not in {"oneOf", "anyOf"}}
        for option in options:
            value = self.make({"allOf": [rest, option]}, depth + 1)
            if jsonschema_rs.Draft202012Validator({**schema, "$defs": self._definitions}).is_valid(value):  # fmt: skip
                return value
        return self.make({"allOf": [rest, options[0]]}, depth + 1)

    def _merged(self, schema: Schema, depth: int) -> Schema:
        found: dict[str, Any] = {}
        for one in [schema, *schema.get("allOf", [])] if depth < 30 else [schema]:
            part = one
            for _ in range(20):
                if not isinstance(part, dict) or "$ref" not in part:
                    break
                rest = {k: v for k, v in part.items() if k != "$ref"}
                part = {**self._definitions.get(part["$ref"].removeprefix("#/$defs/"), {}), **rest}
            if isinstance(part, dict) and part is not schema and "allOf" in part:
                part = self._merged(part, depth + 1)
            if not isinstance(part, dict):
                continue
            properties = {**found.get("properties", {}), **part.get("properties", {})}
            required = [*found.get("required", []), *part.get("required", [])]
            found = {**found, **part}
            if properties:
                found["properties"] = properties
            if required:
                found["required"] = list(dict.fromkeys(required))
        found.pop("allOf", None)
        return found

    def _guess(self, schema: Schema) -> str:
        if "properties" in schema or "required" in schema:
            return "object"
        return "array" if "items" in schema else "string"

    def _typed(self, schema: Schema, kind: str, depth: int) -> Any:
        match kind:
            case "object":
                return self._object(schema, depth)
            case "array":
                count = max(schema.get("minItems", 0), 1 if depth < MOST_DEPTH else 0)
                count = min(count, schema.get("maxItems", count))
                return [self.make(schema.get("items", {}), depth + 1) for _ in range(count)]
            case "integer" | "number":
                return self._number(schema, kind)
            case "boolean":
                return True
            case "null":
                return None
        return self._text(schema)

    def _object(self, schema: Schema, depth: int) -> Any:
        required = set(schema.get("required", []))
        properties = schema.get("properties", {})
        names = [n for n in properties if n in required or (self._full and depth < MOST_DEPTH // 2)]
        made = {name: self.make(properties[name], depth + 1) for name in names if depth < 25}
        for name in required - made.keys():
            made[name] = self.make(schema.get("additionalProperties", {}), depth + 1)
        if not made and schema.get("minProperties"):
            made["x"] = self.make(schema.get("additionalProperties", {}), depth + 1)
        return made

    def _number(self, schema: Schema, kind: str) -> Any:
        low = schema.get("minimum", schema.get("exclusiveMinimum", -math.inf) + 1)
        high = schema.get("maximum", schema.get("exclusiveMaximum", math.inf) - 1)
        value = 1 if low <= 1 <= high else low if low > -math.inf else high
        step = schema.get("multipleOf")
        if step:
            value = math.ceil(value / step) * step
        return math.ceil(value) if kind == "integer" else value

    def _text(self, schema: Schema) -> str:
        text = _FORMATS.get(schema.get("format", ""), "text")
        least, most = schema.get("minLength", 0), schema.get("maxLength", 10**6)
        if len(text) < least:
            text += "x" * (least - len(text))
        text = text[:most]
        pattern = schema.get("pattern")
        if pattern and not jsonschema_rs.is_valid({"pattern": pattern}, text):
            text = _matching(pattern, least, most)
        return text


def _matching(pattern: str, least: int, most: int) -> str:
    """A short text of a pattern; long enough, where a repetition can make it so."""
    try:
        tree = re_parser.parse(pattern.replace("\\/", "/"))
    except re.error:
        return "text"
    for extra in (0, 1, least, least // 2 + 1):
        text = _text_of(tree, min(extra, 200))
        if least <= len(text) <= most and re.search(pattern, text):
            return text
    return _text_of(tree, 1)


def _text_of(tree: Any, extra: int) -> str:
    text = ""
    for kind, value in tree:
        match str(kind):
            case "LITERAL":
                text += chr(value)
            case "NOT_LITERAL":
                text += "a" if value != ord("a") else "b"
            case "ANY":
                text += "a"
            case "IN":
                text += _one_of(value)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                low, high, inner = value
                text += _text_of(inner, 0) * max(low, min(int(high), low + extra))
            case "SUBPATTERN":
                text += _text_of(value[-1], extra)
            case "BRANCH":
                text += _text_of(value[1][0], extra)
    return text


def _one_of(parts: Any) -> str:
    if str(parts[0][0]) == "NEGATE":
        for candidate in "a0 -Z_":
            if not any(_covers(part, candidate) for part in parts[1:]):
                return candidate
    kind, value = parts[0]
    match str(kind):
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return chr(value[0])
    return {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " "}.get(str(value), "a")


def _covers(part: Any, character: str) -> bool:
    kind, value = part
    match str(kind):
        case "LITERAL":
            return bool(chr(value) == character)
        case "RANGE":
            return bool(value[0] <= ord(character) <= value[1])
    tests = {"CATEGORY_DIGIT": character.isdigit(), "CATEGORY_SPACE": character.isspace()}
    return tests.get(str(value), character.isalnum() or character == "_")
