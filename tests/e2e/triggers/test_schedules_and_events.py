"""Schedules and events start workflows, once each; off, nothing does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.e2e.triggers.conftest import Workspace
from tests.support.server import Client, Server, until

TELL = {"output": "{% $trigger %}", "steps": [{"id": "a", "set": 1}]}


def workflow(name: str, *triggers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "triggers": list(triggers), **TELL, **more}


SOON = "2030-01-01T00:00:00"  # what `publish_soon` makes a moment that is shortly ahead


def test_a_moment_starts_the_workflow_once_with_its_body(owner: Workspace) -> None:
    found = owner.publish_soon(
        workflow("At", {"id": "then", "type": "schedule", "at": SOON, "body": {"n": 1}})
    )
    (execution,) = owner.started(found)
    told = owner.ended(execution["id"])["output"]
    assert (told["type"], told["id"], told["body"]) == ("schedule", "then", {"n": 1})
    assert told["received_at"][:19] == found["at"]
    until(lambda: owner.trigger(found, "then")["last_started_at"], "the note of it")
    assert owner.trigger(found, "then")["next_at"] is None
    owner.ok("POST", f"/v1/workflows/{found['id']}/versions")  # its time has passed: no new start
    assert len(owner.executions_of(found)) == 1


def test_schedules_show_their_next_time_and_survive_versions(owner: Workspace) -> None:
    nightly = {"id": "nightly", "type": "schedule", "cron": "0 2 * * *", "timezone": "Asia/Tokyo"}
    often = {"id": "often", "type": "schedule", "rate": "15m"}
    found = owner.publish(workflow("Nightly", nightly, often))
    due = datetime.fromisoformat(owner.trigger(found, "nightly")["next_at"])
    assert (due.astimezone(UTC).hour, due.minute) == (17, 0)
    first = owner.trigger(found, "often")["next_at"]
    owner.ok("POST", f"/v1/workflows/{found['id']}/versions")
    assert owner.trigger(found, "often")["next_at"] == first


@pytest.mark.parametrize(
    ("trigger", "pointer"),
    [
        ({"type": "schedule", "cron": "0 2 1 * MON"}, "/triggers/0/cron"),
        ({"type": "schedule", "cron": "0 25 * * *"}, "/triggers/0/cron"),
        ({"type": "schedule", "rate": "1h", "timezone": "Mars"}, "/triggers/0/timezone"),
        ({"type": "event", "event": "execution.exploded"}, "/triggers/0/event"),
        ({"type": "event", "event": "paid", "workflow": "None"}, "/triggers/0/workflow"),
        ({"type": "event", "event": "paid", "where": {"total": [{"near": 5}]}}, "/triggers/0"),
        ({"type": "event", "event": "paid", "where": {"total": 5}}, "/triggers/0"),
        ({"type": "webhook", "respond": "nothing"}, "/triggers/0/respond"),
    ],
)
def test_triggers_that_cannot_work_are_not_published(
    owner: Workspace, trigger: dict[str, Any], pointer: str
) -> None:
    made = owner.request("POST", "/v1/workflows", {"definition": workflow(f"No {sorted(trigger.items())}"[-50:], {"id": "t", **trigger})})  # fmt: skip
    assert made.status_code == 201, made.text
    answer = owner.request("POST", f"/v1/workflows/{made.json()['id']}/versions")
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert owner.ok("GET", f"/v1/workflows/{made.json()['id']}/triggers")["items"] == []


def test_an_event_starts_those_who_want_it_once_for_each_id(owner: Workspace) -> None:
    large = {"id": "large", "type": "event", "event": "invoice.paid", "where": {"total": [{"numeric": [">=", 100]}]}}  # fmt: skip
    all_of_them = {"id": "all", "type": "event", "event": "invoice.paid"}
    picky = owner.publish(workflow("Large invoices", large))
    keen = owner.publish(workflow("Invoices", all_of_them))
    for event_id, total in (("a", 100), ("a", 100), ("b", 5)):
        event = {"type": "invoice.paid", "data": {"total": total}, "id": event_id}
        assert owner.ok("POST", "/v1/events", event) == {"event_id": event_id}
    owner.started(keen, 2)
    (execution,) = owner.started(picky)
    told = owner.ended(execution["id"])["output"]
    assert told["body"] == {"total": 100}
    assert (told["headers"]["event-id"], told["headers"]["event-type"]) == ("a", "invoice.paid")


def test_events_stay_in_their_workspace(owner: Workspace, server: Server) -> None:
    found = owner.publish(workflow("Mine", {"id": "e", "type": "event", "event": "secret.thing"}))
    stranger = Client(server, "stranger@triggers.example").register()
    stranger.ok("POST", "/v1/events", {"type": "secret.thing"})
    owner.ok("POST", "/v1/events", {"type": "secret.thing", "data": {"mine": True}})
    (execution,) = owner.started(found)
    assert owner.ended(execution["id"])["output"]["body"] == {"mine": True}
    assert len(owner.executions_of(found)) == 1


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({"type": "execution.ended"}, 422),
        ({"type": "workflow.mine"}, 422),
        ({"type": ""}, 422),
        ({"type": "a b"}, 422),
        ({"type": "a", "data": []}, 422),
        ({"type": "a", "more": 1}, 422),
        ({"type": "a", "data": {"x": "y" * 250_000}}, 413),
    ],
)
def test_events_that_nobody_may_publish(owner: Workspace, event: Any, status: int) -> None:
    answer = owner.request("POST", "/v1/events", event)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_ends_of_other_workflows_start_one(owner: Workspace) -> None:
    fails = {"stop": {"status": "failed", "error": "Mine", "cause": "{% $trigger.body.why %}"}}
    source = owner.publish(
        {"name": "Source", "triggers": [{"id": "h", "type": "webhook"}],
         "steps": [{"when": "{% $exists($trigger.body.why) %}", **fails}, {"id": "a", "set": 1}]}
    )  # fmt: skip
    failed = {"id": "f", "type": "event", "event": "execution.failed", "workflow": "Source"}
    ended = {"id": "e", "type": "event", "event": "execution.ended"}
    on_failure = owner.publish(workflow("On failure", failed))
    on_any_end = owner.publish(workflow("On any end", ended))
    good = owner.call_webhook(source, {}).json()["execution_id"]
    bad = owner.call_webhook(source, {"why": "so"}).json()["execution_id"]
    (execution,) = owner.started(on_failure)
    body = owner.ended(execution["id"])["output"]["body"]
    assert (body["execution_id"], body["status"], body["error"]) == (bad, "failed", "Mine")
    assert body["workflow"] == "Source"

    def told() -> set[str]:
        ends = [owner.ended(item["id"]) for item in owner.executions_of(on_any_end)]
        return {end["output"]["body"]["execution_id"] for end in ends}

    until(lambda: told() >= {good, bad}, "both ends")
    owner.turn(on_any_end, "off")
    own = {item["id"] for item in owner.executions_of(on_any_end)}
    assert not told() & own, "its own ends do not start it again"


def test_publishing_and_switching_are_events(owner: Workspace) -> None:
    published = {"id": "p", "type": "event", "event": "workflow.published"}
    off = {"id": "o", "type": "event", "event": "workflow.turned_off"}
    watcher = owner.publish(workflow("Watcher", published, off))
    watched = owner.publish(workflow("Watched", {"id": "m", "type": "manual"}))
    owner.turn(watched, "off")
    owner.turn(watched, "off")

    def told() -> list[Any]:
        outputs = [owner.ended(e["id"])["output"] for e in owner.started(watcher, 2)]
        return [(o["id"], o["body"]["workflow"]) for o in outputs if o["body"]["workflow_id"] == watched["id"]]  # fmt: skip

    until(lambda: sorted(told()) == [("o", "Watched"), ("p", "Watched")], "both events, once each")
    owner.turn(watcher, "off")


def test_off_stops_everything_at_once_and_on_brings_it_back(owner: Workspace) -> None:
    triggers = [
        {"id": "hook", "type": "webhook"},
        {"id": "then", "type": "schedule", "at": SOON},
        {"id": "paid", "type": "event", "event": "off.test"},
    ]
    found = owner.publish_soon(workflow("Off", *triggers), lead=4)
    owner.turn(found, "off")
    before = owner.executions_of(found)  # none, unless this machine took seconds for turning off
    answer = owner.call_webhook(found, {})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    start = f"/v1/workflows/{found['id']}/executions"
    assert owner.request("POST", start, {}).status_code == 409
    owner.ok("POST", "/v1/events", {"type": "off.test", "id": "1"})
    other = owner.publish_soon(
        workflow("Later", {"id": "then", "type": "schedule", "at": SOON}), lead=5
    )
    owner.started(other)  # the moment of the workflow that is off has passed, too
    assert owner.executions_of(found) == before
    owner.ok("POST", f"/v1/workflows/{found['id']}/versions")
    assert owner.call_webhook(found, {}).status_code == 409, "publishing does not turn it on"
    owner.turn(found, "on")
    assert owner.call_webhook(found, {}).status_code == 202
    owner.ok("POST", "/v1/events", {"type": "off.test", "id": "2"})
    owner.started(found, len(before) + 2)


def test_one_trigger_can_be_paused(owner: Workspace) -> None:
    found = owner.publish(
        workflow("Paused", {"id": "a", "type": "webhook"}, {"id": "b", "type": "webhook"})
    )
    state = f"/v1/workflows/{found['id']}/triggers/a/state"
    assert owner.ok("PUT", state, {"state": "off"})["state"] == "off"
    owner.ok("POST", f"/v1/workflows/{found['id']}/versions")

    def call(trigger: str) -> int:
        url = found["webhooks"][trigger]
        return owner.http.post(f"/hooks/{url.rsplit('/', 1)[1]}", json={}).status_code

    assert (call("a"), call("b")) == (409, 202)
    owner.ok("PUT", state, {"state": "on"})
    assert call("a") == 202
    missing = owner.request("PUT", state.replace("/a/", "/none/"), {"state": "on"})
    assert missing.status_code == 404
    assert owner.request("PUT", state, {"state": "maybe"}).status_code == 422


@pytest.mark.parametrize("how", ["dropped", "archived", "deleted"])
def test_what_is_gone_starts_nothing(owner: Workspace, how: str) -> None:
    """A version without the trigger, the archive, and deletion: each takes the rule and URL away."""
    event = {"id": "e", "type": "event", "event": f"gone.{how}"}
    definition = workflow(f"Gone {how}", event, {"id": "h", "type": "webhook"})
    found = owner.publish(definition)
    witness = owner.publish(workflow(f"Witness {how}", event))
    path = f"/v1/workflows/{found['id']}"
    if how == "dropped":
        changed = {**definition, "triggers": [{"id": "m", "type": "manual"}]}
        owner.ok("PUT", path, {"definition": changed, "draft": found["draft"]})
        owner.ok("POST", f"{path}/versions")
        assert owner.ok("GET", f"{path}/triggers")["items"] == []
    elif how == "archived":
        owner.ok("POST", f"{path}/archive")
    else:
        owner.ok("DELETE", path)
    status = owner.call_webhook(found, {}).status_code
    assert status == (409 if how == "archived" else 404)
    owner.ok("POST", "/v1/events", {"type": f"gone.{how}"})
    owner.started(witness)
    assert owner.executions_of(found) == []
