"""What stands in for work in a simulated run: nothing acts, nothing waits, shapes are right."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.ai.assistant.making_up import made_up
from statewright.ai.assistant.simulating import plain, stand_in, with_result
from statewright.workflows.actions.catalog import CATALOG
from statewright.workflows.plain_steps import walk


@pytest.mark.parametrize("name", sorted(CATALOG))
def test_results_of_every_action_can_be_made_up(name: str) -> None:
    schema = CATALOG[name].result
    assert jsonschema_rs.is_valid(schema, made_up(schema))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["null", "integer"], "minimum": 7},
        {"type": "string", "minLength": 30},
        {"type": "string", "maxLength": 3},
        {"type": "array", "minItems": 3, "items": {"type": "object", "properties": {"a": {"const": 4}}}},
        {"anyOf": [{"type": "boolean"}, {"type": "string"}]},
        {"exclusiveMinimum": 2, "type": "number", "maximum": 2.5},
        {"type": "object", "required": ["at"], "properties": {"at": {"type": "string", "format": "date"}}},
    ],
)  # fmt: skip
def test_made_up_values_fulfil_their_schema(schema: dict[str, Any]) -> None:
    assert jsonschema_rs.is_valid(schema, made_up(schema))


def test_a_schema_that_holds_itself_ends() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    schema["properties"]["again"] = schema
    assert made_up(schema)["again"]


WORKING = {
    "name": "W",
    "input": {"type": "object", "required": ["x"]},
    "settings": {"mode": "express", "concurrency": {"limit": 1}},
    "triggers": [{"id": "s", "type": "schedule", "cron": "0 9 * * 1"}],
    "steps": [
        {"id": "a", "use": "http.request", "with": {"url": "https://x.example"}, "undo": {"use": "email.send"}},
        {"id": "b", "use": "http.request", "with": {"url": "u"}, "retry": {"attempts": 3}, "output": {"n": "{% $result.body.n %}"}},
        {"wait": {"for": "3d"}},
        {"id": "r", "repeat": {"max": 50, "every": "1h", "steps": [{"id": "c", "use": "email.send"}]}},
        {"id": "f", "for_each": {"file": "x.csv"}, "as": "row", "concurrency": 500, "steps": [{"id": "d", "set": 1}]},
        {"id": "g", "use": "data.split", "with": {"text": "a b", "separator": " "}},
        {"try": {"steps": [{"id": "h", "use": "workflow.run", "with": {"workflow": "Other"}}],
                 "catch": [{"steps": [{"id": "i", "use": "email.send"}]}], "finally": [{"id": "j", "use": "event.publish"}]}},
    ],
}  # fmt: skip


def test_nothing_that_acts_is_left() -> None:
    before = json.dumps(WORKING)
    samples = {"b": {"body": {"n": 5}}, "a": {"status": 200, "body": "{% $states %}"}}
    changed = stand_in(WORKING, samples, CATALOG)
    for _, step in walk(changed["steps"]):
        assert "undo" not in step
        assert "use" not in step or "pin" in step or CATALOG[step["use"]].native
    steps = {step.get("id"): step for _, step in walk(changed["steps"])}
    assert steps["a"]["pin"] == {"status": 200, "body": "{ % $states %}"}
    assert steps["b"] == {
        "id": "b",
        "set": {"n": '{% ($result := {"body": {"n": 5}};  $result.body.n ) %}'},
    }
    assert changed["steps"][2]["wait"] == {"for": "1s"}
    assert steps["r"]["repeat"]["max"] == 2
    assert "every" not in steps["r"]["repeat"]
    assert isinstance(steps["f"]["for_each"], list)
    assert json.dumps(WORKING) == before, "the definition itself stays"


@given(st.recursive(st.text(max_size=20), lambda inner: st.lists(inner, max_size=3)))
def test_a_sample_never_becomes_an_expression(value: Any) -> None:
    assert "{%" not in json.dumps(plain(value), ensure_ascii=False)
    written = with_result("{% $result %}", plain(value))
    assert written.count("%}") == 1
    assert written.count("{%") == 1
