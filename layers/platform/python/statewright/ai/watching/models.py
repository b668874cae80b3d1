"""The public shapes of predictions and anomalies."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

Metric = Literal["volume", "duration", "failures", "cost"]


class Expected(BaseModel):
    """What an hour will probably hold; within the bounds with the probability ``level``."""

    at: datetime
    value: float
    low: float
    high: float


class Prediction(BaseModel):
    """The next hours of a workflow. ``unit``: executions, milliseconds (mean), executions, US
    dollars."""

    workflow_id: str
    metric: Metric
    unit: Literal["count", "ms", "usd"]
    level: float
    known_hours: int
    items: list[Expected]


class Anomaly(BaseModel):
    """An hour that was out of the ordinary; ``usual`` is the median of that hour on other days."""

    id: str
    workflow_id: str
    workflow: str
    metric: Metric
    at: datetime
    value: float
    usual: float
    score: float
    suspected_step: str | None
    suspected_change: str | None
