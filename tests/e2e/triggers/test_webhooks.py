"""Webhooks that answer with results, know repetitions, and keep out what they do not take."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.e2e.triggers.conftest import Workspace

HOOK = {"id": "h", "type": "webhook"}
DOUBLE = [{"id": "double", "set": "{% $trigger.body.n * 2 %}"}]


def call(
    owner: Workspace, workflow: dict[str, Any], method: str = "POST", **options: Any
) -> httpx.Response:
    url = next(iter(workflow["webhooks"].values()))
    return owner.http.request(method, f"/hooks/{url.rsplit('/', 1)[1]}", **options)


def publish(owner: Workspace, name: str, hook: dict[str, Any], **more: Any) -> dict[str, Any]:
    definition = {"name": name, "triggers": [{**HOOK, **hook}], "steps": DOUBLE, **more}
    return owner.publish(definition)


@pytest.mark.parametrize("mode", ["standard", "express"])
def test_the_answer_is_the_result(owner: Workspace, mode: str) -> None:
    response = {
        "status": "{% $output.n > 10 ? 201 : 200 %}",
        "headers": {
            "X-Kind": "{% $trigger.body.kind %}",
            "Set-Cookie": "mine=1",
            "X-Line": "a\r\nb",
        },
        "body": {"doubled": "{% $output.n %}"},
    }
    found = publish(
        owner, f"Answers {mode}", {"respond": "when_finished", "response": response},
        output={"n": "{% $double %}"}, settings={"mode": mode},
    )  # fmt: skip
    answer = call(owner, found, json={"n": 3, "kind": "quick"})
    assert (answer.status_code, answer.json()) == (200, {"doubled": 6})
    assert (answer.headers["x-kind"], answer.headers["x-line"]) == ("quick", "ab")
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-security-policy"] == "sandbox"
    assert call(owner, found, json={"n": 6}).status_code == 201


def test_a_workflow_that_fails_is_a_problem_document(owner: Workspace) -> None:
    stop = {"stop": {"status": "failed", "error": "Mine", "cause": "secret reasons"}}
    found = owner.publish(
        {"name": "Fails", "triggers": [{**HOOK, "respond": "when_finished"}], "steps": [stop]}
    )
    answer = call(owner, found, json={})
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:statewright:problem:workflow-failed"
    assert "Mine" in answer.json()["detail"]
    assert "secret" not in answer.text


def test_a_step_answers_while_the_workflow_goes_on(owner: Workspace) -> None:
    found = owner.publish(
        {
            "name": "Early",
            "triggers": [{**HOOK, "respond": "double", "response": {"status": 202, "body": "{% $output %}"}}],
            "steps": [*DOUBLE, {"wait": {"for": "1h"}}],
        }
    )  # fmt: skip
    answer = call(owner, found, json={"n": 4})
    assert (answer.status_code, answer.json()) == (202, 8)
    (execution,) = owner.started(found)
    assert execution["status"] == "running"
    path = next(iter(found["webhooks"].values())).rsplit("/", 1)[1]
    later = owner.http.get(f"/hooks/{path}/executions/{execution['id']}")
    assert (later.status_code, later.json()) == (202, 8)
    assert owner.http.get(f"/hooks/{path}/executions/none").status_code == 404
    other = publish(owner, "Other", {})
    token = next(iter(other["webhooks"].values())).rsplit("/", 1)[1]
    assert owner.http.get(f"/hooks/{token}/executions/{execution['id']}").status_code == 404


def test_the_same_key_is_the_same_execution(owner: Workspace) -> None:
    dedup = {"key": "{% $trigger.body.order %}", "window": "1h"}
    found = publish(owner, "Dedup", {"dedup": dedup})
    ids = [call(owner, found, json={"order": o, "n": n}).json()["execution_id"] for o, n in ((7, 1), (7, 2), (8, 1))]  # fmt: skip
    assert ids[0] == ids[1] != ids[2]
    without = [call(owner, found, json={"n": 1}).json()["execution_id"] for _ in range(2)]
    assert without[0] != without[1], "a call without a key is on its own"
    assert len(owner.started(found, 4)) == 4


def test_an_idempotency_key_belongs_to_one_request(owner: Workspace) -> None:
    found = publish(owner, "Keys", {})
    start = f"/v1/workflows/{found['id']}/executions"

    def hook(n: int, key: str) -> httpx.Response:
        return call(owner, found, json={"n": n}, headers={"Idempotency-Key": key})

    def api(n: int, key: str) -> httpx.Response:
        return owner.request("POST", start, {"input": {"n": n}}, headers={"Idempotency-Key": key})

    for send in (hook, api):
        first, again, other = send(1, "k"), send(1, "k"), send(2, "k")
        assert first.status_code == again.status_code == 202
        assert first.json() == again.json()
        assert other.status_code == 422
        assert other.json()["type"] == "urn:statewright:problem:invalid-input"
        assert send(1, "x" * 201).status_code == 422
    assert hook(1, "k").json() != api(1, "k").json(), "each way has keys of its own"


@pytest.fixture(scope="module")
def picky(owner: Workspace) -> dict[str, Any]:
    hook = {
        "method": ["POST", "PUT"],
        "content_types": ["application/json", "application/x-www-form-urlencoded"],
    }
    number = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    return publish(owner, "Picky", hook, input=number)


@pytest.mark.parametrize(
    ("method", "options", "status"),
    [
        ("PUT", {"json": {"n": 1}}, 202),
        ("GET", {}, 405),
        ("POST", {"content": b"n=1", "headers": {"content-type": "text/csv"}}, 415),
        ("POST", {"content": b"n=1"}, 415),
        ("POST", {"content": b"{", "headers": {"content-type": "application/json"}}, 400),
        ("POST", {"content": b"\xff", "headers": {"content-type": "application/json"}}, 400),
        ("POST", {"json": {"n": "one"}}, 422),
        ("POST", {"data": {"n": "2", "tag": ["a", "b"]}}, 422),
        ("POST", {"content": b'{"n": NaN}', "headers": {"content-type": "application/json"}}, 400),
        ("POST", {"json": {"n": 1, "x": "y" * 250_000}}, 413),
    ],
)  # fmt: skip
def test_what_it_does_not_take(
    owner: Workspace, picky: dict[str, Any], method: str, options: Any, status: int
) -> None:
    answer = call(owner, picky, method, **options)
    assert answer.status_code == status, answer.text
    if status > 299:
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_forms_fields_are_an_object(owner: Workspace) -> None:
    found = owner.publish({"name": "Fields", "triggers": [{**HOOK, "respond": "when_finished"}], "steps": DOUBLE[:0] or [{"id": "a", "set": 1}], "output": "{% $trigger.body %}"})  # fmt: skip
    assert call(owner, found, data={"n": "2", "tag": ["a", "b"]}).json() == {
        "n": "2",
        "tag": ["a", "b"],
    }
