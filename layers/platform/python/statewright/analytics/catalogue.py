"""The semantic model: which measures and dimensions there are, and the SQL that each stands for.

Reports name measures and dimensions; only what is declared here ever becomes SQL. A measure's
expression is over ``r``: rows of facts, or of roll-ups, which have the same columns (``n`` facts,
``timed`` of them with a duration, their ``duration_ms`` together, …) and so give the same sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from statewright.prices import EXPRESS_CHUNK, EXPRESS_REQUEST, TRANSITION

Unit = Literal["count", "ratio", "milliseconds", "hours", "money", "usd"]


@dataclass(frozen=True, slots=True)
class Sum:
    """An expression over sums."""

    sql: str
    needs_targets: bool = False
    """Whether it reads ``t``: what is set for the workflow."""


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile of durations, from sketches."""

    share: float


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that can be counted."""

    name: str
    label: str
    unit: Unit
    value: Sum | Quantile


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something by which it can be told apart. ``sketched``: sketches are kept by it too."""

    name: str
    label: str
    column: str
    kind: Literal["text", "uuid", "int"] = "text"
    sketched: bool = False


@dataclass(frozen=True, slots=True)
class Dataset:
    """The facts of one kind."""

    name: str
    label: str
    kind: str
    measures: dict[str, Measure]
    dimensions: dict[str, Dimension]


_FAILED = "r.status IN ('failed', 'timed_out')"
_ENDED = "r.status IN ('succeeded', 'failed', 'timed_out')"


def _n(condition: str) -> str:
    return f"coalesce(sum(r.n) FILTER (WHERE {condition}), 0)"


def _rate(part: str, whole: str) -> Sum:
    return Sum(f"({part})::float8 / nullif({whole}, 0)")


def _count(label: str) -> Measure:
    return Measure("count", label, "count", Sum("coalesce(sum(r.n), 0)"))


def _durations(what: str) -> list[Measure]:
    average = Sum("sum(r.duration_ms)::float8 / nullif(sum(r.timed), 0)")
    return [
        Measure("duration_avg", f"Average {what}", "milliseconds", average),
        Measure("duration_p50", f"Median {what}", "milliseconds", Quantile(0.5)),
        Measure("duration_p95", f"{what.capitalize()}, 95 %", "milliseconds", Quantile(0.95)),
        Measure("duration_p99", f"{what.capitalize()}, 99 %", "milliseconds", Quantile(0.99)),
    ]


_RETRIES = Measure("retries", "Retries", "count", Sum("coalesce(sum(r.attempts), 0)"))
_PEOPLE = Measure(
    "people", "Active users", "count", Sum("count(DISTINCT r.actor) FILTER (WHERE r.n > 0)")
)
_EXPRESS = "r.subject = 'express'"
"""Of an Express execution, ``units`` are chunks of billed time; of others, state transitions."""
_TRANSITIONS = f"coalesce(sum(r.units) FILTER (WHERE {_EXPRESS} IS NOT TRUE), 0)"
_COST = (
    f"({_TRANSITIONS} * {TRANSITION} + coalesce(sum(r.units) FILTER (WHERE {_EXPRESS}), 0)"
    f" * {EXPRESS_CHUNK} + {_n(_EXPRESS)} * {EXPRESS_REQUEST})"
)
_SAVED = "coalesce(sum(r.n * t.saved_minutes) FILTER (WHERE r.status = 'succeeded'), 0) / 60.0"

_OUTCOMES = [
    Measure("succeeded", "Succeeded", "count", Sum(_n("r.status = 'succeeded'"))),
    Measure("failed", "Failed", "count", Sum(_n(_FAILED))),
    Measure(
        "success_rate", "Success rate", "ratio", _rate(_n("r.status = 'succeeded'"), _n(_ENDED))
    ),
    Measure("failure_rate", "Failure rate", "ratio", _rate(_n(_FAILED), _n(_ENDED))),
]
_WORKFLOW = Dimension("workflow", "Workflow", "workflow_id", "uuid", sketched=True)
_VERSION = Dimension("version", "Version", "version", "int", sketched=True)
_STATUS = Dimension("status", "Status", "status")
_ERROR = Dimension("error", "Error", "error")
_USER = Dimension("user", "User", "actor")


def _dataset(
    name: str, label: str, kind: str, measures: list[Measure], dimensions: list[Dimension]
) -> Dataset:
    by_name = {measure.name: measure for measure in measures}
    return Dataset(name, label, kind, by_name, {each.name: each for each in dimensions})


_ALL = [
    _dataset(
        "executions",
        "Executions",
        "execution",
        [
            _count("Executions"),
            *_OUTCOMES,
            Measure("running", "Running", "count", Sum(_n("r.status = 'running'"))),
            Measure("stopped", "Stopped", "count", Sum(_n("r.status = 'stopped'"))),
            *_durations("duration"),
            _RETRIES,
            Measure("transitions", "State transitions", "count", Sum(_TRANSITIONS)),
            Measure("cost", "AWS cost", "usd", Sum(_COST)),
            Measure("cost_per_run", "AWS cost of a run", "usd", _rate(_COST, "sum(r.n)")),
            Measure(
                "within_target",
                "Within the target time",
                "ratio",
                _rate("sum(r.met)", "sum(r.judged)"),
            ),
            Measure("saved_hours", "Hours saved", "hours", Sum(_SAVED, needs_targets=True)),
            Measure(
                "saved_money",
                "Money saved",
                "money",
                Sum(f"{_SAVED} * %(hourly_rate)s::numeric", needs_targets=True),
            ),
        ],
        [_WORKFLOW, _VERSION, _STATUS, _ERROR, Dimension("trigger", "Trigger", "via")],
    ),
    _dataset(
        "steps",
        "Steps",
        "step",
        [_count("Step runs"), *_OUTCOMES, *_durations("duration"), _RETRIES],
        [
            _WORKFLOW,
            _VERSION,
            _STATUS,
            _ERROR,
            Dimension("step", "Step", "subject", sketched=True),
            Dimension("kind", "Kind of step", "via"),
        ],
    ),
    _dataset(
        "triggers",
        "Triggers",
        "trigger",
        [_count("Starts")],
        [_WORKFLOW, _VERSION, Dimension("trigger", "Trigger", "via"), _STATUS],
    ),
    _dataset(
        "notifications",
        "Notifications",
        "notification",
        [
            _count("Messages"),
            Measure(
                "delivered",
                "Delivered",
                "count",
                Sum(_n("r.status IN ('sent', 'delivered', 'opened', 'clicked')")),
            ),
            Measure("failed", "Failed", "count", Sum(_n("r.status IN ('failed', 'bounced')"))),
            *_durations("delivery time"),
            _RETRIES,
        ],
        [
            Dimension("channel", "Channel", "via"),
            Dimension("template", "Template", "subject", sketched=True),
            _STATUS,
            _ERROR,
        ],
    ),
    _dataset(
        "sign_ins",
        "Sign-ins",
        "sign_in",
        [
            _count("Sign-ins"),
            Measure("failed", "Refused", "count", Sum(_n("r.status = 'failed'"))),
            _PEOPLE,
        ],
        [_USER, _STATUS, Dimension("method", "Method", "via")],
    ),
    _dataset(
        "changes",
        "Changes",
        "change",
        [_count("Changes"), _PEOPLE],
        [_USER, Dimension("action", "Action", "subject")],
    ),
    _dataset(
        "decisions",
        "Decisions",
        "decision",
        [
            _count("Asked for"),
            Measure("open", "Open", "count", Sum(_n("r.status = 'open'"))),
            Measure("approved", "Approved", "count", Sum(_n("r.status = 'approved'"))),
            Measure("rejected", "Rejected", "count", Sum(_n("r.status = 'rejected'"))),
            *_durations("decision time"),
        ],
        [_WORKFLOW, _STATUS, Dimension("step", "Step", "subject", sketched=True)],
    ),
    _dataset(
        "api_calls",
        "API calls",
        "api_call",
        [
            _count("Calls"),
            Measure("failed", "Errors", "count", Sum(_n("r.status >= '400'"))),
            Measure(
                "failure_rate", "Error rate", "ratio", _rate(_n("r.status >= '400'"), "sum(r.n)")
            ),
            *_durations("response time"),
            _PEOPLE,
        ],
        [
            _USER,
            _STATUS,
            Dimension("endpoint", "Endpoint", "subject", sketched=True),
            Dimension("method", "Method", "via"),
        ],
    ),
]
DATASETS: dict[str, Dataset] = {dataset.name: dataset for dataset in _ALL}
"""Every dataset, by name."""
