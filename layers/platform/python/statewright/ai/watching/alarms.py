"""Looks at every workflow's last whole hour, and tells people what is out of the ordinary."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from statewright import world
from statewright.ai.series.anomalies import ALARM, Values, scores
from statewright.ai.watching import inputs
from statewright.ai.watching.inputs import Shapes
from statewright.ai.watching.measures import HOUR, KEPT, METRICS, hour_of, series_of
from statewright.ai.watching.models import Anomaly, Metric
from statewright.db import Session, load_queries, system, tenant
from statewright.errors import ConflictError
from statewright.ids import parse_id
from statewright.notifications import sending
from statewright.notifications.models import Body, NewNotification
from statewright.notifications.sending import Sender
from statewright.settings import settings

_sql = load_queries(__package__)
LEARNING = 120
"""Hours before which nothing alarms: five days."""
_BUSY = 24
_CHANGED = timedelta(days=2)
MOST_INPUTS = 4_000
"""The most inputs of all workflows that are looked at for an hour: each is a call of Step
Functions."""
_WORDS: dict[Metric, str] = {
    "volume": "executions",
    "duration": "ms per execution",
    "failures": "failed executions",
    "cost": "US dollars of AWS Step Functions",
}


def watch() -> dict[str, int]:
    """Looks at the last whole hour of every workflow; run again, it tells nobody twice.

    Returns:
        How many workflows were looked at, and how many anomalies were new.
    """
    until = hour_of(world.now())
    with system() as session:
        watched = session.all(_sql.list_watched, since=until - KEPT, until=until, least=_BUSY)
    new, left = 0, MOST_INPUTS
    for row in watched:
        shapes = inputs.sampled(row, until - HOUR, min(inputs.SAMPLE, left))
        left -= sum(map(len, shapes.values()))
        new += _look(row, until, shapes)
    return {"workflows": len(watched), "anomalies": new}


def _look(row: dict[str, Any], until: datetime, shapes: Shapes) -> int:
    with tenant(row["workspace_id"]) as session:
        series = series_of(session, row["workspace_id"], row["workflow_id"], until)
        found = [
            anomaly
            for metric in METRICS
            if (anomaly := _judged(session, row, metric, series[metric], until)) is not None
        ]
        found += _changed(session, row, shapes, until - HOUR)
        session.noted = True
    for anomaly in found:
        _tell(row, anomaly)
    return len(found)


def _judged(
    session: Session, row: dict[str, Any], metric: Metric, values: Values, until: datetime
) -> dict[str, Any] | None:
    """An anomaly of the last hour, if it is one that was not known."""
    if len(values) <= LEARNING:
        return None
    score = float(scores(values, LEARNING)[-1])
    if score < ALARM:
        return None
    at = until - HOUR
    anomaly = {
        "id": world.new_id(),
        "metric": metric,
        "at": at,
        "value": float(values[-1]),
        "usual": float(np.median(values[-1 - 24 :: -24])),
        "score": score,
        "detail": None,
        "suspected_step": _slow_or_failing(session, row, metric, at),
        "suspected_change": _published(session, row, at),
    }
    return anomaly if _kept(session, row, anomaly) else None


def _changed(
    session: Session, row: dict[str, Any], shapes: Shapes, at: datetime
) -> list[dict[str, Any]]:
    """An anomaly of the hour's inputs, of all its triggers together."""
    changes = sorted(inputs.compared(session, row, shapes, at), key=lambda c: -c.score)
    if not changes:
        return []
    live = session.one(_sql.live_definition, workflow_id=row["workflow_id"]) or {}
    paths = tuple(path for change in changes for path in change.paths)
    anomaly = {
        "id": world.new_id(),
        "metric": "shape",
        "at": at,
        "value": changes[0].share,
        "usual": changes[0].usual,
        "score": changes[0].score,
        "detail": ". ".join(change.detail for change in changes)[:4_000],
        "suspected_step": inputs.reader_of(live.get("definition", {}), paths),
        "suspected_change": _published(session, row, at),
    }
    return [anomaly] if _kept(session, row, anomaly) else []


def _kept(session: Session, row: dict[str, Any], anomaly: dict[str, Any]) -> bool:
    """Keeps an anomaly; says whether it is news."""
    ids = {"workspace_id": row["workspace_id"], "workflow_id": row["workflow_id"]}
    return bool(session.run(_sql.insert_anomaly, **ids, **anomaly, now=world.now()))


def _slow_or_failing(
    session: Session, row: dict[str, Any], metric: Metric, at: datetime
) -> str | None:
    """The step that changed most in that hour."""
    where = {
        "workspace_id": row["workspace_id"],
        "workflow_id": row["workflow_id"],
        "at": at,
        "until": at + HOUR,
    }
    step = None
    if metric in {"duration", "cost"}:
        step = session.one(_sql.slowest_step, since=at - timedelta(days=7), **where)
    elif metric == "failures":
        step = session.one(_sql.failing_step, **where)
    return str(step["step"]) if step else None


def _published(session: Session, row: dict[str, Any], at: datetime) -> str | None:
    """What was published before the hour's end."""
    change = session.one(
        _sql.last_change,
        workflow_id=row["workflow_id"],
        since=at - _CHANGED,
        until=at + HOUR,
    )
    if change is None:
        return None
    return f"version {change['version']}, published {change['created_at']:%Y-%m-%d %H:%M} UTC"


def _tell(row: dict[str, Any], anomaly: dict[str, Any]) -> None:
    lines = [
        f"At {anomaly['at']:%Y-%m-%d %H:%M} UTC: {_said(anomaly)}.",
        f"Suspected step: {anomaly['suspected_step'] or 'none stands out'}.",
        f"Suspected change: {anomaly['suspected_change'] or 'nothing was published before'}.",
        f"{settings().base_url}/workflows/{row['workflow_id']}",
    ]
    wanted = NewNotification(
        to=["role:owner", "role:admin"],
        channels=["in_app", "email"],
        content=Body(subject=f"Unusual: {row['name']}"[:500], text="\n".join(lines)),
        category="anomaly",
        dedup_key=f"anomaly:{row['workflow_id']}:{anomaly['metric']}:{anomaly['at']:%Y%m%d%H}",
    )
    try:
        sending.send(Sender(row["workspace_id"], "system:ai"), wanted)
    except ConflictError:
        return  # told before


def _said(anomaly: dict[str, Any]) -> str:
    if anomaly["detail"] is not None:
        return f"the inputs have changed. {anomaly['detail']}"
    what = _WORDS[anomaly["metric"]]
    return f"{anomaly['value']:,.6g} {what}; usual at that hour: {anomaly['usual']:,.6g}"


def list_all(workspace_id: str, workflow_id: str | None) -> list[Anomaly]:
    """The newest anomalies, of all workflows or of one."""
    wanted = None if workflow_id is None else parse_id(workflow_id, "workflow")
    with tenant(workspace_id) as session:
        rows = session.all(_sql.list_anomalies, workflow_id=wanted)
    return [Anomaly.model_validate(row) for row in rows]
