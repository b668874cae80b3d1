"""Forms: a flat JSON Schema as fields, what a page posts of them, and the check of the values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, assert_never

import jsonschema_rs

from statewright.errors import InvalidError, Issue
from statewright.http.forms import in_order

MAX_FIELDS = 100
LONG = 200
"""From so many possible characters on, a text gets several lines."""
PREFIX = "form."
"""Begins the names of a form's fields on the page: the page has fields of its own."""
Control = Literal["line", "lines", "number", "checkbox", "select", "choices"]
_INPUTS = {
    "date": "date",
    "date-time": "text",
    "time": "time",
    "email": "email",
    "uri": "url",
    "tel": "tel",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form, as a page shows it."""

    name: str
    label: str
    control: Control
    help: str = ""
    required: bool = False
    options: tuple[str, ...] = ()
    default: Any = None
    input_type: str = "text"
    limits: tuple[tuple[str, str], ...] = ()
    """HTML attributes, such as ``min`` and ``maxlength``."""


def read(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a form.

    Raises:
        InvalidError: it is no JSON Schema, or has more than plain fields.
    """
    try:
        jsonschema_rs.meta.validate(dict(schema))
    except ValueError as error:
        raise InvalidError(f"The form is no JSON Schema: {error}".partition("\n")[0]) from error
    properties = schema.get("properties")
    if schema.get("type") != "object" or not isinstance(properties, dict) or not properties:
        raise InvalidError("A form is a JSON Schema of the type 'object' with 'properties'.")
    if len(properties) > MAX_FIELDS:
        raise InvalidError(f"A form may have {MAX_FIELDS} fields.")
    required = schema.get("required", [])
    return tuple(_field(name, part, name in required) for name, part in in_order(schema))


def _field(name: str, part: Any, required: bool) -> Field:
    control = _control(part) if isinstance(part, dict) else None
    if control is None:
        issue = Issue(f"/properties/{name}", "is no plain field")
        raise InvalidError(
            f"The field '{name}' is neither a text, a number, a yes or no, nor a choice.", (issue,)
        )
    options = part.get("enum") or part.get("items", {}).get("enum") or ()
    return Field(
        name,
        str(part.get("title") or name.replace("_", " ").capitalize()),
        control,
        str(part.get("description", "")),
        required,
        tuple(str(option) for option in options),
        part.get("default"),
        "number" if control == "number" else _INPUTS.get(part.get("format", ""), "text"),
        tuple(_limits(part, control)),
    )


def _control(part: dict[str, Any]) -> Control | None:
    kind = part.get("type", "string")
    if "enum" in part:
        return (
            "select"
            if all(isinstance(option, str | int | float) for option in part["enum"])
            else None
        )
    match kind:
        case "string":
            return "lines" if part.get("maxLength", 0) > LONG else "line"
        case "number" | "integer":
            return "number"
        case "boolean":
            return "checkbox"
        case "array":
            items = part.get("items")
            return "choices" if isinstance(items, dict) and "enum" in items else None
        case _:
            return None


def _limits(part: dict[str, Any], control: Control) -> list[tuple[str, str]]:
    names = {"minimum": "min", "maximum": "max", "minLength": "minlength", "maxLength": "maxlength"}
    found = [(names[key], str(part[key])) for key in names if key in part]
    if control == "number" and part.get("type") == "number":
        found.append(("step", "any"))
    return found


def posted(
    fields: Sequence[Field], schema: Mapping[str, Any], raw: Mapping[str, list[str]]
) -> dict[str, Any]:
    """The values of a posted page, as the schema's types; what cannot be one stays a text."""
    values = {}
    for field in fields:
        texts = raw.get(PREFIX + field.name, [])
        value = _value(field, schema["properties"][field.name], texts)
        if value is not None:
            values[field.name] = value
    return values


def _value(field: Field, part: Mapping[str, Any], texts: list[str]) -> Any:
    text = texts[0].strip() if texts else ""
    match field.control:
        case "checkbox":
            return bool(text)
        case "choices":
            return [_option(part["items"]["enum"], one) for one in texts]
        case "select":
            return _option(part["enum"], text) if text else None
        case "number":
            return _number(text) if text else None
        case "line" | "lines":
            return text.replace("\r\n", "\n") or None
        case _:
            assert_never(field.control)


def _option(options: Sequence[Any], text: str) -> Any:
    return next((option for option in options if str(option) == text), text)


def _number(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        value = float(text)
    except ValueError:
        return text
    return value if value - value == 0 else text  # JSON has neither infinities nor NaN


def check(schema: Mapping[str, Any] | None, values: dict[str, Any]) -> dict[str, Any]:
    """The values, if the form takes them.

    Raises:
        InvalidError: with a pointer for each that it does not take.
    """
    if schema is None:
        if values:
            raise InvalidError("This has no form.", (Issue("/form", "is not asked for"),))
        return {}
    validator = _validator(json.dumps({"additionalProperties": False, **schema}, sort_keys=True))
    issues = tuple(
        Issue("/form" + "".join(f"/{part}" for part in error.instance_path), error.message)
        for error in validator.iter_errors(values)
    )
    if issues:
        raise InvalidError(f"{issues[0].pointer}: {issues[0].detail}", issues)
    return values


@lru_cache(maxsize=256)
def _validator(schema: str) -> Any:
    return jsonschema_rs.validator_for(json.loads(schema), validate_formats=True)
