"""What a report asks, and what it is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Grain = Literal["hour", "day", "week", "month", "quarter", "year"]
Chart = Literal["table", "number", "line", "area", "bar", "pie"]
Operator = Literal["is", "is_not", "contains", "starts_with", "is_empty", "is_not_empty"]
MAX_LIMIT = 1_000
Name = Annotated[str, Field(min_length=1, max_length=100)]


class Strict(BaseModel):
    """Refuses fields that it does not know."""

    model_config = ConfigDict(extra="forbid")


class Last(Strict):
    """The last so many units of the calendar, the present one among them."""

    last: Annotated[int, Field(ge=1, le=2_000)]
    unit: Literal["hour", "day", "week", "month", "quarter", "year"] = "day"


class Between(Strict):
    """From a moment to before another. Without an offset it is in the time zone; a day alone is
    its midnight."""

    since: datetime
    until: datetime


Period = Last | Between


class Filter(Strict):
    """A condition on a dimension: any of the values; with ``is_not`` none of them."""

    dimension: Name
    operator: Operator = "is"
    values: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=100)] = []

    @model_validator(mode="after")
    def _complete(self) -> Filter:
        if self.operator in {"is_empty", "is_not_empty"} and self.values:
            raise ValueError(f"{self.operator} takes no values")
        if self.operator not in {"is_empty", "is_not_empty"} and not self.values:
            raise ValueError(f"{self.operator} needs values")
        return self


class Query(Strict):
    """Measures by dimensions over a period. Names are of ``GET /v1/analytics/model``."""

    dataset: Name
    measures: Annotated[list[Name], Field(min_length=1, max_length=12)]
    dimensions: Annotated[list[Name], Field(max_length=3)] = []
    filters: Annotated[list[Filter], Field(max_length=20)] = []
    period: Period = Last(last=30)
    grain: Grain | None = None
    compare: Literal["previous_period", "previous_year"] | None = None
    order_by: Name | None = None
    descending: bool = True
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 100
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    chart: Chart = "table"

    @model_validator(mode="after")
    def _each_once(self) -> Query:
        for names in (self.measures, self.dimensions):
            if len(set(names)) != len(names):
                raise ValueError("names something twice")
        return self


class Column(BaseModel):
    """A column of an answer."""

    name: str
    label: str
    role: Literal["period", "dimension", "measure"]
    unit: str | None = None


class Row(BaseModel):
    """A row: its period's beginning, its dimensions' values, its measures. Without anything to
    divide by or to take a quantile of, a measure is null."""

    period: datetime | None = None
    dimensions: list[str | None] = []
    values: list[float | None]
    previous: list[float | None] | None = None


class Answer(BaseModel):
    """What a report's query gave.

    ``truncated``: there are more groups than the limit. ``source``: what was summed. ``complete``:
    false where part of the period is older than what is kept of that.
    """

    columns: list[Column]
    rows: list[Row]
    totals: Row
    labels: dict[str, dict[str, str]] = {}
    since: datetime
    until: datetime
    time_zone: str
    currency: str
    truncated: bool
    source: Literal["days", "hours", "facts"]
    complete: bool
    chart: Chart = "table"

    def label(self, dimension: str, value: str | None) -> str:
        """What people call a dimension's value."""
        return "-" if value is None else self.labels.get(dimension, {}).get(value, value)


class Settings(Strict):
    """How a workspace counts: whose days, in which currency, what an hour of work costs."""

    time_zone: Annotated[str, Field(max_length=64)] = "UTC"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    hourly_rate: Annotated[float, Field(ge=0, le=1_000_000)] = 0
    locale: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,2}$")] = "en"


class Target(Strict):
    """What is expected of a workflow: how long a run may take, what a run spares people."""

    target_ms: Annotated[int, Field(ge=1, le=31_536_000_000)] | None = None
    saved_minutes: Annotated[float, Field(ge=0, le=100_000)] = 0


class Sample(BaseModel):
    """An execution that failed in a certain way."""

    execution_id: str
    at: datetime
    detail: str | None


class ErrorClass(BaseModel):
    """Errors of one name."""

    error: str
    count: int
    last_at: datetime
    samples: list[Sample]


JsonObject = dict[str, Any]
