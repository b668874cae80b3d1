"""Schemas of every dialect as JSON Schema 2020-12, each named one once, below ``$defs``.

Swagger 2.0 and OpenAPI 3.0 have dialects of their own (``nullable``, ``exclusiveMinimum: true``);
3.1 has JSON Schema's. References, recursive ones and those into other documents among them, become
references to ``#/$defs/<name>``. What a schema says against the dialect's rules is left out, so
that what comes out always is a valid schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jsonschema_rs

from statewright.integrations.openapi.library import BrokenReferenceError, Library, Spot

Schema = dict[str, Any]
Report = Callable[[Spot, str], None]
MOST_DEPTH = 60
MOST_NODES = 5_000_000
MOST_WORDS = 600
"""Longer descriptions are cut: they are for the form beside a field."""

_TYPES = frozenset({"null", "boolean", "object", "array", "number", "string", "integer"})
_ONE = (
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
)
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "dependentSchemas")
_NUMBERS = ("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum")
_COUNTS = (
    "maxLength",
    "minLength",
    "maxItems",
    "minItems",
    "maxProperties",
    "minProperties",
    "minContains",
    "maxContains",
)
_WORDS = ("title", "description", "format", "contentEncoding", "contentMediaType", "$comment")
_FLAGS = ("deprecated", "readOnly", "writeOnly", "uniqueItems")


class TooLargeError(Exception):
    """The description has more schemas than can be held."""


class Schemas:
    """Reads schemas, and collects those that are referred to."""

    def __init__(self, library: Library, report: Report):
        self.definitions: dict[str, Schema] = {}
        self._library, self._report = library, report
        self._names: dict[tuple[str, str], str] = {}
        self._waiting: list[tuple[str, Spot]] = []
        self._nodes = 0

    def read(self, spot: Spot, depth: int = 0) -> Schema:
        """A schema, with its references to :attr:`definitions`. See :meth:`finish`."""
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise TooLargeError(f"the description has more than {MOST_NODES:,} schemas")
        if isinstance(spot.value, bool):
            return {} if spot.value else {"not": {}}
        if not isinstance(spot.value, dict) or depth > MOST_DEPTH:
            if spot.value is not None:
                self._report(spot, "is no schema")
            return {}
        reference = spot.value.get("$ref", spot.value.get("$dynamicRef"))
        if isinstance(reference, str):
            return self._referred(spot, reference, depth)
        return self._plain(spot, depth)

    def finish(self) -> None:
        """Reads what was referred to and has not been read yet."""
        while self._waiting:
            name, spot = self._waiting.pop()
            self.definitions[name] = self.read(spot)

    def resolved(self, schema: Schema) -> Schema:
        """A schema with the reference that it is followed, if it is one."""
        for _ in range(50):
            reference = schema.get("$ref")
            if reference is None:
                return schema
            self.finish()
            schema = self.definitions.get(reference.removeprefix("#/$defs/"), {})
        return {}

    def _referred(self, spot: Spot, reference: str, depth: int) -> Schema:
        try:
            target = self._library.target(spot, reference)
            if isinstance(target.get("$ref"), str) and len(target.value) == 1:
                target = self._library.follow(target)
        except BrokenReferenceError as error:
            self._report(spot, str(error))
            return {}
        found: Schema = {"$ref": f"#/$defs/{self._name(target)}"}
        beside = {k: v for k, v in spot.value.items() if k not in {"$ref", "$dynamicRef"}}
        kept = self._plain(Spot(beside, spot.uri, spot.pointer), depth) if beside else {}
        if "type" in kept or "nullable" in beside:
            return {"allOf": [found], **kept}
        return {**found, **kept}

    def _name(self, target: Spot) -> str:
        key = (target.uri, target.pointer)
        if key not in self._names:
            last = target.pointer.rpartition("/")[2] or target.uri.rpartition("/")[2]
            stem = re.sub(r"\.(json|ya?ml)$", "", last.replace("~1", "/"))
            wanted = re.sub(r"[^A-Za-z0-9_.-]+", "_", stem)[:80] or "schema"
            name, number = wanted, 1
            while name in self.definitions:
                number += 1
                name = f"{wanted}_{number}"
            self.definitions[name] = {}
            self._names[key] = name
            self._waiting.append((name, target))
        return self._names[key]

    def _plain(self, spot: Spot, depth: int) -> Schema:
        found: Schema = {**_annotations(spot.value), **_assertions(spot.value)}
        self._nested(spot, depth, found)
        required = spot.value.get("required")
        if isinstance(required, list):
            hidden = self._one_way(spot)
            names = {n: None for n in required if isinstance(n, str) and n not in hidden}
            if names:
                found["required"] = list(names)
        _nullable(spot.value, found)
        return found

    def _nested(self, spot: Spot, depth: int, found: Schema) -> None:
        for keyword in _ONE:
            if keyword in spot.value:
                found[keyword] = self.read(spot.under(keyword), depth + 1)
        for keyword in _MANY:
            parts = [self.read(s, depth + 1) for s in spot.under(keyword).elements()]
            if parts:
                found[keyword] = parts
        for keyword in _NAMED:
            below = self._named(spot.under(keyword))
            if isinstance(below.value, dict):
                found[keyword] = {
                    k: self.read(s, depth + 1)
                    for k, s in below.items()
                    if keyword != "patternProperties" or usable_pattern(k)
                }
        if "additionalProperties" in spot.value:
            found["additionalProperties"] = self._more(spot.under("additionalProperties"), depth)
        self._items(spot, depth, found)

    def _named(self, spot: Spot) -> Spot:
        """Some documents refer to all the properties of another schema at once."""
        if not isinstance(spot.get("$ref"), str):
            return spot
        try:
            return self._library.follow(spot)
        except BrokenReferenceError as error:
            self._report(spot, str(error))
            return Spot(None, spot.uri, spot.pointer)

    def _more(self, spot: Spot, depth: int) -> Any:
        return spot.value if isinstance(spot.value, bool) else self.read(spot, depth + 1)

    def _items(self, spot: Spot, depth: int, found: Schema) -> None:
        items = spot.under("items")
        if isinstance(items.value, list):  # before 2020-12: by position
            found["prefixItems"] = [self.read(s, depth + 1) for s in items.elements()]
            if not found["prefixItems"]:
                del found["prefixItems"]
        elif items.value is not None:
            found["items"] = self.read(items, depth + 1)

    def _one_way(self, spot: Spot) -> set[str]:
        """Properties that go one way only: they are missing the other way, required or not."""
        hidden = set()
        for name, below in spot.under("properties").items():
            value = below.value
            if isinstance(value, dict) and isinstance(value.get("$ref"), str):
                try:
                    value = self._library.follow(below).value
                except BrokenReferenceError:
                    continue  # it is reported where the schema itself is read
            if isinstance(value, dict) and (value.get("readOnly") or value.get("writeOnly")):
                hidden.add(name)
        return hidden


def _annotations(value: dict[str, Any]) -> Schema:
    found: Schema = {}
    for keyword in _WORDS:
        word = value.get(keyword)
        if isinstance(word, str) and word:
            found[keyword] = word if len(word) <= MOST_WORDS else f"{word[:MOST_WORDS]}…"
    for keyword in _FLAGS:
        if value.get(keyword) is True:
            found[keyword] = True
    if "default" in value:
        found["default"] = value["default"]
    if "example" in value:
        found["examples"] = [value["example"]]
    elif isinstance(value.get("examples"), list):
        found["examples"] = value["examples"][:3]
    discriminator = value.get("discriminator")
    if isinstance(discriminator, dict) and isinstance(discriminator.get("propertyName"), str):
        found["x-discriminator"] = discriminator["propertyName"]
    if isinstance(value.get("xml"), dict):
        found["xml"] = value["xml"]
    return found


def _assertions(value: dict[str, Any]) -> Schema:
    found: Schema = {}
    kinds = value.get("type")
    names = kinds if isinstance(kinds, list) else [kinds]
    known = [name for name in names if isinstance(name, str) and name in _TYPES]
    if known:
        found["type"] = known if len(known) > 1 else known[0]
    elif kinds == "file":
        found |= {"type": "string", "contentEncoding": "base64", "format": "binary"}
    if isinstance(value.get("enum"), list) and value["enum"]:
        found["enum"] = value["enum"]
    if "const" in value:
        found["const"] = value["const"]
    for keyword in _NUMBERS:
        if _is_number(value.get(keyword)):
            found[keyword] = value[keyword]
    if _is_number(value.get("multipleOf")) and value["multipleOf"] > 0:
        found["multipleOf"] = value["multipleOf"]
    for keyword in _COUNTS:
        if _is_number(value.get(keyword)) and value[keyword] >= 0:
            found[keyword] = int(value[keyword])
    pattern = value.get("pattern")
    if isinstance(pattern, str) and usable_pattern(pattern):
        found["pattern"] = pattern
    _exclusive(value, found)
    return found


def _exclusive(value: dict[str, Any], found: Schema) -> None:
    """``exclusiveMinimum: true`` of drafts 3 and 4."""
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if value.get(exclusive) is True and bound in found:
            found[exclusive] = found.pop(bound)


def _nullable(value: dict[str, Any], found: Schema) -> None:
    if value.get("nullable") is not True and value.get("x-nullable") is not True:
        return
    kinds = found.get("type")
    if kinds is not None:
        names = kinds if isinstance(kinds, list) else [kinds]
        found["type"] = [*names, *({"null"} - set(names))]
        if "enum" in found and None not in found["enum"]:
            found["enum"] = [*found["enum"], None]
    elif found.keys() & {"allOf", "anyOf", "oneOf"}:
        inner = {k: found.pop(k) for k in ("allOf", "anyOf", "oneOf") if k in found}
        found["anyOf"] = [inner, {"type": "null"}]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@lru_cache(maxsize=20_000)
def usable_pattern(pattern: str) -> bool:
    """Whether a regular expression can be compiled; documents hold those of every language."""
    if len(pattern) > 2_000:
        return False
    try:
        jsonschema_rs.validator_for({"type": "string", "pattern": pattern})
    except ValueError:
        return False
    return True


def closure(schema: Any, definitions: dict[str, Schema]) -> dict[str, Schema]:
    """The definitions that a schema needs, and those that they need."""
    found: dict[str, Schema] = {}
    waiting: list[Any] = [schema]
    while waiting:
        for name in references(waiting.pop()):
            if name not in found and name in definitions:
                found[name] = definitions[name]
                waiting.append(definitions[name])
    return found


def references(schema: Any) -> set[str]:
    """The names of the definitions that a schema refers to itself."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str):
                found.add(reference.removeprefix("#/$defs/"))
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return found
