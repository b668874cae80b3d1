"""Drafts tried out over HTTP: whole, up to a step, one step alone; nothing of it is left."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.server import Client, Server, until

CALL = {
    "id": "customer",
    "use": "http.request",
    "with": {"url": "http://127.0.0.1:9/{% $trigger.body.id %}"},
    "retry": {"attempts": 1, "interval": "1s", "on": ["Http.ServerError"]},
}
DEFINITION = {
    "name": "Tried",
    "settings": {"mode": "express"},
    "input": {"type": "object", "required": ["id"]},
    "steps": [
        CALL,
        {"id": "greeting", "set": "Hello {% $customer.body.name %}"},
        {"id": "each", "for_each": [1, 2], "as": "n", "steps": [{"id": "sq", "set": "{% $n * $n %}"}], "output": "{% $sq %}"},
        {"id": "nap", "wait": {"for": "1d"}},
    ],
    "output": "{% $greeting %}",
}  # fmt: skip


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@tries.example").register()


@pytest.fixture(scope="module")
def path(owner: Client) -> str:
    return f"/v1/workflows/{owner.ok('POST', '/v1/workflows', {'definition': DEFINITION})['id']}"


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def done(owner: Client, run: dict[str, Any]) -> dict[str, Any]:
    def check() -> Any:
        now = owner.ok("GET", f"/v1/test-runs/{run['id']}")
        return now if now["status"] != "running" else None

    found: dict[str, Any] = until(check, "the test run's end")
    return found


PINS = {"pins": {"customer": {"status": 200, "headers": {}, "body": {"name": "Ada"}}}}
INPUT = {"input": {"id": 7}}


def test_up_to_a_step_with_pinned_outputs(owner: Client, path: str) -> None:
    run = done(owner, owner.ok("POST", f"{path}/test-runs", {**INPUT, **PINS, "until": "each"}))
    assert run["status"] == "succeeded"
    assert {step["id"]: (step["status"], step["output"]) for step in run["steps"]} == {
        "customer": ("succeeded", PINS["pins"]["customer"]),
        "greeting": ("succeeded", "Hello Ada"),
        "each": ("succeeded", [1, 4]),
        "sq": ("succeeded", 4),
    }
    assert owner.ok("GET", f"/v1/test-runs/{run['id']}") == run, "it stays when its machine is gone"
    assert owner.ok("GET", "/v1/executions")["items"] == [], "it is no execution of the workflow"
    problem(owner.request("POST", f"/v1/test-runs/{run['id']}/stop"), 409)


def test_what_is_not_pinned_happens(owner: Client, path: str) -> None:
    run = done(owner, owner.ok("POST", f"{path}/test-runs", INPUT))
    assert (run["status"], run["error"]) == ("failed", "Http.Unreachable")


def test_one_step_with_values_for_what_it_reads(owner: Client, path: str) -> None:
    values = {"customer": {"status": 200, "body": {"name": "Grace"}}}
    only = {"only": "greeting", "values": values}
    run = done(owner, owner.ok("POST", f"{path}/test-runs", only))
    assert run["steps"][-1]["output"] == "Hello Grace"
    loop = done(owner, owner.ok("POST", f"{path}/test-runs", {"only": "each"}))
    assert loop["steps"][0]["output"] == [1, 4]


def test_a_run_that_waits_is_ended(owner: Client, path: str) -> None:
    run = owner.ok("POST", f"{path}/test-runs", {**INPUT, **PINS})
    waiting = until(
        lambda: [s for s in owner.ok("GET", f"/v1/test-runs/{run['id']}")["steps"] if s["status"] == "waiting"],
        "the nap",
    )  # fmt: skip
    assert waiting[0]["id"] == "nap"
    assert owner.ok("POST", f"/v1/test-runs/{run['id']}/stop")["status"] == "stopped"


@pytest.mark.parametrize(
    ("request_", "status", "output"),
    [
        ({"mock": {"result": {"status": 200, "body": 5}}}, "succeeded", {"status": 200, "body": 5}),
        ({"mock": {"error": "Http.ServerError", "cause": "busy"}}, "retriable", None),
        ({"mock": {"error": "Http.ClientError"}}, "failed", None),
        ({}, "failed", None),
    ],
)
def test_a_step_tried_by_itself(
    owner: Client, path: str, request_: Any, status: str, output: Any
) -> None:
    found = owner.ok("POST", f"{path}/steps/customer/trial", {**INPUT, **request_})
    assert (found["status"], found["output"]) == (status, output)
    payload = found["arguments"]["Payload"]
    assert payload["with"]["url"] == "http://127.0.0.1:9/7"


def test_a_set_is_tried_with_values(owner: Client, path: str) -> None:
    values = {"customer": {"body": {"name": "Linus"}}}
    found = owner.ok("POST", f"{path}/steps/greeting/trial", {"values": values})
    assert (found["status"], found["output"]) == ("succeeded", "Hello Linus")


def test_so_many_run_at_once_and_those_that_ended_do_not_count(server: Server) -> None:
    owner = Client(server, "busy@tries.example").register()
    draft = {"name": "Busy", "steps": [{"id": "a", "set": 1}, {"id": "nap", "wait": {"for": "1d"}}]}
    runs = (
        f"/v1/workflows/{owner.ok('POST', '/v1/workflows', {'definition': draft})['id']}/test-runs"
    )
    for _ in range(20):
        owner.ok("POST", runs, {"until": "a"})
    for _ in range(20):
        until(
            lambda: owner.request("POST", runs, {}).status_code == 202, "room behind one that ended"
        )
    problem(owner.request("POST", runs, {}), 409)


def test_what_cannot_be_tried_is_refused(owner: Client, path: str, server: Server) -> None:
    for body in (
        {"input": {}},
        {**INPUT, "until": "nowhere"},
        {**INPUT, "pins": {"nowhere": 1}},
        {**INPUT, "until": "each", "only": "each"},
        {"only": "greeting", "values": {"Not a name": 1}},
        {"only": "greeting", "values": {"trigger": 1}},
        {**INPUT, "unknown": 1},
        {**INPUT, "pins": []},
    ):
        problem(owner.request("POST", f"{path}/test-runs", body), 422)
    problem(owner.request("POST", f"{path}/steps/nowhere/trial", {}), 422)
    problem(owner.request("POST", f"{path}/steps/each/trial", {}), 409)
    problem(owner.request("POST", f"{path}/steps/greeting/trial", {"mock": {"eror": 1}}), 422)
    run = owner.ok("POST", f"{path}/test-runs", {**INPUT, **PINS, "until": "greeting"})
    stranger = Client(server, "stranger@tries.example").register()
    problem(stranger.request("GET", f"/v1/test-runs/{run['id']}"), 404)
    problem(stranger.request("POST", f"/v1/test-runs/{run['id']}/stop"), 404)
    problem(stranger.request("POST", f"{path}/test-runs", INPUT), 404)
