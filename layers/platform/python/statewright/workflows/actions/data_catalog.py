"""``data.*``: what is done to data between steps. What JSONata does well costs no Lambda."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from statewright.workflows.actions.action import Action, Native, Schema, object_schema
from statewright.workflows.expressions import quoted

ERRORS = ("Data.Invalid", "Data.TooLarge")
_ANY: Schema = {}
_TEXT: Schema = {"type": "string"}
_LIST: Schema = {"type": "array"}
_FIELD: Schema = {"type": "string", "minLength": 1, "maxLength": 200}
_LITERAL_FIELD: Schema = {**_FIELD, "x-literal": True}
_FIELDS: Schema = {"type": "array", "items": _FIELD, "minItems": 1, "maxItems": 20}
_FUNCTION = "transform-data"


def _path(field: str) -> str:
    return ".".join(f"`{part}`" for part in field.replace("`", "").split("."))


def _sort(sources: Mapping[str, str], written: Mapping[str, Any]) -> str:
    rule = "false"
    for key in reversed(written["by"]):
        at, sign = _path(key["field"]), "<" if key.get("order") == "desc" else ">"
        rule = f"$a.{at} != $b.{at} ? $a.{at} {sign} $b.{at} : ({rule})"
    return f"[$sort([{sources['items']}], function($a, $b) {{ {rule} }})]"


def _split(sources: Mapping[str, str], written: Mapping[str, Any]) -> str:
    return f"[$split({sources['text']}, {sources['separator']})]"


def _pattern(written: Mapping[str, Any]) -> str:
    body = re.sub(r"(?<!\\)((?:\\\\)*)/", r"\1\\/", written["pattern"]).replace("\n", "\\n")
    return f"/{body}/{'i' if written.get('ignore_case') else ''}"


def _match(sources: Mapping[str, str], written: Mapping[str, Any]) -> str:
    found = f"$match({sources['text']}, {_pattern(written)})"
    return f"[{found}.{{'match': match, 'index': index, 'groups': [groups]}}]"


def _replace(sources: Mapping[str, str], written: Mapping[str, Any]) -> str:
    return f"$replace({sources['text']}, {_pattern(written)}, {sources['replacement']})"


def _test(sources: Mapping[str, str], written: Mapping[str, Any]) -> str:
    return f"$contains({sources['text']}, {_pattern(written)})"


def _hash(sources: Mapping[str, str], written: Mapping[str, Any]) -> str:
    return f"$hash({sources['text']}, {quoted(written['algorithm'])})"


def _encode(sources: Mapping[str, str], written: Mapping[str, Any]) -> str:
    return f"$base64encode({sources['text']})"


def _decode(sources: Mapping[str, str], written: Mapping[str, Any]) -> str:
    return f"$base64decode({sources['text']})"


def _native(name: str, title: str, inputs: Schema, result: Schema, native: Native) -> Action:
    return Action(
        name,
        title,
        "function",
        inputs,
        result,
        _FUNCTION,
        ("States.QueryEvaluationError",),
        {"algorithm": "SHA-256"} if name == "data.hash" else {},
        native,
    )


def _function(name: str, title: str, inputs: Schema, result: Schema) -> Action:
    operation = name.removeprefix("data.")
    return Action(
        name, title, "function", inputs, result, _FUNCTION, ERRORS, {"operation": operation}
    )


_REGEX: dict[str, Schema] = {
    "text": _TEXT,
    "pattern": {"type": "string", "minLength": 1, "maxLength": 1000, "x-literal": True},
    "ignore_case": {"type": "boolean", "x-literal": True},
}
_SORT_KEYS: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": 10,
    "x-literal": True,
    "items": object_schema(["field"], field=_LITERAL_FIELD, order={"enum": ["asc", "desc"]}),
}
_MEASURES: Schema = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": object_schema(
        ["function"],
        function={"enum": ["count", "sum", "average", "min", "max", "first", "last", "list"]},
        field=_FIELD,
    ),
}

ACTIONS = (
    _native(
        "data.sort",
        "Sort a list",
        object_schema(["items", "by"], items=_LIST, by=_SORT_KEYS),
        _LIST,
        _sort,
    ),
    _native(
        "data.split",
        "Split a text",
        object_schema(["text", "separator"], text=_TEXT, separator=_TEXT),
        {"type": "array", "items": _TEXT},
        _split,
    ),
    _native(
        "data.match",
        "Find a pattern in a text",
        object_schema(["text", "pattern"], **_REGEX),
        {"type": "array", "items": {"type": "object"}},
        _match,
    ),
    _native(
        "data.test",
        "Ask whether a text has a pattern",
        object_schema(["text", "pattern"], **_REGEX),
        {"type": "boolean"},
        _test,
    ),
    _native(
        "data.replace",
        "Replace a pattern in a text",
        object_schema(["text", "pattern", "replacement"], **_REGEX, replacement=_TEXT),
        _TEXT,
        _replace,
    ),
    _native(
        "data.hash",
        "Hash a text",
        object_schema(
            ["text"],
            text=_TEXT,
            algorithm={
                "enum": ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"],
                "x-literal": True,
            },
        ),
        _TEXT,
        _hash,
    ),
    _native(
        "data.base64_encode",
        "Encode a text as Base64",
        object_schema(["text"], text=_TEXT),
        _TEXT,
        _encode,
    ),
    _native(
        "data.base64_decode",
        "Decode a Base64 text",
        object_schema(["text"], text=_TEXT),
        _TEXT,
        _decode,
    ),
    _function(
        "data.aggregate",
        "Group a list and compute",
        object_schema(["items", "measures"], items=_LIST, by=_FIELDS, measures=_MEASURES),
        _LIST,
    ),
    _function(
        "data.join",
        "Join two lists",
        object_schema(
            ["left", "right", "on"],
            left=_LIST,
            right=_LIST,
            on=_FIELDS,
            right_on=_FIELDS,
            how={"enum": ["inner", "left", "right", "outer"]},
        ),
        _LIST,
    ),
    _function(
        "data.dedupe", "Remove duplicates", object_schema(["items"], items=_LIST, by=_FIELDS), _LIST
    ),
    _function(
        "data.hmac",
        "Sign a text with a connection's secret",
        object_schema(
            ["text"],
            text=_TEXT,
            algorithm={"enum": ["sha1", "sha256", "sha384", "sha512"]},
            encoding={"enum": ["hex", "base64"]},
        ),
        _TEXT,
    ),
    _function(
        "data.html",
        "Read HTML",
        object_schema(["html"], html=_TEXT, to={"enum": ["text", "markdown", "links"]}),
        _ANY,
    ),
    _function(
        "data.markdown",
        "Turn Markdown into HTML",
        object_schema(["markdown"], markdown=_TEXT),
        _TEXT,
    ),
    _function("data.xml_parse", "Read XML", object_schema(["xml"], xml=_TEXT), {"type": "object"}),
    _function(
        "data.xml_write", "Write XML", object_schema(["data"], data={"type": "object"}), _TEXT
    ),
    _function(
        "data.csv_parse",
        "Read CSV text",
        object_schema(["text"], text=_TEXT, delimiter=_TEXT, header={"type": "boolean"}),
        _LIST,
    ),
    _function(
        "data.csv_write",
        "Write CSV text",
        object_schema(["items"], items=_LIST, delimiter=_TEXT, columns=_FIELDS),
        _TEXT,
    ),
)
