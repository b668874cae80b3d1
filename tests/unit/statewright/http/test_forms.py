"""Schemas as forms."""

from __future__ import annotations

from statewright.http.forms import in_order


def test_what_is_needed_comes_first_in_its_own_order() -> None:
    properties = {"why": {}, "team": {}, "item": {}, "urgent": {}}
    schema = {"required": ["item", "team", "gone", "item"], "properties": properties}
    assert [name for name, _ in in_order(schema)] == ["item", "team", "why", "urgent"]
    assert in_order({}) == []
