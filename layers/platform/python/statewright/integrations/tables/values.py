"""Values of rows: checked against their columns, and the text of a row's key."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from statewright.errors import InvalidError, Issue
from statewright.integrations.tables.models import Column, Condition, Table

MAX_ROW = 100_000
"""The most bytes of a row."""
_KINDS: dict[str, Any] = {
    "text": str,
    "number": (int, float),
    "boolean": bool,
    "date": str,
    "datetime": str,
}


def checked(table: Table, values: Mapping[str, Any], at: str, *, whole: bool) -> dict[str, Any]:
    """A row's values as they are kept; dates in one form, so that they compare.

    Args:
        whole: the row is new, so what is required must be there.

    Raises:
        InvalidError: with a pointer for each value that does not fit.
    """
    issues: list[Issue] = []
    kept: dict[str, Any] = {}
    for name, value in values.items():
        column = table.columns.get(name)
        try:
            if column is None:
                raise ValueError("is no column of the table")
            kept[name] = _fitted(column, value)
        except ValueError as error:
            issues.append(Issue(f"{at}/{name}", str(error)))
    for name, column in table.columns.items():
        missing = kept.get(name, None if whole else "") is None
        if column.required and missing:
            issues.append(Issue(f"{at}/{name}", "is required"))
    if len(json.dumps(kept)) > MAX_ROW:
        issues.append(Issue(at, f"has more than {MAX_ROW:,} bytes"))
    if issues:
        raise InvalidError(f"{issues[0].pointer} {issues[0].detail}.", tuple(issues))
    return kept


def _fitted(column: Column, value: Any) -> Any:
    if value is None or column.type == "json":
        return value
    wrong_boolean = isinstance(value, bool) and column.type != "boolean"
    if not isinstance(value, _KINDS[column.type]) or wrong_boolean:
        raise ValueError(f"is not of the type {column.type}")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("is no number")
    if column.type == "date":
        return date.fromisoformat(value).isoformat()
    return _moment(value) if column.type == "datetime" else value


def _moment(text: str) -> str:
    """A moment in UTC, always with the same number of digits."""
    from datetime import UTC

    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("has no time zone")
    shown = moment.astimezone(UTC).isoformat(timespec="microseconds")
    return re.sub(r"\+00:00$", "Z", shown)


def key_of(table: Table, values: Mapping[str, Any], at: str) -> str | None:
    """The text of a row's key; None where the table has no key."""
    if not table.key:
        return None
    missing = [name for name in table.key if values.get(name) is None]
    if missing:
        issue = Issue(f"{at}/{missing[0]}", "is part of the key")
        raise InvalidError("A row needs its key.", (issue,))
    found = [values[name] for name in table.key]
    return json.dumps([int(v) if isinstance(v, float) and v.is_integer() else v for v in found])


def conditions_of(table: Table, conditions: list[Condition]) -> list[dict[str, Any]]:
    """Conditions as the database takes them.

    Raises:
        InvalidError: a column is not there, or a value not of its type.
    """
    found = []
    for index, condition in enumerate(conditions):
        at, column = f"/where/{index}", table.columns.get(condition.column)
        if column is None:
            issue = Issue(f"{at}/column", "is no column of the table")
            raise InvalidError(f"There is no column '{condition.column}'.", (issue,))
        try:
            value = _compared(column, condition)
        except ValueError as error:
            raise InvalidError(
                f"{at}/value {error}.", (Issue(f"{at}/value", str(error)),)
            ) from None
        found.append({"column": condition.column, "op": condition.op, "value": value})
    return found


def _compared(column: Column, condition: Condition) -> Any:
    value = condition.value
    match condition.op:
        case "in":
            if not isinstance(value, list):
                raise ValueError("is no list")
            return [_fitted(column, one) for one in value]
        case "contains" | "starts_with":
            if column.type == "text" and not isinstance(value, str):
                raise ValueError("is no text")
            return value
        case "empty":
            if value is not None and not isinstance(value, bool):
                raise ValueError("is neither true nor false")
            return value
    return _fitted(column, value)
