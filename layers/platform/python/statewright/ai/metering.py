"""Tokens and money: what may still be spent, and what was.

A question is let through while the budget is not used up; questions under way at the same time may
exceed it by what they cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from statewright import world
from statewright.ai import chat, errors
from statewright.ai.models import AISettings, Spending, Usage
from statewright.ai.providers import Prices
from statewright.auth import throttle
from statewright.db import load_queries, tenant
from statewright.errors import InvalidError, Issue, RateLimitedError
from statewright.ids import is_id

_sql = load_queries(__package__)
NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Purpose:
    """Whom a question is counted for: a step of a workflow, or a task of the assistant."""

    workspace_id: str
    step: str
    workflow_id: str = NOBODY


def get_settings(workspace_id: str) -> AISettings:
    """What the AI service may do in a workspace."""
    with tenant(workspace_id) as session:
        row = session.one(_sql.find_settings)
    return AISettings.model_validate(row or {})


def put_settings(workspace_id: str, wanted: AISettings, usable: frozenset[str]) -> AISettings:
    """Replaces it.

    Raises:
        InvalidError: the connection is none that the caller may use.
    """
    if wanted.connection is not None and wanted.connection not in usable:
        issue = Issue("/connection", f"there is no connection '{wanted.connection}'")
        raise InvalidError("The settings name an unknown connection.", (issue,))
    with tenant(workspace_id) as session:
        values = wanted.model_dump()
        session.run(_sql.put_settings, workspace_id=workspace_id, now=world.now(), **values)
    return wanted


def admit(purpose: Purpose, prices: Prices) -> None:
    """Lets a question through.

    Raises:
        AIError: ``AI.BudgetExceeded`` or ``AI.RateLimited``.
    """
    limits = get_settings(purpose.workspace_id)
    if limits.monthly_cost is not None and not prices.known():
        sentence = "there is a budget in money, and the connection has no prices"
        raise errors.BudgetExceeded(sentence)
    with tenant(purpose.workspace_id) as session:
        spent = session.one(_sql.spent, month=_month(), workflow_id=_workflow(purpose)) or {}
    for limit, used, what in (
        (limits.monthly_cost, spent["cost"], "cost"),
        (limits.monthly_tokens, spent["tokens"], "tokens"),
        (limits.workflow_monthly_tokens, spent["workflow_tokens"], "tokens of this workflow"),
    ):
        if limit is not None and used >= limit:
            raise errors.BudgetExceeded(f"the month's {what}: {used:,} of {limit:,} are used")
    _take_turn(purpose.workspace_id, limits.requests_per_minute)


def _take_turn(workspace_id: str, per_minute: int) -> None:
    limit = throttle.Limit("ai/requests", per_minute, timedelta(minutes=1))
    try:
        throttle.attempt((limit, workspace_id))
    except RateLimitedError as error:
        sentence = f"more than {per_minute} requests a minute; again in {error.retry_after} seconds"
        raise errors.RateLimited(sentence) from None


def record(
    purpose: Purpose, connection: str, model: str, prices: Prices, used: chat.Usage, *, failed: bool
) -> None:
    """Counts a question that was asked."""
    with tenant(purpose.workspace_id) as session:
        session.run(
            _sql.add_spending,
            workspace_id=purpose.workspace_id,
            month=_month(),
            workflow_id=_workflow(purpose),
            step=purpose.step,
            connection=connection,
            model=model,
            failures=int(failed),
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            cost=prices.cost_of(used),
            unpriced=0 if prices.known() else used.input_tokens + used.output_tokens,
        )
        session.noted = True  # counting is nobody's change


def usage(workspace_id: str, month: date | None = None) -> Usage:
    """A month, by workflow, step and model."""
    first = (month or _month()).replace(day=1)
    with tenant(workspace_id) as session:
        items = [Spending.model_validate(r) for r in session.all(_sql.list_spending, month=first)]
        spent = session.one(_sql.spent, month=first, workflow_id=NOBODY) or {}
    budget = get_settings(workspace_id)
    return Usage(
        month=first, cost=spent["cost"], tokens=spent["tokens"], budget=budget, items=items
    )


def _month() -> date:
    return world.now().date().replace(day=1)


def _workflow(purpose: Purpose) -> str:
    return purpose.workflow_id if is_id(purpose.workflow_id) else NOBODY
