"""Cells of files as values of columns: what stands in a CSV file is text, and means something."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime, time
from typing import Any

from statewright.integrations.tables.models import ColumnType

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_MAX_DIGITS = 300


def value_of(cell: Any, kind: ColumnType) -> Any:
    """A cell as a column of that type takes it; nothing where it is empty.

    Raises:
        ValueError: it is no such value, in words for people.
    """
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    match kind:
        case "text":
            return cell if isinstance(cell, str) else _text(cell)
        case "number":
            return _number(cell)
        case "boolean":
            return _boolean(cell)
        case "date":
            return _day(cell)
        case "datetime":
            return _moment(cell)
    return _json(cell)


def _said(cell: Any) -> str:
    text = _text(cell)
    return f"“{text}”" if len(text) <= 40 else f"“{text[:39]}…”"


def _text(cell: Any) -> str:
    """A spreadsheet's 12.0 is a 12 to whoever looks at it."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)


def _number(cell: Any) -> float:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell
    text = cell.strip() if isinstance(cell, str) else ""
    if not _NUMBER.fullmatch(text) or len(text) > _MAX_DIGITS:
        raise ValueError(f"{_said(cell)} is no number such as 12.5")
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{_said(cell)} is too large a number")
    return int(text) if re.fullmatch(r"[+-]?\d+", text) else number


def _boolean(cell: Any) -> bool:
    found = _WORDS.get(_text(cell).strip().lower())
    if found is None:
        raise ValueError(f"{_said(cell)} is neither yes nor no")
    return found


def _day(cell: Any) -> str:
    try:
        moment = datetime.fromisoformat(_text(cell).strip())
    except ValueError:
        raise ValueError(f"{_said(cell)} is no day such as 2026-11-23") from None
    if moment.time() != time():
        raise ValueError(f"{_said(cell)} is a moment, not a day")
    return moment.date().isoformat()


def _moment(cell: Any) -> str:
    """Without a time zone, it is UTC."""
    try:
        moment = datetime.fromisoformat(_text(cell).strip())
    except ValueError:
        raise ValueError(f"{_said(cell)} is no moment such as 2026-11-23T09:00:00Z") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _json(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    try:
        return json.loads(cell, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ValueError(f"{_said(cell)} is no JSON") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
