"""Dashboards that every workspace has."""

from __future__ import annotations

from typing import Any

from statewright.analytics.report_models import Dashboard


def _widget(title: str, place: tuple[int, int, int, int], **query: Any) -> dict[str, Any]:
    x, y, width, height = place
    return {"title": title, "query": query, "x": x, "y": y, "width": width, "height": height}


def _ready(name: str, title: str, description: str, *widgets: dict[str, Any]) -> Dashboard:
    return Dashboard.model_validate(
        {"id": name, "name": title, "description": description, "widgets": widgets, "shared": True,
         "ready": True}
    )  # fmt: skip


_RUNS: dict[str, Any] = {"dataset": "executions", "compare": "previous_period"}
_ALL = [
    _ready(
        "overview",
        "Overview",
        "What ran, how well and how fast.",
        _widget(
            "Executions", (0, 0, 3, 2), **_RUNS, measures=["count", "success_rate"], chart="number"
        ),
        _widget(
            "Duration",
            (3, 0, 3, 2),
            **_RUNS,
            measures=["duration_p50", "duration_p95"],
            chart="number",
        ),
        _widget(
            "Running", (6, 0, 3, 2), dataset="executions", measures=["running"], chart="number"
        ),
        _widget(
            "Saved", (9, 0, 3, 2), **_RUNS, measures=["saved_hours", "saved_money"], chart="number"
        ),
        _widget(
            "Outcomes by day",
            (0, 2, 8, 5),
            dataset="executions",
            measures=["succeeded", "failed"],
            grain="day",
            chart="bar",
        ),
        _widget(
            "By trigger",
            (8, 2, 4, 5),
            dataset="triggers",
            measures=["count"],
            dimensions=["trigger"],
            chart="pie",
        ),
        _widget(
            "Workflows",
            (0, 7, 12, 6),
            dataset="executions",
            measures=["count", "success_rate", "duration_p95", "retries"],
            dimensions=["workflow"],
            limit=20,
        ),
    ),
    _ready(
        "reliability",
        "Reliability",
        "What fails, where and why.",
        _widget(
            "Failure rate",
            (0, 0, 12, 5),
            dataset="executions",
            measures=["failure_rate"],
            grain="day",
            chart="line",
        ),
        _widget(
            "Errors",
            (0, 5, 6, 6),
            dataset="executions",
            measures=["count"],
            dimensions=["error"],
            filters=[{"dimension": "error", "operator": "is_not_empty"}],
            limit=20,
            chart="bar",
        ),
        _widget(
            "Most failing steps",
            (6, 5, 6, 6),
            dataset="steps",
            measures=["failed", "failure_rate", "retries"],
            dimensions=["workflow", "step"],
            limit=20,
        ),
    ),
    _ready(
        "speed",
        "Speed",
        "How long executions and their steps take.",
        _widget(
            "Duration by day",
            (0, 0, 12, 5),
            dataset="executions",
            measures=["duration_p50", "duration_p95", "duration_p99"],
            grain="day",
            chart="line",
        ),
        _widget(
            "Slowest steps",
            (0, 5, 12, 6),
            dataset="steps",
            measures=["duration_p95", "duration_p50", "count"],
            dimensions=["workflow", "step"],
            limit=20,
        ),
        _widget(
            "Within the target time",
            (0, 11, 12, 5),
            dataset="executions",
            measures=["within_target", "count"],
            dimensions=["workflow"],
        ),
    ),
    _ready(
        "worth",
        "Cost and worth",
        "What AWS costs, what people are spared.",
        _widget(
            "In all",
            (0, 0, 12, 2),
            **_RUNS,
            measures=["cost", "cost_per_run", "saved_hours", "saved_money"],
            chart="number",
        ),
        _widget(
            "Money saved",
            (0, 2, 6, 5),
            dataset="executions",
            measures=["saved_money"],
            grain="week",
            period={"last": 13, "unit": "week"},
            chart="area",
        ),
        _widget(
            "AWS cost",
            (6, 2, 6, 5),
            dataset="executions",
            measures=["cost"],
            grain="week",
            period={"last": 13, "unit": "week"},
            chart="area",
        ),
        _widget(
            "By workflow",
            (0, 7, 12, 6),
            dataset="executions",
            measures=["cost", "cost_per_run", "transitions", "saved_hours"],
            dimensions=["workflow"],
        ),
    ),
    _ready(
        "people",
        "People",
        "Who is active, what is changed and decided.",
        _widget(
            "Active users",
            (0, 0, 6, 5),
            dataset="sign_ins",
            measures=["people", "count"],
            grain="day",
            chart="line",
        ),
        _widget(
            "Changes",
            (6, 0, 6, 5),
            dataset="changes",
            measures=["count"],
            dimensions=["user"],
            chart="bar",
            limit=20,
        ),
        _widget(
            "Decisions",
            (0, 5, 6, 5),
            dataset="decisions",
            measures=["approved", "rejected", "open"],
            grain="week",
            period={"last": 13, "unit": "week"},
            chart="bar",
        ),
        _widget(
            "Decision time",
            (6, 5, 6, 5),
            dataset="decisions",
            measures=["duration_p50", "duration_p95"],
            dimensions=["workflow"],
        ),
        _widget(
            "Messages",
            (0, 10, 12, 5),
            dataset="notifications",
            measures=["delivered", "failed", "duration_p95"],
            dimensions=["channel"],
        ),
    ),
]
READY: dict[str, Dashboard] = {dashboard.id: dashboard for dashboard in _ALL}
"""Every ready dashboard, by its name."""
