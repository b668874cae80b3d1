"""Saved reports, files of them, dashboards: their public shapes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, Field, model_validator

from statewright.analytics.models import Answer, Filter, Last, Name, Period, Query, Strict

Format = Literal["csv", "xlsx", "pdf", "jsonl"]
MAX_EXPORT_ROWS = 5_000_000


def _one_line(text: str) -> str:
    if not text.strip() or any(ord(c) < 32 or c == "\x7f" for c in text):
        raise ValueError("must be one line of text without control characters")
    return text


def _cron(text: str) -> str:
    if not re.fullmatch(r"[\d*/,\-A-Za-z# ]+", text) or len(text.split()) != 5:
        raise ValueError("must have five fields: minute, hour, day, month, weekday")
    try:
        moments = CronSim(text, datetime(2024, 1, 1))
        first, second = next(moments), next(moments)
    except (CronSimError, StopIteration):
        raise ValueError("is no schedule that ever comes") from None
    if (second - first).total_seconds() < 3_600:
        raise ValueError("may come once an hour at the most")
    return text


Title = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Description = Annotated[str, Field(max_length=2_000)]
Recipients = Annotated[list[Annotated[str, Field(max_length=320)]], Field(max_length=50)]


class Schedule(Strict):
    """When a report is sent, to whom, as what. ``cron`` has five fields."""

    cron: Annotated[str, Field(max_length=100), AfterValidator(_cron)]
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    format: Format = "pdf"
    recipients: Annotated[Recipients, Field(min_length=1)]


class NewReport(Strict):
    """A report to save. Not ``shared``, it is its owner's alone."""

    name: Title
    description: Description = ""
    query: Query
    shared: bool = False
    schedule: Schedule | None = None


class ChangedReport(NewReport):
    """A report as it shall be; ``lock_number`` is that of the report which was changed."""

    lock_number: int


class Report(NewReport):
    """A saved report."""

    id: str
    owner: str
    folder_id: str | None
    lock_number: int
    next_at: datetime | None
    created_at: datetime
    updated_at: datetime


class ReportResult(BaseModel):
    """A report with its figures of now."""

    report: Report
    answer: Answer


class Records(Strict):
    """Single facts, as they are: for whoever wants to count elsewhere."""

    dataset: Name
    filters: Annotated[list[Filter], Field(max_length=20)] = []
    period: Period = Last(last=30)
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_EXPORT_ROWS)] = MAX_EXPORT_ROWS


class NewExport(Strict):
    """A file to make: of a query, a saved report, a dashboard (PDF), or single facts."""

    format: Format
    title: Title = "Report"
    query: Query | None = None
    report_id: str | None = None
    dashboard: str | None = None
    records: Records | None = None
    locale: Annotated[str, Field(max_length=20)] | None = None
    recipients: Recipients = []

    @model_validator(mode="after")
    def _one_subject(self) -> NewExport:
        given = [self.query, self.report_id, self.dashboard, self.records]
        if sum(one is not None for one in given) != 1:
            raise ValueError("give one of query, report_id, dashboard, records")
        if self.dashboard is not None and self.format != "pdf":
            raise ValueError("a dashboard is printed as PDF only")
        return self


class Export(BaseModel):
    """A file being made, or made: then ``url`` gives it, to whoever has that address."""

    id: str
    format: Format
    title: str
    status: Literal["queued", "running", "succeeded", "failed"]
    rows_done: int
    rows_expected: int | None
    bytes: int | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None
    url: str | None = None


class Widget(Strict):
    """A part of a dashboard: a question, and where its answer stands on a grid of 12 columns."""

    title: Title
    query: Query
    x: Annotated[int, Field(ge=0, le=11)] = 0
    y: Annotated[int, Field(ge=0, le=999)] = 0
    width: Annotated[int, Field(ge=1, le=12)] = 6
    height: Annotated[int, Field(ge=1, le=50)] = 4


class NewDashboard(Strict):
    """A dashboard to save."""

    name: Title
    description: Description = ""
    widgets: Annotated[list[Widget], Field(min_length=1, max_length=24)]
    shared: bool = False


class ChangedDashboard(NewDashboard):
    """A dashboard as it shall be; ``lock_number`` is that of the one which was changed."""

    lock_number: int


class Dashboard(NewDashboard):
    """A dashboard; ready ones have a name for an id, and nobody owns them."""

    id: str
    ready: bool = False
    owner: str | None = None
    folder_id: str | None = None
    lock_number: int = 1
    updated_at: datetime | None = None


class Shown(BaseModel):
    """A widget with its figures, or with why there are none."""

    title: str
    x: int
    y: int
    width: int
    height: int
    answer: Answer | None
    problem: str | None = None


class DashboardData(BaseModel):
    """A dashboard with its figures."""

    id: str
    name: str
    description: str
    locale: str
    time_zone: str
    widgets: list[Shown]


class NewLink(Strict):
    """A link to a dashboard that works for some days."""

    days: Annotated[int, Field(ge=1, le=365)] = 30


class SharedLink(BaseModel):
    """A link to a dashboard. ``url`` is shown once, when it is made."""

    id: str
    dashboard: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    url: str | None = None
