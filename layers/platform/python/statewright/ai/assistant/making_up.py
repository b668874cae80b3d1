"""Made-up values of a JSON Schema: what stands in for an action's result, or a trigger's body."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
_DEEPEST = 8
_FORMATS = {
    "date": "2030-01-15",
    "date-time": "2030-01-15T12:00:00Z",
    "time": "12:00:00",
    "email": "person@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def made_up(schema: Any, name: str = "value", depth: int = 0) -> Any:
    """A value that fulfils a schema, as far as schemas of definitions go; the same each time."""
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return None
    for given in ("const", "default"):
        if given in schema:
            return schema[given]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    for choice in ("oneOf", "anyOf", "allOf"):
        if schema.get(choice):
            rest = {key: value for key, value in schema.items() if key != choice}
            return made_up({**rest, **schema[choice][0]}, name, depth + 1)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    return _of_kind(kind or _guessed(schema), schema, name, depth)


def _guessed(schema: Schema) -> str:
    if "properties" in schema:
        return "object"
    return "array" if "items" in schema else "object"


def _of_kind(kind: str, schema: Schema, name: str, depth: int) -> Any:
    match kind:
        case "object":
            fields = schema.get("properties", {})
            return {key: made_up(value, key, depth + 1) for key, value in fields.items()}
        case "array":
            count = max(1, min(int(schema.get("minItems", 1)), 10))
            return [made_up(schema.get("items", {}), name, depth + 1)] * count
        case "integer" | "number":
            return _number(schema, kind)
        case "boolean":
            return True
        case "string":
            return _text(schema, name)
    return None


def _number(schema: Schema, kind: str) -> float:
    least = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
    most = schema.get("maximum", least + 1)
    value = min(max(1, least), most)
    return int(value) if kind == "integer" or value == int(value) else value


def _text(schema: Schema, name: str) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    by_name = {"email": "email", "url": "uri", "date": "date", "at": "date-time"}
    for ending, form in by_name.items():
        if name == ending or name.endswith(f"_{ending}"):
            return _FORMATS[form]
    text = f"sample {name}".ljust(int(schema.get("minLength", 0)), ".")
    return text[: schema.get("maxLength", len(text))]
