"""Saved reports: queries with a name, shared with the workspace, sent on a schedule."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cronsim import CronSim
from psycopg.types.json import Jsonb

from statewright import world
from statewright.analytics import compiling, querying
from statewright.analytics.models import Settings
from statewright.analytics.periods import resolve, starts, zone_of
from statewright.analytics.report_models import (
    ChangedReport,
    NewReport,
    Report,
    ReportResult,
    Schedule,
)
from statewright.analytics.settings import read_settings
from statewright.db import Session, load_queries, tenant, widened
from statewright.errors import ConflictError, NotFoundError
from statewright.http.caller import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.ids import parse_id

_sql = load_queries(__package__, "reports.sql")


def create(caller: Caller, wanted: NewReport) -> Report:
    """Saves a report.

    Raises:
        InvalidError: its query asks for what is not there, or its time zone is none.
    """
    report_id = world.new_id()
    with tenant(caller.workspace_id) as session:
        columns = _columns(session, wanted)
        session.run(_sql.insert_report, id=report_id, owner=caller.user_id, **columns)
    return get(caller, report_id)


def _columns(session: Session, wanted: NewReport) -> dict[str, Any]:
    """A report's columns, once its query and schedule are found to be possible."""
    now, settings = world.now(), read_settings(session)
    check_query(wanted, settings, now)
    schedule = wanted.schedule
    next_at = None if schedule is None else next_time(schedule, settings, now)
    return {
        "name": wanted.name,
        "description": wanted.description,
        "asked": Jsonb(wanted.query.model_dump(mode="json")),
        "shared": wanted.shared,
        "schedule": None if schedule is None else Jsonb(schedule.model_dump(mode="json")),
        "next_at": next_at,
        "now": now,
    }


def check_query(wanted: Any, settings: Settings, now: datetime) -> None:
    """Refuses a query that could never be answered."""
    query = wanted.query
    compiling.plan(query)
    span = resolve(query.period, zone_of(query.time_zone or settings.time_zone), now)
    if query.grain is not None:
        starts(span, query.grain)


def next_time(schedule: Schedule, settings: Settings, now: datetime) -> datetime:
    """When a schedule comes next, by the clock of its time zone."""
    zone = zone_of(schedule.time_zone or settings.time_zone, "/schedule/time_zone")
    return next(CronSim(schedule.cron, now.astimezone(zone)))


def get(caller: Caller, report_id: str) -> Report:
    """A report that is shared, or the caller's own."""
    with tenant(caller.workspace_id) as session:
        row = session.one(_sql.find_report, id=parse_id(report_id, "report"), owner=caller.user_id)
    if row is None:
        raise NotFoundError("There is no such report.")
    return Report.model_validate(row)


def list_page(caller: Caller, cursor: str | None, limit: int) -> Page[Report]:
    """Reports that the caller may see, the newest first."""
    before = None if cursor is None else decode_cursor(cursor, lambda t: parse_id(t, "report"))[0]
    with tenant(caller.workspace_id) as session:
        rows = session.all(_sql.list_reports, owner=caller.user_id, before=before, limit=limit + 1)
    items = [Report.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)


def update(caller: Caller, report_id: str, wanted: ChangedReport) -> Report:
    """Changes a report.

    Raises:
        ConflictError: somebody else has changed it meanwhile.
    """
    chosen = get(caller, report_id).id
    with tenant(caller.workspace_id) as session:
        columns = _columns(session, wanted)
        number = {"lock_number": wanted.lock_number, "owner": caller.user_id}
        if not session.run(_sql.update_report, id=chosen, **columns, **number):
            raise ConflictError("The report has been changed meanwhile. Look at it, then decide.")
    return get(caller, chosen)


def delete(caller: Caller, report_id: str) -> None:
    """Removes a report."""
    with tenant(caller.workspace_id) as session:
        chosen = parse_id(report_id, "report")
        if not session.run(_sql.delete_report, id=chosen, owner=caller.user_id):
            raise NotFoundError("There is no such report.")


def run(caller: Caller, report_id: str) -> ReportResult:
    """A report with its figures of now."""
    report = get(caller, report_id)
    with widened():  # whoever may see a report sees its figures
        answer = querying.answer(caller.workspace_id, report.query)
    return ReportResult(report=report, answer=answer)
