"""How a workspace counts, and what it expects of its workflows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from statewright import world
from statewright.analytics.facts import first_kept
from statewright.analytics.models import Settings, Target
from statewright.analytics.periods import zone_of
from statewright.aws import functions
from statewright.db import Session, load_queries, system, tenant
from statewright.errors import NotFoundError
from statewright.ids import parse_id
from statewright.settings import settings as deployment

_BOUNDS = ("since", "until")
_sql = load_queries(__package__, "answers.sql")
_ingestion = load_queries(__package__)


def read_settings(session: Session) -> Settings:
    """The workspace's settings, or what they are by default."""
    row = session.one(_sql.find_settings)
    return Settings() if row is None else Settings.model_validate(row)


def get_settings(workspace_id: str) -> Settings:
    """How the workspace counts."""
    with tenant(workspace_id) as session:
        return read_settings(session)


def put_settings(workspace_id: str, wanted: Settings) -> Settings:
    """Sets how the workspace counts. With another time zone its days are summed anew, soon."""
    zone_of(wanted.time_zone)
    with tenant(workspace_id) as session:
        before = read_settings(session)
        session.run(_sql.put_settings, **wanted.model_dump())
    if wanted.time_zone != before.time_zone:
        _later({"rebuild": workspace_id})
    return wanted


def get_target(workspace_id: str, workflow_id: str) -> Target:
    """What is expected of a workflow."""
    with tenant(workspace_id) as session:
        chosen = _require(session, workflow_id)
        row = session.one(_sql.find_target, workflow_id=chosen)
    return Target() if row is None else Target.model_validate(row)


def put_target(workspace_id: str, workflow_id: str, wanted: Target) -> Target:
    """Sets what is expected of a workflow; what it did before is judged by it too, soon."""
    with tenant(workspace_id) as session:
        chosen = _require(session, workflow_id)
        before = session.one(_sql.find_target, workflow_id=chosen)
        session.run(_sql.put_target, workflow_id=chosen, **wanted.model_dump())
    if (before or {}).get("target_ms") != wanted.target_ms:
        _later({"judge": chosen})
    return wanted


def _require(session: Session, workflow_id: str) -> str:
    chosen = parse_id(workflow_id, "workflow")
    if session.one(_sql.find_workflow, workflow_id=chosen) is None:
        raise NotFoundError("There is no such workflow.")
    return chosen


def _later(task: dict[str, Any]) -> None:
    functions.start(f"{deployment().prefix}-analytics-recount", task)


def recount(task: dict[str, Any]) -> int:
    """Sums a workspace anew (``rebuild``), or judges a workflow's executions (``judge``).

    ``since`` and ``until`` (days of the workspace, the latter left out) bound a rebuild.

    Returns:
        How many facts it looked at or changed.
    """
    if "rebuild" in task:
        days = [date.fromisoformat(task[name]) if task.get(name) else None for name in _BOUNDS]
        return rebuild(task["rebuild"], *days)
    return judge(task["judge"])


def rebuild(workspace_id: str, since: date | None = None, until: date | None = None) -> int:
    """Sums a workspace's facts anew, a month at a time: all, or those of some days.

    Sums of days whose facts are no longer kept, or not all of them, stay as they are.
    """
    with system() as session:
        span = session.one(_sql.fact_days, workspace_id=workspace_id)
    if span is None or span["since"] is None:
        return 0
    whole = first_kept(world.now()).date() + timedelta(days=2)  # in every time zone
    counted, day = 0, max(filter(None, [span["since"], whole, since]))
    end = min(span["until"], until or span["until"])
    while day < end:
        until = min(day + timedelta(days=28), end)
        with system() as session:
            session.run(_ingestion.hold_workspace, workspace_id=workspace_id)
            row = session.one(_ingestion.rebuild, workspace_id=workspace_id, since=day, until=until)
        counted += 0 if row is None else row["facts"]
        day = until
    return counted


def judge(workflow_id: str) -> int:
    """Judges a workflow's executions by its present target, a day at a time."""
    now = world.now()
    day: date = first_kept(now).date()
    changed = 0
    while day <= now.date():
        with system() as session:
            session.run(_sql.hold_workspace_of, workflow_id=workflow_id)
            until = day + timedelta(days=1)
            changed += session.run(
                _sql.apply_target, workflow_id=workflow_id, since=day, until=until
            )
        day += timedelta(days=1)
    return changed
