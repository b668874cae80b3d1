"""Reads sums and sketches, in one statement what several queries want of the same rows.

A dashboard's widgets mostly ask about the same rows, each by something else: by day, by workflow,
all together. To look at the rows is what takes time, so they are looked at once, and grouped in
all these ways (``GROUPING SETS``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from statewright.analytics import sketches
from statewright.analytics.compiling import Reading, Statement
from statewright.db import Session

_TARGETS = " LEFT JOIN analytics_targets t ON t.workflow_id = r.workflow_id"
_SKETCH = "sum(r.sketch)::text"
_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A row of what was read: its period, its group, its values by the measures' indices."""

    period: Any
    group: tuple[str | None, ...]
    values: dict[int, float | None]
    whole: bool


class Reader:
    """Reads in a transaction. ``hourly_rate``: what money saved is reckoned with."""

    def __init__(self, session: Session, hourly_rate: float):
        self._session = session
        self._rate = hourly_rate
        self._known: list[tuple[Reading, list[Found]]] = []

    def read_ahead(self, readings: Sequence[Reading]) -> None:
        """Reads what will be wanted, of the same rows at once."""
        for among in _of_same_rows(readings):
            self._known += zip(among, self._read(among), strict=True)

    def rows(self, reading: Reading) -> list[Found]:
        """What a reading gives: no more rows than show that there are too many."""
        for known, found in self._known:
            if known == reading:
                return found
        return self._read([reading])[0]

    def _read(self, readings: list[Reading]) -> list[list[Found]]:
        statement = together(readings)
        rows = self._session.all(statement.sql, **statement.parameters, hourly_rate=self._rate)
        return [_found(rows, readings, reading) for reading in readings]


def _of_same_rows(readings: Sequence[Reading]) -> list[list[Reading]]:
    found: list[list[Reading]] = []
    for reading in readings:
        for among in found:
            if _rows_of(among[0]) == _rows_of(reading):
                among.append(reading)
                break
        else:
            found.append([reading])
    return found


def _rows_of(reading: Reading) -> tuple[str, str, dict[str, Any]]:
    return reading.table, reading.where, reading.parameters


def together(readings: Sequence[Reading]) -> Statement:
    """The statement of readings of the same rows: ``k0``… are keys, ``c0``… what is summed, and
    ``level`` says which keys a row is by."""
    first = readings[0]
    keys, columns, sets = _keys(readings), _columns(readings), _sets(readings)
    told = [f"{key}{_cast(key)} AS k{i}" for i, key in enumerate(keys)]
    told += [f"{column} AS c{i}" for i, column in enumerate(columns)]
    told.append(f"grouping({', '.join(keys)}) AS level" if keys else "0 AS level")
    joined = _TARGETS if any(reading.needs_targets for reading in readings) else ""
    by = ", ".join(f"({', '.join(one)})" for one in sets)
    grouped = f" GROUP BY GROUPING SETS ({by})" if keys else ""
    most = sum(reading.most + 2 for reading in readings)
    text = f"""SELECT {", ".join(told)} FROM {first.table}{joined} WHERE {first.where}
        {grouped} LIMIT {most}"""  # noqa: S608 (declared parts)
    return Statement(text.encode(), first.parameters)


def _cast(key: str) -> str:
    """Dimensions become texts: when they are grouped, as there are fewer then."""
    return "" if key.startswith("date_trunc(") else "::text"


def _keys(readings: Sequence[Reading]) -> list[str]:
    return list(dict.fromkeys(key for reading in readings for _, key in reading.keys))


def _columns(readings: Sequence[Reading]) -> list[str]:
    found = dict.fromkeys(sql for reading in readings for _, sql in reading.sums)
    if any(reading.quantiles for reading in readings):
        found[_SKETCH] = None
    return list(found)


def _sets(readings: Sequence[Reading]) -> list[tuple[str, ...]]:
    found = dict.fromkeys(tuple(key for _, key in reading.keys) for reading in readings)
    if any(reading.whole for reading in readings):
        found[()] = None
    return list(found)


def _found(rows: list[_Row], readings: Sequence[Reading], reading: Reading) -> list[Found]:
    """The rows that are a reading's own."""
    keys, columns = _keys(readings), _columns(readings)
    own = [key for _, key in reading.keys]
    names = [f"k{keys.index(key)}" for key in own]
    by_own, by_nothing = _level(keys, own), _level(keys, [])
    levels = {by_own, by_nothing} if reading.whole else {by_own}
    sums = [(i, f"c{columns.index(sql)}") for i, sql in reading.sums]
    sketch = f"c{columns.index(_SKETCH)}" if reading.quantiles else ""
    found = []
    for row in rows:
        if row["level"] in levels:
            group = [row[name] for name in names]
            period = group.pop(0) if reading.grained else None
            values = {i: None if row[c] is None else float(row[c]) for i, c in sums}
            values.update(_quantiles(row.get(sketch), reading))
            whole = bool(own) and row["level"] == by_nothing
            found.append(Found(period, tuple(group), values, whole))
    return found


def _level(keys: Sequence[str], own: Sequence[str]) -> int:
    """What PostgreSQL's ``grouping`` gives for rows by some of the keys."""
    return int("".join("0" if key in own else "1" for key in keys) or "0", 2)


def _quantiles(sketch: str | None, reading: Reading) -> dict[int, float | None]:
    values = sketches.quantiles(sketch, (share for _, share in reading.quantiles))
    return {i: value for (i, _), value in zip(reading.quantiles, values, strict=True)}
