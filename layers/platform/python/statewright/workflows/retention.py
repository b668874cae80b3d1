"""How long executions are kept, and the nightly removal of those whose time is over."""

from __future__ import annotations

from datetime import timedelta

from statewright import world
from statewright.db import load_queries, system, tenant
from statewright.settings import settings
from statewright.workflows import test_runs
from statewright.workflows.execution_models import Retention

PART = 5000
"""Rows that one transaction removes: short locks, whatever the number in all."""
MAX_PARTS = 400
"""Parts of one night: the rest waits for the next."""
_JOBS_KEPT = timedelta(days=30)
_GRACE = timedelta(days=1)
_sql = load_queries(__package__, "executions.sql")


def get(workspace_id: str) -> Retention:
    """For how many days the workspace keeps executions."""
    with tenant(workspace_id) as session:
        row = session.one(_sql.get_retention)
    assert row is not None
    return Retention(days=row["days"])


def change(workspace_id: str, retention: Retention) -> Retention:
    """Changes it, from the next night on."""
    with tenant(workspace_id) as session:
        session.run(_sql.set_retention, days=retention.days)
    return retention


def expire() -> int:
    """Removes what is older than its workflow, its workspace or the deployment keeps it.

    Returns:
        How many executions were removed.
    """
    now, total = world.now(), 0
    for _ in range(MAX_PARTS):
        with system() as session:
            removed = session.run(
                _sql.delete_expired, now=now, days=settings().retention_days, limit=PART
            )
        total += removed
        if removed < PART:
            break
    with system() as session:
        session.run(_sql.forget_deleted_workflows, before=now - _GRACE)
        session.run(_sql.delete_old_jobs, before=now - _JOBS_KEPT)
    test_runs.tidy()
    return total
