"""Files on request: noted, made by the state machine ``build-report``, fetched by a signed link."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.analytics import compiling, dashboards, reports
from statewright.analytics.models import Query
from statewright.analytics.report_models import Export, NewExport, Records, Schedule
from statewright.analytics.settings import read_settings
from statewright.auth import tokens
from statewright.aws import objects, states
from statewright.db import load_queries, system, tenant
from statewright.errors import NotFoundError
from statewright.http.caller import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.ids import parse_id
from statewright.settings import settings

LINK_DAYS = 7
KEPT_DAYS = 30
_USE = "export"
_SWEEP = 100
_FORGOTTEN = timedelta(minutes=2)
_sql = load_queries(__package__, "reports.sql")


def create(caller: Caller, wanted: NewExport) -> Export:
    """Has a file made; it is told of when it is there.

    Raises:
        InvalidError: what it is to show cannot be asked for.
        NotFoundError: there is no such report or dashboard.
    """
    _check(caller, wanted)
    now, export_id = world.now(), world.new_id()
    with tenant(caller.workspace_id) as session:
        row = _row(wanted, export_id, caller.workspace_id, caller.user_id, now)
        session.run(_sql.insert_export, **row)
    _start(caller.workspace_id, export_id)
    return get(caller, export_id)


def _check(caller: Caller, wanted: NewExport) -> None:
    if wanted.report_id is not None:
        reports.get(caller, wanted.report_id)
    if wanted.dashboard is not None:
        dashboards.get(caller, wanted.dashboard)
    query = wanted.query if wanted.records is None else as_query(wanted.records)
    if query is not None:
        with tenant(caller.workspace_id) as session:
            checked = NewExport.model_construct(query=query)
            reports.check_query(checked, read_settings(session), world.now())


def as_query(records: Records) -> Query:
    """The query whose facts the records are."""
    plain = records.model_dump(exclude={"limit"})
    return Query.model_validate({**plain, "measures": ["count"]})


def _row(
    wanted: NewExport, export_id: str, workspace_id: str, user_id: str, now: datetime
) -> dict[str, Any]:
    return {
        "id": export_id,
        "workspace_id": workspace_id,
        "request": Jsonb(wanted.model_dump(mode="json")),
        "format": wanted.format,
        "requested_by": user_id,
        "recipients": Jsonb(wanted.recipients or [f"user:{user_id}"]),
        "now": now,
    }


def _start(workspace_id: str, export_id: str) -> None:
    """Starts the state machine. The execution's name makes that idempotent."""
    text = json.dumps({"workspace_id": workspace_id, "export_id": export_id})
    states.start(settings().report_machine_arn, export_id, text)


def get(caller: Caller, export_id: str) -> Export:
    """A file being made, or made: then with the link that gives it."""
    with tenant(caller.workspace_id) as session:
        row = session.one(_sql.find_export, id=parse_id(export_id, "export"))
    if row is None or row["requested_by"] != caller.user_id:
        raise NotFoundError("There is no such export.")
    return Export.model_validate({**row, "url": link_to(caller.workspace_id, row)})


def link_to(workspace_id: str, row: dict[str, Any]) -> str | None:
    """The signed link to a file that is made."""
    if row["status"] != "succeeded":
        return None
    ends = world.now() + timedelta(days=LINK_DAYS)
    token = tokens.issue_link(_USE, row["id"], workspace_id, ends)
    return f"{settings().base_url}/shared/exports/{token}"


def list_page(caller: Caller, cursor: str | None, limit: int) -> Page[Export]:
    """The caller's files, the newest first."""
    before = None if cursor is None else decode_cursor(cursor, lambda t: parse_id(t, "export"))[0]
    with tenant(caller.workspace_id) as session:
        rows = session.all(
            _sql.list_exports, user_id=caller.user_id, before=before, limit=limit + 1
        )
    items = [Export.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)


def fetch(token: str) -> str:
    """Where the file of a link is, for some minutes.

    Raises:
        UnauthenticatedError: not one of our links.
        GoneError: the link's time is over.
        NotFoundError: the file is not kept any more.
    """
    claims = tokens.read_link(token, _USE)
    with tenant(claims["workspace"]) as session:
        row = session.one(_sql.find_export, id=claims["sub"])
    if row is None or row["object_key"] is None:
        raise NotFoundError("This file is not kept any more.")
    return objects.link(row["object_key"], f"{row['title']}.{row['format']}")


def send_due() -> int:
    """Has files made of the reports whose time has come, and of exports that a crash forgot.

    Returns:
        How many.
    """
    now = world.now()
    with system() as session:
        due = session.all(_sql.due_reports, now=now, limit=_SWEEP)
    begun = [began for row in due if (began := _send(row, now)) is not None]
    with system() as session:
        forgotten = session.all(_sql.forgotten_exports, before=now - _FORGOTTEN, limit=_SWEEP)
    for workspace_id, export_id in [*begun, *((r["workspace_id"], r["id"]) for r in forgotten)]:
        _start(workspace_id, export_id)
    return len(begun) + len(forgotten)


def _send(row: dict[str, Any], now: datetime) -> tuple[str, str] | None:
    """Notes a due report's file and when it is due next, both or neither."""
    schedule = Schedule.model_validate(row["schedule"])
    wanted = NewExport(
        format=schedule.format,
        title=row["name"],
        query=Query.model_validate(row["query"]),
        recipients=schedule.recipients,
    )
    with tenant(row["workspace_id"]) as session:
        next_at = reports.next_time(schedule, read_settings(session), now)
        if not session.run(_sql.set_next_of, id=row["id"], next_at=next_at, now=now):
            return None  # another process was quicker
        export_id = world.new_id()
        noted = _row(wanted, export_id, row["workspace_id"], row["owner"], now)
        session.run(_sql.insert_export, **noted)
    return row["workspace_id"], export_id


def forget_old() -> int:
    """Removes files whose time is over, object first; says how many."""
    with system() as session:
        rows = session.all(
            _sql.old_exports, before=world.now() - timedelta(days=KEPT_DAYS), limit=_SWEEP
        )
        for row in rows:
            if row["object_key"] is not None:
                objects.delete(row["object_key"])
    return len(rows)


def plan_of(records: Records) -> compiling.Plan:
    """The plan whose facts the records are."""
    return compiling.plan(as_query(records))
