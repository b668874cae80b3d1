"""``table.*``: rows that are kept in Statewright."""

from __future__ import annotations

from statewright.workflows.actions.action import Action, Schema, object_schema

ERRORS = ("Table.Invalid", "Table.Conflict", "Table.NotFound", "Table.Unavailable")
_TABLE: Schema = {"type": "string", "minLength": 1, "maxLength": 63}
_VALUES: Schema = {"type": "object"}
_CONDITION = object_schema(
    ["column"],
    column={"type": "string"},
    op={"enum": ["=", "!=", "<", "<=", ">", ">=", "in", "contains", "starts_with", "empty"]},
    value={},
)
_WHERE: Schema = {"type": "array", "items": _CONDITION, "maxItems": 20}
_ROWS: Schema = {"type": "array", "items": {"type": "object"}}
_COUNT: Schema = {"type": "object", "properties": {"count": {"type": "integer"}}}
_ROW: Schema = {"type": "object", "properties": {"id": {"type": "string"}, "values": _VALUES}}


def _action(name: str, title: str, inputs: Schema, result: Schema) -> Action:
    operation = name.removeprefix("table.")
    return Action(
        name, title, "function", inputs, result, "use-table", ERRORS, {"operation": operation}
    )


ACTIONS = (
    _action(
        "table.insert",
        "Add rows to a table",
        object_schema(["table", "rows"], table=_TABLE, rows=_ROWS),
        {"type": "object", "properties": {"count": {"type": "integer"}, "ids": {"type": "array"}}},
    ),
    _action(
        "table.upsert",
        "Add or replace a row of a table",
        object_schema(["table", "values"], table=_TABLE, values=_VALUES),
        _ROW,
    ),
    _action(
        "table.find",
        "Find rows of a table",
        object_schema(
            ["table"],
            table=_TABLE,
            where=_WHERE,
            order_by={"type": "string"},
            descending={"type": "boolean"},
            limit={"type": "integer", "minimum": 1, "maximum": 1000},
        ),
        {"type": "object", "properties": {"rows": _ROWS, "count": {"type": "integer"}}},
    ),
    _action(
        "table.update",
        "Change rows of a table",
        object_schema(["table", "where", "values"], table=_TABLE, where=_WHERE, values=_VALUES),
        _COUNT,
    ),
    _action(
        "table.delete",
        "Delete rows of a table",
        object_schema(["table", "where"], table=_TABLE, where=_WHERE),
        _COUNT,
    ),
)
