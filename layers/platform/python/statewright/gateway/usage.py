"""What a workspace has used of its plan."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel

from statewright import world
from statewright.gateway.limits import day_key, take_from_database
from statewright.gateway.plans import Rate, assignments
from statewright.http.caller import Caller


class Limit(BaseModel):
    """So many requests a second in the long run, and ``burst`` at once."""

    per_second: float
    burst: int
    remaining: int


class Usage(BaseModel):
    """The workspace's plan, and what is left of it."""

    plan: str
    day: date
    per_day: int
    used_today: int
    """Requests of today (UTC); each process reports up to 64 before they are made."""
    workspace: Limit
    principal: Limit
    """Of who asks."""


def show(caller: Caller) -> Usage:
    """How much is left."""
    workspace = caller.workspace_id
    plan = assignments.plan_of(workspace)
    who = caller.key_id or caller.user_id
    left = _left(day_key(workspace), Rate(0.0, plan.per_day))
    return Usage(
        plan=plan.name,
        day=world.now().date(),
        per_day=plan.per_day,
        used_today=plan.per_day - left,
        workspace=_limit(f"workspace:{workspace}", plan.workspace),
        principal=_limit(f"principal:{workspace}:{who}", plan.principal),
    )


def _limit(key: str, rate: Rate) -> Limit:
    return Limit(per_second=rate.per_second, burst=rate.burst, remaining=_left(key, rate))


def _left(key: str, rate: Rate) -> int:
    _, left = take_from_database(key, float(rate.burst), rate.per_second, 0)
    return int(left)
