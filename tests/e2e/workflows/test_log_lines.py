"""One id through the logs: from the webhook's request over each step to the execution's end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.server import Client, Server, until


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@logs.example").register()


def lines(server: Server, execution: str) -> list[dict[str, Any]]:
    """The product's log lines of an execution."""
    text = (server.data.parent / f"{server.data.name}.log").read_text()
    found = [json.loads(line) for line in text.splitlines() if execution in line and line[0] == "{"]
    return [line for line in found if line.get("correlation_id") == execution]


def test_lines_of_an_execution_share_its_id(owner: Client, crm: str) -> None:
    call = {"method": "GET", "url": f"{crm}/customers/c-1"}
    workflow = owner.publish(
        {
            "name": "Logged",
            "triggers": [{"id": "h", "type": "webhook"}],
            "steps": [
                {"id": "asked", "use": "http.request", "with": call},
                {"id": "failing", "use": "http.request", "with": {**call, "url": "http://192.0.2.1/"}, "on_error": "continue"},
            ],
        }
    )  # fmt: skip
    answer = owner.call_webhook(workflow, {})
    execution = answer.json()["execution_id"]
    owner.ended(execution)

    def told() -> Any:
        found = {line["message"]: line for line in lines(owner.server, execution)}
        return found if {"execution started", "execution recorded"} <= found.keys() else None

    found = until(told, "the log lines")
    assert found["execution started"]["request_id"] == answer.headers["x-request-id"]
    steps = [one for one in lines(owner.server, execution) if one["message"] == "step ended"]
    outcomes = {line["step"]: line["outcome"] for line in steps}
    assert outcomes == {"asked": "succeeded", "failing": "Http.Refused"}
