"""The next hours of a workflow: volume, duration, failures, cost."""

from __future__ import annotations

from typing import Literal

from statewright import world
from statewright.ai.series.forecasting import forecast
from statewright.ai.watching.measures import HOUR, hour_of, series_of
from statewright.ai.watching.models import Expected, Metric, Prediction
from statewright.db import load_queries, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.ids import parse_id

_sql = load_queries(__package__)
LEAST = 48
"""Hours of history without which nothing is predicted."""
LEVEL = 0.9
_UNITS: dict[Metric, Literal["count", "ms", "usd"]] = {
    "volume": "count",
    "duration": "ms",
    "failures": "count",
    "cost": "usd",
}


def predict(workspace_id: str, workflow_id: str, metric: Metric, hours: int) -> Prediction:
    """Forecasts the hours from the present one on.

    Raises:
        NotFoundError: there is no such workflow.
        ConflictError: its history is too short.
    """
    begins = hour_of(world.now())
    with tenant(workspace_id) as session:
        wanted = parse_id(workflow_id, "workflow")
        if session.one(_sql.workflow_of, workflow_id=wanted) is None:
            raise NotFoundError("There is no such workflow.")
        past = series_of(session, workspace_id, wanted, begins)[metric]
    if len(past) < LEAST:
        sentence = f"There are {len(past)} hours of history; a forecast needs {LEAST}."
        raise ConflictError(sentence)
    found = forecast(past, hours, (24, 168), LEVEL, floor=0.0)
    items = [
        Expected(at=begins + at * HOUR, value=value, low=low, high=high)
        for at, (value, low, high) in enumerate(zip(found.mean, found.low, found.high, strict=True))
    ]
    return Prediction(
        workflow_id=workflow_id,
        metric=metric,
        unit=_UNITS[metric],
        level=LEVEL,
        known_hours=len(past),
        items=items,
    )
