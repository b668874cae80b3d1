"""The whole way on a running server: from an execution's end to the figures."""

from __future__ import annotations

import pytest

from tests.support.server import Client, Server, until


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@analytics.example").register()


def test_an_executions_end_is_in_the_figures_with_its_steps_and_words(owner: Client) -> None:
    definition = {
        "name": "Counted",
        "triggers": [{"id": "h", "type": "webhook"}],
        "steps": [{"id": "greet", "set": "{% 'Grüezi ' & $trigger.body.name %}"}],
    }
    workflow = owner.publish(definition)
    for name in ("Ünal", "Ada"):
        owner.call_webhook(workflow, {"name": name})
    query = {
        "dataset": "executions",
        "measures": ["succeeded", "duration_p95"],
        "period": {"last": 1},
    }

    def succeeded() -> bool:
        totals = owner.ok("POST", "/v1/analytics/queries", query)["totals"]["values"]
        return bool(totals[0] == 2 and totals[1] is not None)

    until(succeeded, "two executions in the figures")
    steps = {
        "dataset": "steps",
        "measures": ["count"],
        "dimensions": ["step"],
        "period": {"last": 1},
    }

    def steps_counted() -> list[list[str]]:
        rows = owner.ok("POST", "/v1/analytics/queries", steps)["rows"]
        return [row["dimensions"] for row in rows]

    until(lambda: steps_counted() == [["greet"]], "their steps")
    found = until(
        lambda: owner.ok("GET", "/v1/search?words=ünal&kind=execution")["items"], "the words"
    )
    assert len(found) == 1
    performance = owner.ok("POST", f"/v1/analytics/performance?workflow_id={workflow['id']}", {})
    assert performance["overall"]["totals"]["values"][0] == 2


def test_a_workspace_says_how_it_counts(owner: Client) -> None:
    """With another time zone days are summed anew; executions are judged by a new target."""
    wanted = {"time_zone": "Europe/Zurich", "currency": "CHF", "hourly_rate": 80, "locale": "de"}
    assert owner.ok("PUT", "/v1/analytics/settings", wanted) == wanted
    steps = [{"id": "a", "set": 1}]
    triggers = [{"id": "h", "type": "webhook"}]
    workflow = owner.publish({"name": "Judged", "triggers": triggers, "steps": steps})
    target = {"target_ms": 1, "saved_minutes": 5}
    assert owner.ok("PUT", f"/v1/workflows/{workflow['id']}/target", target) == target
    assert owner.ok("GET", "/v1/analytics/settings") == wanted
