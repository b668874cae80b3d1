"""Looks at every workflow's last whole hour, and tells people what is out of the ordinary."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from statewright import world
from statewright.ai.series.anomalies import ALARM, Values, scores
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
_WORDS: dict[Metric, str] = {
    "volume": "executions",
    "duration": "ms per execution",
    "failures": "failed executions",
    "cost": "US dollars of state transitions",
}


def watch() -> dict[str, int]:
    """Looks at the last whole hour of every workflow; run again, it tells nobody twice.

    Returns:
        How many workflows were looked at, and how many anomalies were new.
    """
    until = hour_of(world.now())
    with system() as session:
        watched = session.all(_sql.list_watched, since=until - KEPT, until=until, least=_BUSY)
    new = sum(_look(row, until) for row in watched)
    return {"workflows": len(watched), "anomalies": new}


def _look(row: dict[str, Any], until: datetime) -> int:
    with tenant(row["workspace_id"]) as session:
        series = series_of(session, row["workspace_id"], row["workflow_id"], until)
        found = [
            anomaly
            for metric in METRICS
            if (anomaly := _judged(session, row, metric, series[metric], until)) is not None
        ]
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
        **_suspects(session, row, metric, at),
    }
    ids = {"workspace_id": row["workspace_id"], "workflow_id": row["workflow_id"]}
    written = session.run(_sql.insert_anomaly, **ids, **anomaly, now=world.now())
    return anomaly if written else None


def _suspects(
    session: Session, row: dict[str, Any], metric: Metric, at: datetime
) -> dict[str, str | None]:
    """The step that changed most in that hour, and what was published before it."""
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
    change = session.one(
        _sql.last_change,
        workflow_id=row["workflow_id"],
        since=at - _CHANGED,
        until=at + HOUR,
    )
    told = None
    if change is not None:
        told = f"version {change['version']}, published {change['created_at']:%Y-%m-%d %H:%M} UTC"
    return {"suspected_step": step["step"] if step else None, "suspected_change": told}


def _tell(row: dict[str, Any], anomaly: dict[str, Any]) -> None:
    what = _WORDS[anomaly["metric"]]
    lines = [
        f"At {anomaly['at']:%Y-%m-%d %H:%M} UTC: {anomaly['value']:,.6g} {what}; "
        f"usual at that hour: {anomaly['usual']:,.6g}.",
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


def list_all(workspace_id: str, workflow_id: str | None) -> list[Anomaly]:
    """The newest anomalies, of all workflows or of one."""
    wanted = None if workflow_id is None else parse_id(workflow_id, "workflow")
    with tenant(workspace_id) as session:
        rows = session.all(_sql.list_anomalies, workflow_id=wanted)
    return [Anomaly.model_validate(row) for row in rows]
