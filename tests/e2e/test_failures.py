"""What follows failed executions: notices, workflows that start with the failure, and no loops."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from statewright.aws import states
from statewright.errors import UnavailableError
from statewright.workflows import failures
from tests.e2e.notifications.rig import WORKSPACE, CrashError, Rig, opened
from tests.support.server import Client, Server, until


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    client = Client(server, "owner@failures.example").register()
    me = client.session["user_id"]
    client.ok("POST", "/v1/groups", {"name": "ops", "members": [me]})
    return client


def failing(name: str, on_failure: dict[str, Any] | None = None) -> dict[str, Any]:
    stop = {"status": "failed", "error": "Broken", "cause": "Order {% $trigger.body.order %}"}
    return {
        "name": name,
        "triggers": [{"id": "h", "type": "webhook"}],
        "settings": {"on_failure": on_failure} if on_failure else {},
        "steps": [{"stop": stop}],
    }


def handler(name: str, steps: list[dict[str, Any]], output: Any = None) -> dict[str, Any]:
    triggers = [{"id": "m", "type": "manual"}]
    return {"name": name, "triggers": triggers, "steps": steps, "output": output}


def run(owner: Client, definition: dict[str, Any]) -> dict[str, Any]:
    """Publishes what fails and lets it; returns what became of it."""
    workflow = owner.publish(definition)
    started = owner.call_webhook(workflow, {"order": 7}).json()
    return owner.ended(started["execution_id"])


def handled(owner: Client, execution: dict[str, Any], what: Callable[[Any], Any]) -> dict[str, Any]:
    """What was done about a failure, once it is."""

    def check() -> Any:
        items = owner.ok("GET", "/v1/failure-handlings?limit=200")["items"]
        found = [item for item in items if item["execution_id"] == execution["id"]]
        return next((item for item in found if what(item)), None)

    return dict(until(check, f"the handling of {execution['workflow']}"))


def test_people_are_told_and_a_workflow_starts_with_the_failure(owner: Client) -> None:
    keep = [{"id": "kept", "set": "{% $trigger.body %}"}]
    owner.publish(handler("Keep failures", keep, "{% $kept %}"))
    notify = ["ops", "boss@else.example"]
    failed = run(owner, failing("Fails loudly", {"notify": notify, "start": "Keep failures"}))
    done = handled(owner, failed, lambda item: item["started_id"])
    output = owner.ended(done["started_id"])["output"]
    assert output["workflow"]["name"] == "Fails loudly"
    assert output["execution"]["id"] == failed["id"]
    assert (output["error"], output["cause"]) == ("Broken", "Order 7")
    assert output["input"] == {"order": 7}

    def told() -> Any:
        to = sorted(m.to for m in owner.letters() if m.subject == "'Fails loudly' failed")
        return to if len(to) >= 2 else None

    assert until(told, "the mails") == ["boss@else.example", "owner@failures.example"]


def test_a_failed_handler_starts_nothing_nor_does_what_it_runs(owner: Client) -> None:
    """The workspace's default would start it again for its own failure, for ever."""
    child = owner.publish(failing("Fails below"))
    run_child = [{"id": "below", "use": "workflow.run", "with": {"workflow": "Fails below"}}]
    owner.publish(handler("Handler", run_child))
    path, loop = f"/v1/workflows/{child['id']}", failing("Fails below", {"start": "Handler"})
    owner.ok("PUT", path, {"definition": loop, "draft": child["draft"]})
    owner.ok("POST", f"{path}/versions")
    owner.ok("PUT", "/v1/failure-handling", {"notify": ["role:owner"], "start": "Handler"})
    try:
        failed = run(owner, failing("Fails by default"))
        first = handled(owner, failed, lambda item: item["started_id"])
        second = owner.ended(first["started_id"])
        assert second["status"] == "failed"
        assert handled(owner, second, lambda item: True)["start"] is None
        below = owner.ok("GET", f"/v1/executions?workflow_id={child['id']}")["items"]
        assert len(below) == 1
        assert handled(owner, below[0], lambda item: True)["start"] is None
    finally:
        owner.ok("PUT", "/v1/failure-handling", {"notify": [], "start": None})


def test_what_cannot_be_started_is_told_to_owners(owner: Client) -> None:
    needs = handler("Needs more", [{"id": "a", "set": 1}])
    needs["input"] = {"type": "object", "required": ["ticket"]}
    owner.publish(needs)
    failed = run(owner, failing("Fails badly", {"start": "Needs more"}))
    done = handled(owner, failed, lambda item: item["problem"])
    assert "'Needs more' was not started" in done["problem"]
    until(lambda: any(m.subject == "'Fails badly' failed" and "not started" in m.text for m in owner.letters()), "the mail")  # fmt: skip


def test_checks_know_what_follows(owner: Client) -> None:
    wrong = failing("Wrong", {"notify": ["user:nobody"], "start": "Keep failure"})
    created = owner.ok("POST", "/v1/workflows", {"definition": wrong})
    answer = owner.request("POST", f"/v1/workflows/{created['id']}/versions")
    assert answer.status_code == 422
    found = {issue["pointer"]: issue.get("suggestion") for issue in answer.json()["errors"]}
    assert found["/settings/on_failure/start"] == "did you mean `Keep failures`?"
    assert "/settings/on_failure/notify/0" in found


@pytest.mark.parametrize(
    "body",
    [
        {"notify": ["group:none"]},
        {"notify": ["user:x"]},
        {"start": "None such"},
        {"notify": "role:owner"},
        {"other": 1},
    ],
)
def test_a_default_that_cannot_be(owner: Client, body: dict[str, Any]) -> None:
    before = owner.ok("GET", "/v1/failure-handling")
    assert owner.request("PUT", "/v1/failure-handling", body).status_code == 422
    assert owner.ok("GET", "/v1/failure-handling") == before


# -- once, whatever happens in between -----------------------------------------------------------

WORKFLOW = "0190b0a0-0000-7000-8000-000000000001"
_WORLD = f"""
    INSERT INTO workflows VALUES ('{WORKFLOW}', '{WORKSPACE}', 'Fails', '{{}}', 1, 1, true, now(), now());
    INSERT INTO workflow_versions VALUES ('{WORKFLOW}', 1, '{WORKSPACE}', '{{}}', '{{}}', '{{}}',
        'arn:x:1', 'user:x', now());
    UPDATE workspaces SET on_failure = '{{"notify": ["role:owner"], "start": "Fails"}}';
"""


@pytest.fixture
def rig(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    with opened(database, monkeypatch) as made:
        made.sql(_WORLD)
        yield made


def failure(trigger: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "x",
        "status": "FAILED",
        "error": "Broken",
        "cause": "why",
        "executionArn": "arn:execution:x",
        "stateMachineArn": f"arn:aws:states:us-east-1:000000000000:stateMachine:sw-{WORKFLOW}",
        "startDate": 1893499200000,
        "stopDate": 1893499201000,
        "input": json.dumps({"trigger": trigger}),
    }


@pytest.mark.parametrize("fault", [CrashError("before the start"), UnavailableError("away")])
def test_each_failure_is_handled_once(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    started: list[str] = []
    faults = [fault]

    def start(arn: str, name: str, text: str) -> bool:
        if faults:
            raise faults.pop()
        started.append(name)
        return True

    monkeypatch.setattr(states, "start", start)
    with pytest.raises(type(fault)):
        failures.handle(failure({"type": "manual", "body": {}}))
    for _ in range(3):
        failures.handle(failure({"type": "manual", "body": {}}))
    assert len(started) == 1
    assert rig.sql("SELECT count(*) FROM notifications") == [(1,)]
    assert rig.sql("SELECT started_id FROM failure_handlings") == [(started[0],)]


@pytest.mark.parametrize(
    "trigger", [{"type": "failure"}, {"type": "workflow", "started_by": failures.HANDLER}]
)
def test_what_a_failure_has_started_starts_nothing(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, trigger: dict[str, Any]
) -> None:
    monkeypatch.setattr(states, "start", lambda *given: pytest.fail("it was started"))
    failures.handle(failure(trigger))
    assert rig.sql("SELECT start FROM failure_handlings") == [(None,)]


def test_a_long_input_is_asked_for(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Step Functions' event leaves it out."""
    given = {"trigger": {"type": "manual", "body": "x" * 150_000}}
    bodies: list[Any] = []
    monkeypatch.setattr(states, "describe", lambda arn: {"input": given})
    monkeypatch.setattr(states, "start", lambda arn, name, text: bodies.append(json.loads(text)))
    detail = failure({})
    failures.handle({**detail, "input": None})
    assert bodies[0]["trigger"]["body"]["input"] is None
    assert bodies[0]["trigger"]["body"]["error"] == "Broken"
