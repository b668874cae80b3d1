"""Three shapes of workflow, and what one execution of each makes the platform do.

``CALLS`` was counted on the local cloud by ``python bench/costs.py --measure``: invocations of each
function for one execution, one after the other, so that no two share a batch. That is the dearest way;
under load a queue's function takes ten messages at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PEER = "{% $vars.peer %}"
ROWS = 100
SOON = {"timeout": "20s"}
"""Without it a step may take fifteen minutes, and the workflow could not be Express."""


def _get(step: str) -> dict[str, Any]:
    return {"id": step, "use": "http.request", "with": {"url": f"{PEER}/customers/1"}, **SOON}


def _post(step: str, **body: Any) -> dict[str, Any]:
    wanted = {"method": "POST", "url": f"{PEER}/messages", "body": body}
    return {"id": step, "use": "http.request", "with": wanted, **SOON}


INTAKE = {
    "name": "Intake",
    "triggers": [{"id": "hook", "type": "webhook"}],
    "steps": [
        {"id": "order", "set": {"total": "{% $sum($trigger.body.items.(price * qty)) %}"}},
        _get("customer"),
        {"id": "score", "set": "{% $order.total * 2 %}"},
        _post("stored", score="{% $score %}"),
        {
            "id": "told",
            **SOON,
            "use": "email.send",
            "with": {
                "to": "sales@example.com",
                "subject": "Order",
                "text": "{% $string($score) %}",
            },
        },
    ],
    "output": "{% $score %}",
}
APPROVAL = {
    "name": "Approval",
    "triggers": [{"id": "hook", "type": "webhook"}],
    "steps": [
        {
            "id": "review",
            "use": "human.approval",
            "with": {"assignees": ["role:owner"], "title": "Pay?", "expires": "2d"},
        },
        {"name": "No", "when": "{% $review.decision = 'rejected' %}", "stop": {"status": "failed"}},
        _post("paid", by="{% $review.decided_by %}"),
    ],
}
LOOP = {
    "name": "Loop",
    "triggers": [{"id": "hook", "type": "webhook"}],
    "steps": [
        {
            "id": "rows",
            "for_each": list(range(ROWS)),
            "as": "row",
            "concurrency": 10,
            "steps": [_post("sent", row="{% $row %}")],
        }
    ],
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A workflow, with what else one execution takes.

    ``seconds`` is how long an Express execution lasts (None: it cannot be one); ``emails`` go out by SES;
    ``units`` is how peers count it: n8n executions, Zapier's tasks (calls that succeed; setting values
    is free), Make's credits (every module), Temporal's actions (start, activities, signal, timer).
    """

    name: str
    definition: dict[str, Any]
    seconds: float | None
    emails: int
    units: dict[str, int]


SHAPES = (
    Shape(
        "intake: five steps, two calls and an e-mail",
        INTAKE,
        1.0,
        1,
        {"executions": 1, "tasks": 3, "credits": 6, "actions": 4},
    ),
    Shape(
        "approval: a person decides within two days, then a call",
        APPROVAL,
        None,
        1,
        {"executions": 1, "tasks": 2, "credits": 4, "actions": 5},
    ),
    Shape(
        f"loop: one call for each of {ROWS} rows, ten at a time",
        LOOP,
        5.0,
        0,
        {"executions": 1, "tasks": ROWS, "credits": ROWS + 1, "actions": ROWS + 1},
    ),
)
