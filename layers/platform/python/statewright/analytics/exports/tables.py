"""A table to be written as a file: typed columns, and rows that may be a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from statewright.analytics.models import Answer

Kind = Literal["text", "count", "ratio", "milliseconds", "hours", "money", "usd", "time"]
Value = str | float | int | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name for programs, its label for people, what is in it."""

    name: str
    label: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Look:
    """How figures are written: in which language, time zone and currency."""

    locale: str = "en"
    time_zone: str = "UTC"
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table. ``chart`` draws its last text or time column against its measures."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[tuple[Value, ...]]
    look: Look = Look()
    notes: tuple[str, ...] = ()
    chart: str = "table"
    grain: str | None = None
    totals: tuple[Value, ...] | None = None
    labels: dict[str, dict[str, str]] = field(default_factory=dict)


def table_of(answer: Answer, title: str, locale: str) -> Table:
    """An answer as a table: dimensions by their names, compared values beside their own."""
    compared = answer.totals.previous is not None
    columns: list[Column] = []
    for column in answer.columns:
        kind: Kind = "text"
        if column.role == "period":
            kind = "time"
        elif column.unit is not None:
            kind = column.unit  # type: ignore[assignment]
        columns.append(Column(column.name, column.label, kind))
        if compared and column.role == "measure":
            columns.append(Column(f"{column.name}_before", f"{column.label}, before", kind))
    grain = next((c.name for c in answer.columns if c.role == "period"), None)
    return Table(
        title,
        tuple(columns),
        list(_rows(answer, compared=compared)),
        Look(locale, answer.time_zone, answer.currency),
        _notes(answer),
        answer.chart,
        grain,
        labels=answer.labels,
    )


def _rows(answer: Answer, *, compared: bool) -> Iterator[tuple[Value, ...]]:
    names = [column.name for column in answer.columns if column.role == "dimension"]
    for row in answer.rows:
        cells: list[Value] = [] if row.period is None else [row.period]
        cells += [answer.label(name, v) for name, v in zip(names, row.dimensions, strict=True)]
        before = row.previous or [None] * len(row.values)
        for value, old in zip(row.values, before, strict=True):
            cells += [value, old] if compared else [value]
        yield tuple(cells)


def _notes(answer: Answer) -> tuple[str, ...]:
    found = []
    if answer.truncated:
        found.append("There are more groups than are shown.")
    if not answer.complete:
        found.append("Part of the period is older than what is kept.")
    return tuple(found)
