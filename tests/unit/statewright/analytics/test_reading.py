"""What several queries want of the same rows is one statement, and each gets its own back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from statewright.analytics import compiling
from statewright.analytics.compiling import Reading
from statewright.analytics.models import Query
from statewright.analytics.periods import Span
from statewright.analytics.reading import Found, Reader

SPAN = Span(datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC), ZoneInfo("UTC"))


def reading(grained: bool = False, **asked: Any) -> Reading:
    query = Query.model_validate({"dataset": "executions", "measures": ["count"], **asked})
    found = compiling.sums(compiling.plan(query), SPAN, "UTC", grained=grained)
    assert found is not None
    return found


class Database:
    """Answers every statement with the same rows, and remembers what it was asked."""

    def __init__(self, *rows: dict[str, Any]):
        self.rows, self.asked = list(rows), list[str]()

    def all(self, sql: bytes, **parameters: Any) -> list[dict[str, Any]]:
        self.asked.append(sql.decode())
        return self.rows


def test_widgets_of_the_same_rows_are_read_at_once() -> None:
    by_workflow = reading(dimensions=["workflow"])
    by_day = reading(grained=True, measures=["failed"], grain="day")
    rows = [
        {"k0": "w1", "k1": None, "c0": 5, "c1": 2, "level": 0b01},
        {"k0": None, "k1": "a day", "c0": 3, "c1": 1, "level": 0b10},
        {"k0": None, "k1": None, "c0": 8, "c1": 3, "level": 0b11},
    ]
    database = Database(*rows)
    reader = Reader(database, 40)  # type: ignore[arg-type]
    reader.read_ahead([by_workflow, by_day])
    whole = Found(None, (None,), {0: 8.0}, whole=True)
    assert reader.rows(by_workflow) == [Found(None, ("w1",), {0: 5.0}, whole=False), whole]
    assert [(row.period, row.values) for row in reader.rows(by_day)] == [
        ("a day", {0: 1.0}),
        (None, {0: 3.0}),
    ]
    assert len(database.asked) == 1
    assert database.asked[0].count("analytics_days") == 1


def test_other_rows_are_read_apart() -> None:
    failed = reading(filters=[{"dimension": "status", "values": ["failed"]}])
    database = Database()
    reader = Reader(database, 40)  # type: ignore[arg-type]
    reader.read_ahead([reading(), failed, reading(dataset="triggers")])
    assert len(database.asked) == 3


def test_what_was_not_read_ahead_is_read_when_it_is_wanted() -> None:
    database = Database()
    assert Reader(database, 40).rows(reading(dimensions=["trigger"])) == []  # type: ignore[arg-type]
    assert len(database.asked) == 1
