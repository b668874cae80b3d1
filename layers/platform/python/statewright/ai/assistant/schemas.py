"""JSON Schemas cut to a size that a model can be shown, and without references."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
DEEPEST = 8
_FOR_PEOPLE = frozenset({"description", "examples", "title", "$comment"})
_DATA = frozenset({"const", "default", "enum", "examples", "required"})
_REFERENCE = "#/$defs/"


def brief(schema: Schema, definitions: Mapping[str, Schema], most: int) -> Schema:
    """A schema as deep as it goes into so many characters; with words for people, if these fit too.

    What lies deeper is left open. One level is there, however long it is. Deeper ones are tried one
    after the other, since a schema that refers to itself grows without end.
    """
    best: Schema = _Cut(definitions, words=False).of(schema, 1)
    for depth in range(1, DEEPEST + 1):
        bare = _Cut(definitions, words=False).of(schema, depth)
        if len(_written(bare)) > most:
            break
        full = _Cut(definitions, words=True).of(schema, depth)
        best = full if len(_written(full)) <= most else bare
    return best


def _written(schema: Schema) -> str:
    return json.dumps(schema, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class _Cut:
    definitions: Mapping[str, Schema]
    words: bool

    def of(self, schema: Any, depth: int) -> Any:
        """A schema with what it refers to in the references' places, and so many levels of it."""
        if not isinstance(schema, dict):
            return schema
        reference = schema.get("$ref")
        if isinstance(reference, str):
            name = reference.removeprefix(_REFERENCE)
            return self.of(self.definitions.get(name, {}), depth - 1) if depth else {}
        if not depth:
            return {key: schema[key] for key in ("type", "enum", "const") if key in schema}
        return {
            key: self._part(key, value, depth) for key, value in schema.items() if self._keeps(key)
        }

    def _keeps(self, key: str) -> bool:
        return key != "$defs" and (self.words or key not in _FOR_PEOPLE)

    def _part(self, key: str, value: Any, depth: int) -> Any:
        if key in _DATA:
            return value
        if key == "properties":
            return {name: self.of(part, depth - 1) for name, part in value.items()}
        if isinstance(value, list):
            return [self.of(part, depth - 1) for part in value]
        return self.of(value, depth - 1)
