"""Schemas are cut to what a model can be shown, and those that never end have an end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from statewright.ai.assistant.schemas import brief

NODE: dict[str, Any] = {
    "type": "object",
    "description": "A node, as people know it.",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "enum": ["a", "b"]},
        **{f"to_{n}": {"$ref": "#/$defs/Node"} for n in range(30)},
    },
}


def test_a_schema_that_fits_is_left_as_it_is() -> None:
    schema = {"type": "object", "properties": {"description": {"type": "string", "title": "T"}}}
    assert brief(schema, {}, 1_000) == schema


def test_references_give_way_to_what_they_mean() -> None:
    schema = {"type": "array", "items": {"$ref": "#/$defs/Item"}, "$defs": {}}
    assert brief(schema, {"Item": {"type": "string"}}, 1_000) == {
        "type": "array",
        "items": {"type": "string"},
    }
    assert brief(schema, {}, 1_000)["items"] == {}, "one that is not there is open"


@pytest.mark.parametrize("most", [500, 3_000, 20_000])
def test_what_refers_to_itself_ends_where_it_fits(most: int) -> None:
    cut = brief({"$ref": "#/$defs/Node"}, {"Node": NODE}, most)
    assert len(json.dumps(cut, separators=(",", ":"))) <= max(most, 900)
    if most > 900:
        assert cut["properties"]["name"]["enum"] == ["a", "b"]


def test_words_for_people_go_first() -> None:
    schema = {"type": "object", "properties": {"x": {"type": "string", "description": "y" * 500}}}
    assert brief(schema, {}, 200) == {"type": "object", "properties": {"x": {"type": "string"}}}
