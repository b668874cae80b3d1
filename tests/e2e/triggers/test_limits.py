"""Concurrency limits: so many run at once; the others wait in line, are dropped, or fail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.triggers.conftest import Workspace
from tests.support.server import until


def limited(owner: Workspace, name: str, **concurrency: Any) -> dict[str, Any]:
    return owner.publish(
        {
            "name": name,
            "triggers": [{"id": "h", "type": "webhook"}],
            "settings": {"concurrency": concurrency},
            "steps": [{"id": "work", "wait": {"for": "1d"}}],
        }
    )


def start(owner: Workspace, workflow: dict[str, Any], **body: Any) -> str:
    return str(owner.call_webhook(workflow, body).json()["execution_id"])


def status(owner: Workspace, execution_id: str) -> tuple[str, str | None]:
    """How the execution is, and how far: ``work`` is ``running`` where it has its turn."""
    found = owner.execution(execution_id)
    if found is None:
        return "unknown", None
    return found["status"], found["steps"][0]["status"]


RUNS, WAITS = {"running", "waiting"}, {"not_reached"}


def settled(owner: Workspace, *wanted: tuple[str, set[str]]) -> None:
    def check() -> bool:
        return all(status(owner, execution)[1] in steps for execution, steps in wanted)

    until(check, f"{[(status(owner, e), steps) for e, steps in wanted]}")


def stop(owner: Workspace, execution_id: str) -> None:
    owner.ok("POST", f"/v1/executions/{execution_id}/stop", {})


def test_who_comes_too_many_waits_in_line(owner: Workspace) -> None:
    found = limited(owner, "Line", limit=2)
    first = [start(owner, found) for _ in range(2)]
    settled(owner, *((execution, RUNS) for execution in first))
    second = start(owner, found)
    settled(owner, (second, WAITS))
    third = start(owner, found)
    settled(owner, (third, WAITS))
    stop(owner, first[1])
    settled(owner, (second, RUNS), (third, WAITS))
    stop(owner, third)  # somebody who waits goes away: nobody comes in for that
    fourth = start(owner, found)
    settled(owner, (first[0], RUNS), (second, RUNS), (fourth, WAITS))
    stop(owner, first[0])
    stop(owner, second)
    settled(owner, (fourth, RUNS))
    stop(owner, fourth)


def test_each_key_has_a_line_of_its_own(owner: Workspace) -> None:
    found = limited(owner, "Limited by key", limit=1, key="{% $trigger.body.customer %}")
    one, two = start(owner, found, customer="a"), start(owner, found, customer="b")
    none = start(owner, found)
    settled(owner, (one, RUNS), (two, RUNS), (none, RUNS))
    again = start(owner, found, customer="a")
    settled(owner, (again, WAITS))
    stop(owner, one)
    settled(owner, (again, RUNS))
    for execution in (two, none, again):
        stop(owner, execution)


@pytest.mark.parametrize(
    ("when_full", "ended", "error"),
    [("fail", "failed", "Concurrency.LimitReached"), ("drop", "stopped", "Concurrency.Dropped")],
)
def test_or_it_is_turned_away(owner: Workspace, when_full: str, ended: str, error: str) -> None:
    found = limited(owner, f"Full {when_full}", limit=1, when_full=when_full)
    running = start(owner, found)
    settled(owner, (running, RUNS))
    refused = owner.ended(start(owner, found))
    assert (refused["status"], refused["error"]) == (ended, error)
    stop(owner, running)
    owner.ended(running)
    after = start(owner, found)
    settled(owner, (after, RUNS))
    stop(owner, after)


def test_what_cannot_be_limited_is_not_published(owner: Workspace) -> None:
    definition = {
        "name": "Express limit",
        "settings": {"mode": "express", "concurrency": {"limit": 1}},
        "steps": [{"id": "a", "set": 1}],
    }
    made = owner.ok("POST", "/v1/workflows", {"definition": definition})
    answer = owner.request("POST", f"/v1/workflows/{made['id']}/versions")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/settings/concurrency"
