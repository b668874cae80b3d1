"""A workflow's hours as series of numbers, without gaps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from statewright import prices
from statewright.ai.watching.models import Metric
from statewright.db import Session, load_queries

_sql = load_queries(__package__)
HOUR = timedelta(hours=1)
KEPT = timedelta(days=42)
METRICS: tuple[Metric, ...] = ("volume", "duration", "failures", "cost")
Values = np.ndarray[Any, np.dtype[np.float64]]


def hour_of(moment: datetime) -> datetime:
    """The beginning of a moment's hour."""
    return moment.replace(minute=0, second=0, microsecond=0)


def series_of(
    session: Session, workspace_id: str, workflow_id: str, until: datetime
) -> dict[Metric, Values]:
    """The hours before ``until``, from the first that holds something, six weeks at the most.

    An hour without executions has none, and no failures and cost; its duration is the last known.
    """
    rows = session.all(
        _sql.list_hours,
        workspace_id=workspace_id,
        workflow_id=workflow_id,
        since=until - KEPT,
        until=until,
        transition=prices.TRANSITION,
        chunk=prices.EXPRESS_CHUNK,
        request=prices.EXPRESS_REQUEST,
    )
    if not rows:
        return {metric: np.zeros(0) for metric in METRICS}
    first = rows[0]["at"]
    count = int((until - first) / HOUR)
    found: dict[Metric, Values] = {metric: np.zeros(count) for metric in METRICS}
    found["duration"][:] = np.nan
    for row in rows:
        at = int((row["at"] - first) / HOUR)
        found["volume"][at], found["failures"][at] = row["volume"], row["failures"]
        found["cost"][at] = row["cost"]
        if row["timed"]:
            found["duration"][at] = row["duration_ms"] / row["timed"]
    found["duration"] = _carried(found["duration"])
    return found


def _carried(values: Values) -> Values:
    """Gaps get the last value before them; the first ones, the first value there is."""
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return np.zeros(len(values))
    last = np.maximum.accumulate(np.where(np.isnan(values), -1, np.arange(len(values))))
    carried: Values = values[np.where(last < 0, known[0], last)]
    return carried
