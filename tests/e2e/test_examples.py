"""Every example, end to end over HTTP, against a second real HTTP server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.server import ROOT, Client, Server, read_json, until

NAMES = sorted(path.stem for path in (ROOT / "examples").glob("*.yaml"))


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "examples@example.com").register()


@pytest.fixture(scope="module")
def published(owner: Client, crm: str) -> dict[str, dict[str, Any]]:
    owner.ok("PUT", "/v1/variables", {"variables": {"crm": crm}})
    order = sorted(NAMES, key=lambda name: len(read_json(_outcome(name)).get("needs", [])))
    return {name: owner.publish((ROOT / "examples" / f"{name}.yaml").read_text()) for name in order}


def _outcome(name: str) -> Any:
    return ROOT / "examples" / f"{name}.json"


def _cases() -> list[Any]:
    return [
        pytest.param(name, run, id=f"{name}-{index}")
        for name in NAMES
        for index, run in enumerate(read_json(_outcome(name))["runs"])
    ]


def test_there_are_five_examples() -> None:
    assert len(NAMES) >= 5


@pytest.mark.parametrize(("name", "run"), _cases())
def test_example(
    name: str, run: dict[str, Any], owner: Client, published: dict[str, dict[str, Any]]
) -> None:
    workflow = published[name]
    mails_before = len(owner.mails())
    if run.get("manual"):
        path = f"/v1/workflows/{workflow['id']}/executions"
        started = owner.ok("POST", path, {"input": run["body"]})
    else:
        answer = owner.call_webhook(workflow, run["body"])
        assert answer.status_code == 202, answer.text
        started = answer.json()
    if "decide" in run:
        title = _title(name, run["body"])
        link = owner.approval_link(title)
        page = owner.http.get(link)
        assert page.status_code == 200
        assert title in page.text
        assert owner.http.post(link, json=run["decide"]).status_code == 200
    execution = owner.ended(started["execution_id"])
    assert execution["status"] == run["status"], execution
    assert execution["output"] == run.get("output")
    assert (execution["error"], execution["cause"]) == (run.get("error"), run.get("cause"))
    if run["status"] == "succeeded":
        if "mails" in run:
            _await_mails(owner, mails_before, run["mails"])
        assert {step["status"] for step in execution["steps"]} <= {
            "succeeded",
            "failed",
            "skipped",
            "not_reached",
        }


def _await_mails(owner: Client, before: int, expected: list[str]) -> None:
    """The mails that a run sends, and none besides; notices of other runs' failures may come in."""

    def came() -> list[str]:
        subjects = [subject for subject, _ in owner.mails()[before:]]
        others = ("' failed", "Confirm your address")  # of registering: it may be late
        return sorted(subject for subject in subjects if not subject.endswith(others))

    until(lambda: len(came()) >= len(expected), f"{expected}")
    assert came() == sorted(expected)


def _title(name: str, body: dict[str, Any]) -> str:
    if name == "order-intake":
        return f"Order {body['order_id']} over {body['total']}"
    return f"{body['employee']} spent {body['amount']}"


def test_a_second_decision_is_refused(owner: Client, published: dict[str, dict[str, Any]]) -> None:
    body = {"employee": "Grace", "amount": 500, "purpose": "Bench"}
    started = owner.call_webhook(published["expense-approval"], body).json()
    link = owner.approval_link("Grace spent 500")
    form = {"decision": "approved", "comment": "by form"}
    first = owner.http.post(link, data=form)
    assert first.status_code == 200
    assert "approved" in first.text
    second = owner.http.post(link, json={"decision": "rejected"})
    assert second.status_code == 409
    assert owner.ended(started["execution_id"])["status"] == "succeeded"


def test_the_step_view_follows_the_definition(
    owner: Client, published: dict[str, dict[str, Any]]
) -> None:
    run = read_json(_outcome("order-intake"))["runs"][0]
    started = owner.call_webhook(published["order-intake"], run["body"]).json()
    steps = {s["name"]: s for s in owner.ended(started["execution_id"])["steps"]}
    assert steps["Ask a person"]["status"] == "not_reached"
    assert steps["Approve at once"]["output"] == {"decision": "approved"}
    assert steps["Reserve one line"]["runs"] == 2
    assert steps["Reserve stock"]["output"] == ["chair-4-0", "table-1-1"]


def test_a_webhook_starts_what_is_published_now(owner: Client) -> None:
    """Its route may be remembered; the version that it starts may not."""
    workflow = owner.publish(_answering("old"))
    for answer in ("old", "new"):
        if answer == "new":
            _publish_again(owner, workflow, _answering("new"))
        started = owner.call_webhook(workflow, {}).json()
        assert owner.ended(started["execution_id"])["output"] == answer


def _answering(answer: str) -> dict[str, Any]:
    return {
        "statewright": 1,
        "name": "What is published",
        "triggers": [{"id": "hook", "type": "webhook"}],
        "steps": [{"id": "answer", "set": answer}],
        "output": "{% $answer %}",
    }


def _publish_again(owner: Client, workflow: dict[str, Any], definition: dict[str, Any]) -> None:
    path = f"/v1/workflows/{workflow['id']}"
    draft = owner.ok("GET", path)["draft"]
    owner.ok("PUT", path, {"definition": definition, "draft": draft})
    owner.ok("POST", f"{path}/versions")
