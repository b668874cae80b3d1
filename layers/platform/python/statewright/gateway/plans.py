"""How much each plan allows, and which plan a workspace is on."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from statewright import world
from statewright.db import load_queries, lookup, system
from statewright.errors import InvalidError, UnavailableError
from statewright.ids import parse_id

KEPT = timedelta(seconds=10)
"""How soon a workspace's new plan counts in every process."""
_sql = load_queries(__package__, "limits.sql")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second in the long run, and ``burst`` at once."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What each principal may do, the workspace as a whole, and the workspace in a day."""

    name: str
    principal: Rate
    workspace: Rate
    per_day: int


PLANS = {
    plan.name: plan
    for plan in (
        Plan("small", Rate(10, 50), Rate(20, 100), 50_000),
        Plan("standard", Rate(200, 2_000), Rate(400, 4_000), 5_000_000),
        Plan("large", Rate(1_000, 10_000), Rate(2_000, 20_000), 100_000_000),
    )
}
DEFAULT = "standard"
BY_ADDRESS = {"webhooks": Rate(2_000, 10_000), "open": Rate(200, 4_000)}
"""Of callers whom nobody has identified, by the class of route."""


class Assignments:
    """Every workspace's plan, read again every few seconds; most are on the default one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: datetime | None = None
        self._names: dict[str, Any] = {}

    def plan_of(self, workspace_id: str) -> Plan:
        """The workspace's plan."""
        now = world.now()
        with self._lock:
            if self._until is None or now >= self._until:
                self._until = now + KEPT
                # Else what was known stays; the endpoint itself will say what is wrong.
                with contextlib.suppress(UnavailableError):
                    self._names = (lookup(_sql.plans) or {}).get("plans", {})
        return PLANS.get(self._names.get(workspace_id, ""), PLANS[DEFAULT])


assignments = Assignments()


def assign(workspace_id: str, plan: str) -> None:
    """Puts a workspace on a plan.

    Raises:
        InvalidError: there is no such plan.
    """
    if plan not in PLANS:
        raise InvalidError(f"There is no plan {plan!r}: choose of {', '.join(PLANS)}.")
    with system() as session:
        workspace = parse_id(workspace_id, "workspace")
        session.run(_sql.put_plan, workspace_id=workspace, plan=plan, now=world.now())
