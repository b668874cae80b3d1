"""CSV (RFC 4180) and JSON Lines, a row at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import datetime
from typing import IO
from zoneinfo import ZoneInfo

from statewright.analytics.exports.tables import Table, Value

Progress = Callable[[int], None]
STEP = 5_000
"""After how many rows progress is told."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) or text.startswith(" =") else text


def write_csv(table: Table, target: IO[str], progress: Progress) -> int:
    """Writes a table; texts that would be formulas are quoted, numbers stay numbers.

    Returns:
        How many rows there were.
    """
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow([safe(column.label) for column in table.columns])
    zone = ZoneInfo(table.look.time_zone)
    count = 0
    for count, row in enumerate(table.rows, 1):
        writer.writerow([_cell(value, zone) for value in row])
        if count % STEP == 0:
            progress(count)
    return count


def _cell(value: Value, zone: ZoneInfo) -> str | float | int:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    return int(value) if float(value).is_integer() else value


def write_jsonl(table: Table, target: IO[str], progress: Progress) -> int:
    """Writes an object a line, by the columns' names.

    Returns:
        How many rows there were.
    """
    names = [column.name for column in table.columns]
    zone = ZoneInfo(table.look.time_zone)
    count = 0
    for count, row in enumerate(table.rows, 1):
        cells = [v.astimezone(zone).isoformat() if isinstance(v, datetime) else v for v in row]
        pairs = dict(zip(names, cells, strict=True))
        target.write(json.dumps(pairs, ensure_ascii=False) + "\n")
        if count % STEP == 0:
            progress(count)
    return count
