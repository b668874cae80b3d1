"""A form's fields, made of the workflow's ``input``: what they are, and what their texts mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from statewright.http.forms import in_order
from statewright.workflows.starting import input_issues

Kind = Literal["text", "lines", "number", "choice", "boolean", "choices", "list"]
_LONG = 200
"""A text that may be longer than this gets several lines."""
_INPUTS = {
    "date": "date",
    "time": "time",
    "date-time": "datetime-local",
    "email": "email",
    "uri": "url",
}
_TRUE = frozenset({"on", "true", "1", "yes"})


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form. ``input`` is the type of its HTML input, ``whole`` for integers."""

    name: str
    kind: Kind
    label: str
    help: str = ""
    required: bool = False
    input: str = "text"
    options: tuple[Any, ...] = ()
    whole: bool = False
    item: str = "string"
    default: Any = None
    most: int | None = None


def fields_of(schema: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a schema, what is needed first; what nobody can enter is left out."""
    required = set(schema.get("required", []))
    found = (
        _field(name, spec, name in required)
        for name, spec in in_order(schema)
        if isinstance(spec, dict)
    )
    return tuple(field for field in found if field is not None)


def _field(name: str, spec: dict[str, Any], required: bool) -> Field | None:
    shared: dict[str, Any] = {
        "name": name,
        "label": str(spec.get("title") or name.replace("_", " ").capitalize()),
        "help": str(spec.get("description", "")),
        "required": required,
        "default": spec.get("default"),
    }
    options = tuple(spec["enum"]) if isinstance(spec.get("enum"), list) else ()
    match spec.get("type", "string"):
        case "boolean":
            return Field(kind="boolean", **shared)
        case _ if options:
            return Field(kind="choice", options=options, **shared)
        case "integer" | "number" as kind:
            return Field(kind="number", input="number", whole=kind == "integer", **shared)
        case "array":
            return _list(spec.get("items", {}), shared)
        case "string":
            return _text(spec, shared)
    return None


def _text(spec: dict[str, Any], shared: dict[str, Any]) -> Field:
    most = spec.get("maxLength")
    form = str(spec.get("format", ""))
    several = form in {"multiline", "textarea"} or (isinstance(most, int) and most > _LONG)
    if several:
        return Field(kind="lines", most=most, **shared)
    return Field(kind="text", input=_INPUTS.get(form, "text"), most=most, **shared)


def _list(items: Any, shared: dict[str, Any]) -> Field | None:
    spec = items if isinstance(items, dict) else {}
    if isinstance(spec.get("enum"), list):
        return Field(kind="choices", options=tuple(spec["enum"]), **shared)
    item = str(spec.get("type", "string"))
    if item not in {"string", "number", "integer"}:
        return None
    return Field(kind="list", item=item, **shared)


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody entered: the value for the workflow, and what is wrong, by field.

    The field ``""`` stands for the form as a whole.
    """

    value: dict[str, Any]
    errors: dict[str, str]


def read_entry(
    schema: Mapping[str, Any], fields: Sequence[Field], texts: Mapping[str, list[str]]
) -> Entry:
    """The value that a form's texts stand for. A field that is left empty is not in it."""
    value: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        try:
            found = _value(field, texts.get(field.name, []))
        except ValueError as error:
            errors[field.name] = str(error)
            continue
        if found is not None:
            value[field.name] = found
        elif field.required:
            errors[field.name] = "This is needed."
    if not errors:
        for issue in input_issues(dict(schema), value):
            name = issue.pointer.split("/")[1]
            known = name if any(field.name == name for field in fields) else ""
            errors.setdefault(known, issue.detail)
    return Entry(value, errors)


def _value(field: Field, texts: list[str]) -> Any:
    given = [text.strip("\r\n") for text in texts if text.strip()]
    match field.kind:
        case "boolean":
            return bool(given) and given[-1].lower() in _TRUE
        case "choices":
            return [_option(field, text) for text in given] or None
        case "list":
            lines = [line.strip() for text in given for line in text.splitlines()]
            return [_plain(field.item, line) for line in lines if line] or None
    if not given:
        return None
    text = given[-1]
    match field.kind:
        case "choice":
            return _option(field, text)
        case "number":
            return _plain("integer" if field.whole else "number", text)
    return text.replace("\r\n", "\n")


def _option(field: Field, text: str) -> Any:
    for option in field.options:
        if str(option) == text:
            return option
    raise ValueError("This is not one of the choices.")


def _plain(kind: str, text: str) -> Any:
    if kind == "string":
        return text
    try:
        number = float(text.replace(",", ".")) if kind == "number" else int(text)
    except ValueError:
        what = "a number" if kind == "number" else "a whole number"
        raise ValueError(f"'{text[:50]}' is not {what}.") from None
    if number in {float("inf"), float("-inf")} or number != number:  # noqa: PLR0124
        raise ValueError(f"'{text[:50]}' is not a number.")
    return int(number) if isinstance(number, float) and number.is_integer() else number
