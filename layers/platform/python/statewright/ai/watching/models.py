"""The public shapes of predictions and anomalies."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

Metric = Literal["volume", "duration", "failures", "cost"]
Watched = Metric | Literal["shape"]
"""``shape``: which fields inputs have, of which types."""


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
    """An hour that was out of the ordinary; ``usual`` is the median of that hour on other days.

    For the metric ``shape``, ``value`` is the share of inputs with what has changed most, ``usual``
    that of inputs before, and ``detail`` says what it is.
    """

    id: str
    workflow_id: str
    workflow: str
    metric: Watched
    at: datetime
    value: float
    usual: float
    score: float
    detail: str | None = None
    suspected_step: str | None
    suspected_change: str | None
