"""Unit tests have no database: buckets are always full, and every workspace is on the same plan."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from statewright.gateway.limits import limiter
from statewright.gateway.plans import assignments


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "_take", lambda key, capacity, rate, wanted: (wanted, capacity))
    monkeypatch.setattr(assignments, "_until", datetime(9999, 1, 1, tzinfo=UTC))
