"""One id through the logs: from the webhook's request over each step to the execution's end."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import pytest

from tests.support.server import Client, Server, until
from tests.support.web import Reply, web


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@logs.example").register()


def naming(server: Server, ids: Collection[str]) -> list[dict[str, Any]]:
    """The product's log lines that have one of some ids anywhere."""
    text = (server.data.parent / f"{server.data.name}.log").read_text()
    found = [line for line in text.splitlines() if line[:1] == "{" and any(i in line for i in ids)]
    return [json.loads(line) for line in found]


def lines(server: Server, execution: str) -> list[dict[str, Any]]:
    """The product's log lines of an execution, and of what it causes."""
    return [line for line in naming(server, [execution]) if line.get("correlation_id") == execution]


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


def workflows(owner: Client, name: str) -> dict[str, Any]:
    """A workflow that runs another one and publishes an event. The other one sends a mail, asks a
    person and fails, which a third one handles; the event starts a fourth."""
    by_hand = [{"id": "m", "type": "manual"}]
    kept = [{"id": "kept", "set": 1}]
    owner.publish({"name": f"{name} handler", "triggers": by_hand, "steps": kept})
    heard = [{"id": "heard", "type": "event", "event": f"{name.lower()}.done"}]
    owner.publish({"name": f"{name} listener", "triggers": heard, "steps": kept})
    mail = {"to": "ada@logs.example", "subject": name, "text": "T", "wait": True}
    ask = {"assignees": ["role:owner"], "title": f"{name}?"}
    child = [
        {"id": "told", "use": "email.send", "with": mail},
        {"id": "asked", "use": "human.approval", "with": ask},
        {"stop": {"status": "failed", "error": "Broken"}},
    ]
    failing = {"on_failure": {"start": f"{name} handler", "notify": ["role:owner"]}}
    owner.publish(
        {"name": f"{name} child", "triggers": by_hand, "steps": child, "settings": failing}
    )
    run = {"use": "workflow.run", "with": {"workflow": f"{name} child"}, "on_error": "continue"}
    publish = {"use": "event.publish", "with": {"type": f"{name.lower()}.done"}}
    steps = [{"id": "ran", **run}, {"id": "published", **publish}]
    hook = [{"id": "h", "type": "webhook"}]
    return owner.publish({"name": name, "triggers": hook, "steps": steps})


def decide(owner: Client, title: str) -> None:
    """Says yes to a task once it is there."""

    def open_task() -> Any:
        items = owner.ok("GET", "/v1/tasks")["items"]
        return next((item for item in items if item["title"] == title), None)

    task = until(open_task, "the task")
    owner.ok("POST", f"/v1/tasks/{task['id']}/decision", {"decision": "approved"})


def family(owner: Client, root: str, name: str) -> set[str]:
    """The ids of a root's execution and of the three that come of it, once all are recorded."""

    def check() -> Any:
        items = owner.ok("GET", "/v1/executions?limit=50")["items"]
        found = {item["id"] for item in items if item["workflow"].startswith(name)}
        return found if len(found) == 4 else None

    found: set[str] = until(check, "four executions")
    assert root in found
    return found


QUEUES = {
    "notifications-email",
    "notifications-execution-failed",
    "notifications-in-app",
    "platform-events",
    "tasks-execution-ended",
    "trigger-firings",
    "webhooks",
    "workflows-execution-failed",
}
"""Whose messages tell of what the test below begins."""


def test_what_a_webhook_causes_carries_its_executions_id(owner: Client) -> None:
    server = owner.server
    with web(lambda asked: Reply(204)) as there:
        owner.ok("POST", "/v1/webhooks", {"url": there.url, "events": ["task.*"]})
        workflow = workflows(owner, "Caused")
        root = owner.call_webhook(workflow, {}).json()["execution_id"]
        decide(owner, "Caused?")
        owner.ended(root)
        ids = family(owner, root, "Caused")

        def all_told() -> Any:
            found = lines(server, root)
            recorded = {line["execution_id"] for line in found if line["message"] == "execution recorded" and line["status"] != "running"}  # fmt: skip
            queues = {line["queue"].partition("-")[2] for line in found if line["message"] == "message ended"}  # fmt: skip
            return found if recorded == ids and queues >= QUEUES and there.asked else None

        found = until(all_told, f"lines of {root}")
    started = {line["execution_id"] for line in found if line["message"] == "execution started"}
    assert len(started) == 3  # Step Functions itself starts the child
    assert started < ids
    steps = {(line["step"], line["execution_id"] == root) for line in found if line["message"] == "step ended"}  # fmt: skip
    assert steps == {("told", False), ("asked", False)}
    assert {"decision told", "delivery told"} <= {line["message"] for line in found}
    about = naming(server, ids)
    assert {line.get("correlation_id") for line in about} == {root}
