"""``db.*``: a workspace's own databases, by a connection of the kind ``database``."""

from __future__ import annotations

from statewright.integrations.databases.errors import ERRORS
from statewright.integrations.errors import CONNECTION_ERRORS
from statewright.integrations.files.errors import ERRORS as FILE_ERRORS
from statewright.integrations.files.formats import STREAMED
from statewright.workflows.actions.action import Action, Schema, object_schema
from statewright.workflows.actions.file_catalog import WRITTEN

_SQL: Schema = {"type": "string", "minLength": 1, "maxLength": 50_000, "x-literal": True}
_NAME: Schema = {"type": "string", "minLength": 1, "maxLength": 200, "x-literal": True}
_OBJECT: Schema = {"type": "object"}
_ROWS: Schema = {"type": "array", "items": {"type": "object"}, "minItems": 1}
_LIMITS: dict[str, Schema] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 10_000},
    "seconds": {"type": "number", "exclusiveMinimum": 0, "maximum": 25},
}
_FOUND: Schema = {
    "type": "object",
    "properties": {
        "rows": {"type": "array", "items": {"type": "object"}},
        "count": {"type": "integer"},
    },
}
_COUNT: Schema = {"type": "object", "properties": {"count": {"type": "integer"}}}
_FILTER: dict[str, Schema] = {"collection": _NAME, "filter": _OBJECT}


_EXPORT: dict[str, Schema] = {
    "to": {"type": "string", "minLength": 1, "maxLength": 500},
    "into": {"enum": [*STREAMED]},
    "replace": {"type": "boolean"},
}
"""A file instead of rows."""


def _action(
    name: str, title: str, inputs: Schema, result: Schema, errors: tuple[str, ...] = ()
) -> Action:
    operation = name.removeprefix("db.")
    return Action(
        name,
        title,
        "function",
        inputs,
        result,
        "use-database",
        (*ERRORS, *CONNECTION_ERRORS, *errors),
        {"operation": operation},
    )


ACTIONS = (
    _action(
        "db.query",
        "Read from a database",
        object_schema(
            [],
            sql=_SQL,
            parameters=_OBJECT,
            **_FILTER,
            projection=_OBJECT,
            sort=_OBJECT,
            skip={"type": "integer", "minimum": 0},
            limit={"type": "integer", "minimum": 1},
            seconds={"type": "number", "exclusiveMinimum": 0, "maximum": 600},
            **_EXPORT,
        ),
        {"type": "object", "properties": {**_FOUND["properties"], **WRITTEN}},
        FILE_ERRORS,
    ),
    _action(
        "db.execute",
        "Change a database",
        object_schema(
            [],
            sql=_SQL,
            parameters=_OBJECT,
            **_FILTER,
            update=_OBJECT,
            delete={"type": "boolean"},
            **_LIMITS,
        ),
        _FOUND,
    ),
    _action(
        "db.insert",
        "Insert rows into a database",
        object_schema(["table", "rows"], table=_NAME, rows=_ROWS, **_LIMITS),
        _COUNT,
    ),
    _action(
        "db.upsert",
        "Insert or update rows of a database",
        object_schema(
            ["table", "rows", "key"],
            table=_NAME,
            rows=_ROWS,
            key={"type": "array", "items": _NAME, "minItems": 1, "maxItems": 10},
            **_LIMITS,
        ),
        _COUNT,
    ),
)
