"""How workflows perform, and what people do: ready questions to the semantic model."""

from __future__ import annotations

from typing import Any, Literal

from psycopg.errors import QueryCanceled
from pydantic import BaseModel

from statewright import world
from statewright.analytics import querying
from statewright.analytics.models import Answer, ErrorClass, Last, Period, Query
from statewright.analytics.periods import resolve, zone_of
from statewright.analytics.querying import TIMEOUT_MS, CostlyError
from statewright.analytics.settings import read_settings
from statewright.db import load_queries, tenant
from statewright.ids import parse_id

SAMPLES = 3
ERROR_CLASSES = 50
_sql = load_queries(__package__, "answers.sql")
_DURATIONS = ["duration_p50", "duration_p95", "duration_p99", "duration_avg"]
_OVERALL = ["count", "succeeded", "failed", "success_rate", "running", "stopped", *_DURATIONS,
            "retries"]  # fmt: skip
_WORTH = ["within_target", "saved_hours", "saved_money", "cost", "cost_per_run", "transitions"]


class Performance(BaseModel):
    """How workflows, or one of them, performed. ``worth``: targets met, time and money saved, what
    AWS costs. ``versions`` only of one workflow; ``workflows`` only of all."""

    overall: Answer
    worth: Answer
    timeline: Answer
    slowest_steps: Answer
    failing_steps: Answer
    errors: list[ErrorClass]
    versions: Answer | None = None
    workflows: Answer | None = None


class Activity(BaseModel):
    """What people did."""

    sign_ins: Answer
    changes: Answer
    changes_by_user: Answer
    decisions: Answer
    api_calls: Answer
    api_calls_by_endpoint: Answer


Compare = Literal["previous_period", "previous_year"]


class Scope(BaseModel):
    """When, and in which time zone; ``compare`` with which period."""

    period: Period = Last(last=30)
    grain: Literal["hour", "day", "week", "month"] = "day"
    time_zone: str | None = None
    compare: Compare | None = None


def performance(workspace_id: str, workflow_id: str | None, scope: Scope) -> Performance:
    """How workflows performed: of one, or of all.

    Raises:
        NotFoundError: the id cannot be one of a workflow.
    """
    chosen = None if workflow_id is None else parse_id(workflow_id, "workflow")
    filters = [] if chosen is None else [{"dimension": "workflow", "values": [chosen]}]

    def ask(dataset: str, measures: list[str], **more: Any) -> Answer:
        wanted = {"dataset": dataset, "measures": measures, "filters": filters, **more}
        return _ask(workspace_id, scope, wanted)

    comparing = {"compare": scope.compare}
    by_version = {"dimensions": ["version"], "order_by": "count"}
    by_workflow = {"dimensions": ["workflow"], "order_by": "count", "limit": 200}
    return Performance(
        overall=ask("executions", _OVERALL, **comparing),
        worth=ask("executions", _WORTH, **comparing),
        timeline=ask(
            "executions", [*_OVERALL[:4], *_DURATIONS[:3]], grain=scope.grain, **comparing
        ),
        slowest_steps=_steps(ask, "duration_p95"),
        failing_steps=_steps(ask, "failed"),
        errors=error_classes(workspace_id, chosen, scope),
        versions=None if chosen is None else ask("executions", _OVERALL, **by_version),
        workflows=ask("executions", _OVERALL, **by_workflow) if chosen is None else None,
    )


def _steps(ask: Any, order: str) -> Answer:
    measures = ["count", "failed", "failure_rate", "retries", *_DURATIONS]
    answer: Answer = ask(
        "steps", measures, dimensions=["workflow", "step"], order_by=order, limit=20
    )
    return answer


def _ask(workspace_id: str, scope: Scope, wanted: dict[str, Any]) -> Answer:
    shared = {"period": scope.period, "time_zone": scope.time_zone}
    return querying.answer(workspace_id, Query.model_validate({**shared, **wanted}))


def error_classes(workspace_id: str, workflow_id: str | None, scope: Scope) -> list[ErrorClass]:
    """The errors of executions by name, the most frequent first, each with its newest samples."""
    with tenant(workspace_id) as session:
        session.run(_sql.limit_time, milliseconds=str(TIMEOUT_MS))
        zone = zone_of(scope.time_zone or read_settings(session).time_zone)
        span = resolve(scope.period, zone, world.now())
        try:
            rows = session.all(
                _sql.error_classes,
                since=span.since,
                until=span.until,
                workflow_id=workflow_id,
                samples=SAMPLES,
                limit=ERROR_CLASSES,
            )
        except QueryCanceled:
            raise CostlyError("That takes more than five seconds: ask for less.") from None
    return [ErrorClass.model_validate(row) for row in rows]


def activity(workspace_id: str, scope: Scope) -> Activity:
    """What people did, by the scope's grain."""

    def ask(dataset: str, measures: list[str], **more: Any) -> Answer:
        wanted = {"dataset": dataset, "measures": measures, **more}
        return _ask(workspace_id, scope, wanted)

    grain = {"grain": scope.grain, "compare": scope.compare}
    calls = ["count", "failed", "failure_rate", "duration_p95"]
    return Activity(
        sign_ins=ask("sign_ins", ["count", "failed", "people"], **grain),
        changes=ask("changes", ["count", "people"], **grain),
        changes_by_user=ask("changes", ["count"], dimensions=["user", "action"], limit=100),
        decisions=ask("decisions", ["count", "open", "approved", "rejected", *_DURATIONS], **grain),
        api_calls=ask("api_calls", [*calls, "people"], **grain),
        api_calls_by_endpoint=ask("api_calls", calls, dimensions=["endpoint", "method"], limit=100),
    )
