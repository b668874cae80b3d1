"""Forms: fields, posted values, checks."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.errors import InvalidError
from statewright.tasks import forms

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["amount", "reason"],
    "properties": {
        "amount": {"type": "number", "title": "Amount in €", "minimum": 0, "maximum": 500},
        "count": {"type": "integer"},
        "reason": {"type": "string", "maxLength": 2000, "description": "Why"},
        "due": {"type": "string", "format": "date"},
        "mail": {"type": "string", "format": "email"},
        "level": {"enum": [1, 2, "high"]},
        "paid": {"type": "boolean", "default": True},
        "parts": {"type": "array", "items": {"enum": ["desk", "chair"]}},
    },
}


def test_fields_follow_the_schema() -> None:
    fields = {field.name: field for field in forms.read(SCHEMA)}
    controls = {name: field.control for name, field in fields.items()}
    assert controls == {
        "amount": "number",
        "count": "number",
        "reason": "lines",
        "due": "line",
        "mail": "line",
        "level": "select",
        "paid": "checkbox",
        "parts": "choices",
    }
    assert fields["amount"].label == "Amount in €"
    assert dict(fields["amount"].limits) == {"min": "0", "max": "500", "step": "any"}
    assert fields["reason"].required
    assert fields["due"].input_type == "date"
    assert fields["level"].options == ("1", "2", "high")


def test_posted_texts_become_values_of_the_schemas_types() -> None:
    raw = {
        "form.amount": ["12.50"],
        "form.count": ["3"],
        "form.reason": ["one\r\ntwo"],
        "form.due": [""],
        "form.level": ["2"],
        "form.parts": ["desk", "chair"],
        "form.unknown": ["x"],
    }
    values = forms.posted(forms.read(SCHEMA), SCHEMA, raw)
    assert values == {
        "amount": 12.5,
        "count": 3,
        "reason": "one\ntwo",
        "level": 2,
        "paid": False,
        "parts": ["desk", "chair"],
    }
    assert forms.check(SCHEMA, values) == values


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"amount": 1}, "/form"),
        ({"amount": "many", "reason": "r"}, "/form/amount"),
        ({"amount": 501, "reason": "r"}, "/form/amount"),
        ({"amount": 1, "reason": "r", "due": "tomorrow"}, "/form/due"),
        ({"amount": 1, "reason": "r", "mail": "nobody"}, "/form/mail"),
        ({"amount": 1, "reason": "r", "level": "low"}, "/form/level"),
        ({"amount": 1, "reason": "r", "parts": ["sofa"]}, "/form/parts/0"),
        ({"amount": 1, "reason": "r", "other": 1}, "/form"),
    ],
)
def test_values_that_do_not_fit(values: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidError) as caught:
        forms.check(SCHEMA, values)
    assert caught.value.issues[0].pointer == pointer


@pytest.mark.parametrize("text", ["inf", "nan", "1e999", "1,5", "0x10", ""])
def test_what_is_no_number_stays_text_or_nothing(text: str) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "number"}}}
    values = forms.posted(forms.read(schema), schema, {"form.n": [text]})
    assert values == ({"n": text} if text else {})


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object"},
        {"type": "array", "properties": {"a": {}}},
        {"type": "object", "properties": {}},
        {"type": "object", "properties": {"a": {"type": "object"}}},
        {"type": "object", "properties": {"a": {"type": "array"}}},
        {"type": "object", "properties": {"a": True}},
        {"type": "object", "properties": {"a": {"enum": [{}]}}},
        {"type": "object", "properties": {"a": {"type": "nonsense"}}},
        {"type": "object", "properties": {"a": {"$ref": "#/x", "type": ["string"]}}},
        {"type": "object", "properties": {f"a{n}": {} for n in range(101)}},
    ],
)
def test_what_is_no_form(schema: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        forms.read(schema)


def test_without_a_form_there_are_no_values() -> None:
    assert forms.check(None, {}) == {}
    with pytest.raises(InvalidError):
        forms.check(None, {"a": 1})
