"""Lists: grouped, joined, without duplicates. Each in one pass over hashed keys."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from statewright.integrations.data.errors import DataInvalidError

Item = Any
MAX_JOINED = 50_000
"""The most rows of a join: a key that comes often on both sides multiplies them."""


def value_at(item: Item, field: str) -> Any:
    """The value at ``a.b.c``; None where there is none."""
    for part in field.split("."):
        if not isinstance(item, dict):
            return None
        item = item.get(part)
    return item


def key_of(item: Item, fields: Iterable[str]) -> str:
    """A text that is the same for equal values: 1 and 1.0 are, 1 and "1" are not."""
    return json.dumps([_number(value_at(item, field)) for field in fields], sort_keys=True)


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def dedupe(items: list[Item], by: list[str] | None = None) -> list[Item]:
    """The first of each: of equal items, or of those that have the same values in ``by``."""
    seen: dict[str, Item] = {}
    for item in items:
        key = key_of({"": item}, [""]) if by is None else key_of(item, by)
        seen.setdefault(key, item)
    return list(seen.values())


def aggregate(
    items: list[Item], measures: dict[str, dict[str, str]], by: list[str] | None = None
) -> list[dict[str, Any]]:
    """One row for each group, in the order of their first items; without ``by``, one for all."""
    groups: dict[str, list[Item]] = {} if by else {"[]": []}
    for item in items:
        groups.setdefault(key_of(item, by or []), []).append(item)
    return [
        {field: value_at(group[0], field) for field in by or []}
        | {name: _measure(name, measure, group) for name, measure in measures.items()}
        for group in groups.values()
    ]


def _measure(name: str, measure: dict[str, str], group: list[Item]) -> Any:
    function, field = measure["function"], measure.get("field")
    if function == "count" and field is None:
        return len(group)
    if field is None:
        raise DataInvalidError(f"measures/{name}: {function} needs a field")
    values = [value for item in group if (value := value_at(item, field)) is not None]
    try:
        return _computed(function, values)
    except TypeError:
        raise DataInvalidError(f"measures/{name}: {field} is not of one type") from None


def _computed(function: str, values: list[Any]) -> Any:
    match function:
        case "count":
            return len(values)
        case "list":
            return values
        case "sum":
            return sum(values)
        case "average":
            return sum(values) / len(values) if values else None
        case "min":
            return min(values, default=None)
        case "max":
            return max(values, default=None)
        case "first":
            return values[0] if values else None
    return values[-1] if values else None


def join(
    left: list[Item],
    right: list[Item],
    on: list[str],
    right_on: list[str] | None = None,
    how: str = "inner",
) -> list[Item]:
    """Rows of both sides whose keys are equal, merged; where both have a field, the left's stays.

    Items without a value in every field of the key match nothing, as in SQL.
    """
    other = right_on or on
    if len(other) != len(on):
        raise DataInvalidError("right_on has to name as many fields as on")
    index: dict[str, list[int]] = {}
    for position, item in enumerate(right):
        if all(value_at(item, field) is not None for field in other):
            index.setdefault(key_of(item, other), []).append(position)
    rows: list[Item] = []
    matched: set[int] = set()
    for item in left:
        found = index.get(key_of(item, on), [])
        matched.update(found)
        rows += [{**_row(right[position]), **_row(item)} for position in found]
        if not found and how in {"left", "outer"}:
            rows.append(item)
        if len(rows) > MAX_JOINED:
            raise DataInvalidError(f"the join has more than {MAX_JOINED:,} rows")
    if how in {"right", "outer"}:
        rows += [item for position, item in enumerate(right) if position not in matched]
    return rows


def _row(item: Item) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise DataInvalidError("the items of a join are objects")
    return item
