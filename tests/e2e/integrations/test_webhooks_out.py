"""Webhooks out: told once and signed, tried for days, given up, replayed, turned off."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from standardwebhooks import Webhook

from statewright.aws import kms
from statewright.errors import ConflictError
from statewright.http.caller import Caller
from statewright.integrations.endpoints import managing, schedule, sending
from statewright.integrations.endpoints.models import (
    NewWebhook,
    ReplayRequest,
    SecretRotation,
    WebhookChange,
    WebhookWithSecret,
)
from tests.e2e.notifications import rig as notifications
from tests.e2e.notifications.rig import START, USER, WORKSPACE, CrashError
from tests.support.server import Client, Server, until
from tests.support.web import Asked, Reply, Web, web

OWNER = Caller(WORKSPACE, USER, "owner")


@dataclass
class Rig:
    """A database and a clock of one's own, and an endpoint that answers as a test says."""

    base: notifications.Rig
    there: Web
    answers: list[Reply] = field(default_factory=list)

    def make(self, **wanted: Any) -> WebhookWithSecret:
        return managing.create(OWNER, NewWebhook(url=f"{self.there.url}/hook", **wanted))

    def tell(self, event_id: str = "one", status: str = "failed") -> None:
        detail = {"workspace_id": WORKSPACE, "id": event_id, "data": {"status": status}}
        event = {"detail-type": "execution.ended", "detail": detail, "time": "2030-01-01T12:00:00Z"}
        sending.tell(json.dumps({**event, "id": "x"}))

    def drain(self, times: int = 1) -> None:
        """Sends what waits in the queue, each message so many times, and lets delays pass."""
        while self.base.delayed:
            sending_id, delay = self.base.delayed.pop(0)
            self.base.now += timedelta(seconds=delay)
            for _ in range(times):
                sending.send(sending_id)

    def sweep_after(self, **much: float) -> int:
        self.base.now += timedelta(**much)
        return sending.sweep()["sent"]

    def statuses(self, made: WebhookWithSecret) -> list[str]:
        page = managing.list_messages(OWNER, made.id, None, None, 50)
        return [item.status for item in page.items]


@pytest.fixture
def rig(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setenv("STATEWRIGHT_OUTBOUND_ALLOW", "127.0.0.0/8")
    monkeypatch.setattr(kms, "new_data_key", lambda context: (bytes(32), b"sealed"))
    monkeypatch.setattr(kms, "open_data_key", lambda sealed, context: bytes(32))
    answers: list[Reply] = []

    def answer(asked: Asked) -> Reply:
        return answers.pop(0) if len(answers) > 1 else (answers or [Reply(204)])[0]

    with web(answer) as there, notifications.opened(database, monkeypatch) as base:
        yield Rig(base, there, answers)


def test_an_event_and_its_messages_twice_are_one_call(rig: Rig) -> None:
    made = rig.make(events=["execution.failed"])
    for _ in range(2):
        rig.tell()
    rig.drain(times=3)
    rig.tell()
    rig.tell("two", "succeeded")
    rig.drain()
    (asked,) = rig.there.asked
    assert asked.headers["content-type"] == "application/json"
    assert json.loads(asked.body) == {"type": "execution.failed", "timestamp": "2030-01-01T12:00:00Z", "data": {"status": "failed"}}  # fmt: skip
    assert rig.statuses(made) == ["delivered"]


def test_it_is_tried_for_three_days_with_the_same_id_and_given_up(rig: Rig) -> None:
    made = rig.make()
    rig.answers.append(Reply(500, body=b"down"))
    rig.tell()
    rig.drain()
    for _ in range(100):
        rig.sweep_after(hours=1)
        rig.drain()
    assert rig.statuses(made) == ["dead"]
    assert len(rig.there.asked) == schedule.MOST_ATTEMPTS
    assert len({asked.headers["webhook-id"] for asked in rig.there.asked}) == 1
    assert len({asked.headers["webhook-timestamp"] for asked in rig.there.asked}) == 10
    (message,) = managing.list_messages(OWNER, made.id, "dead", None, 1).items
    tries = managing.get_message(OWNER, made.id, message.id).tries
    assert [(t.status, t.response) for t in tries] == [(500, "down")] * 10
    waits = [b.at - a.at for a, b in pairwise(tries)]
    assert waits == sorted(waits)
    assert waits[0] < timedelta(seconds=7)
    assert timedelta(hours=75) < tries[-1].at - START < timedelta(hours=95)
    rig.answers[:] = [Reply(200)]
    assert managing.replay_all(OWNER, made.id, ReplayRequest(since=START)).messages == 1
    assert managing.replay_all(OWNER, made.id, ReplayRequest(since=START)).messages == 0
    rig.drain(times=2)
    assert rig.statuses(made) == ["delivered"]
    assert managing.get(OWNER, made.id).failing_since is None
    assert len(rig.there.asked) == schedule.MOST_ATTEMPTS + 1
    managing.replay(OWNER, made.id, message.id)
    rig.drain()
    assert len(managing.get_message(OWNER, made.id, message.id).tries) == 12


def test_lasting_failure_turns_it_off_and_somebody_is_told(rig: Rig) -> None:
    made = rig.make()
    rig.answers.append(Reply(500))
    for day in range(6):
        rig.tell(f"day {day}")
        rig.drain()
        rig.sweep_after(days=1)
    found = managing.get(OWNER, made.id)
    assert (found.enabled, found.disabled_reason) == (False, "It has taken nothing since 01 January 2030.")  # fmt: skip
    rows = rig.base.sql("SELECT content ->> 'subject' FROM notifications")
    assert rows == [("A webhook was turned off",)]
    calls = len(rig.there.asked)
    rig.tell("later")
    rig.sweep_after(days=3)
    rig.drain()
    assert len(rig.there.asked) == calls
    with pytest.raises(ConflictError):
        managing.replay_all(OWNER, made.id, ReplayRequest(since=START))
    assert managing.change(OWNER, made.id, WebhookChange(enabled=True)).failing_since is None
    rig.answers[:] = [Reply(200)]
    given_up = rig.statuses(made).count("dead")
    assert given_up >= 5
    assert managing.replay_all(OWNER, made.id, ReplayRequest(since=START)).messages == given_up
    rig.drain()
    assert set(rig.statuses(made)) == {"delivered"}


def test_one_that_is_gone_is_turned_off_at_once(rig: Rig) -> None:
    made = rig.make()
    rig.answers.append(Reply(410))
    rig.tell()
    rig.drain()
    assert rig.statuses(made) == ["dead"]
    assert managing.get(OWNER, made.id).disabled_reason == "It answered 410 Gone."


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_sender_that_dies_is_followed_by_another(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    made = rig.make()
    rig.tell()

    def die(*_: Any, **__: Any) -> None:
        raise CrashError(place)

    with monkeypatch.context() as dying:
        dying.setattr(sending, "_call" if place == "before" else "_settle", die)
        with pytest.raises(CrashError):
            rig.drain()
    assert rig.sweep_after(seconds=60) == 0, "its claim holds"
    assert rig.sweep_after(seconds=60) == 1
    assert rig.sweep_after(seconds=1) == 0, "the queue has it"
    rig.drain()
    assert rig.statuses(made) == ["delivered"]
    assert len(rig.there.asked) == (1 if place == "before" else 2)
    assert len({asked.headers["webhook-id"] for asked in rig.there.asked}) == 1


def test_an_endpoint_may_ask_for_time(rig: Rig) -> None:
    made = rig.make()
    rig.answers += [Reply(503, {"Retry-After": "3600"}), Reply(200)]
    rig.tell()
    rig.drain()
    assert rig.sweep_after(minutes=59) == 0
    assert rig.sweep_after(minutes=2) == 1
    rig.drain()
    assert rig.statuses(made) == ["delivered"]


def test_both_secrets_sign_while_one_follows_the_other(rig: Rig) -> None:
    first = rig.make()
    second = managing.rotate(OWNER, first.id, SecretRotation(overlap_hours=2))
    assert first.secret != second.secret
    for event, hours in (("one", 0), ("two", 3)):
        rig.base.now += timedelta(hours=hours)
        rig.tell(event)
        rig.drain()
    both, new = rig.there.asked
    assert [len(a.headers["webhook-signature"].split()) for a in (both, new)] == [2, 1]
    assert _verifies(both, first.secret)
    assert _verifies(both, second.secret)
    assert _verifies(new, second.secret)
    assert not _verifies(new, first.secret)
    stored = rig.base.sql("SELECT sealed, previous FROM webhook_endpoints")
    assert not any(first.secret.encode() in bytes(one) for one in stored[0])


def _verifies(asked: Asked, secret: str) -> bool:
    """By the reference library, whatever the time on its clock."""
    message_id, time = asked.headers["webhook-id"], int(asked.headers["webhook-timestamp"])
    signed = Webhook(secret).sign(
        message_id, datetime.fromtimestamp(time, UTC), asked.body.decode()
    )
    return signed in asked.headers["webhook-signature"].split()


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "http://[::1]:9/", "http://10.0.0.1/x", "http://127.0.0.1:1/"]
)  # fmt: skip
def test_addresses_inside_are_out_of_reach(rig: Rig, url: str) -> None:
    made = managing.create(OWNER, NewWebhook(url=f"{url}?token=hidden"))
    rig.tell()
    rig.base.delayed[:] = [rig.base.delayed[0]]
    sending.send(rig.base.delayed.pop()[0])
    (message,) = managing.list_messages(OWNER, made.id, None, None, 1).items
    (tried,) = managing.get_message(OWNER, made.id, message.id).tries
    assert tried.status is None
    assert tried.problem
    assert "hidden" not in tried.problem


def test_redirects_are_not_followed(rig: Rig) -> None:
    made = rig.make()
    rig.answers.append(Reply(302, {"Location": f"{rig.there.url}/elsewhere"}))
    rig.tell()
    sending.send(rig.base.delayed.pop(0)[0])
    assert rig.statuses(made) == ["pending"]
    assert [asked.path for asked in rig.there.asked] == ["/hook"]


def test_old_messages_are_forgotten(rig: Rig) -> None:
    made = rig.make()
    rig.tell()
    rig.drain()
    rig.base.now += timedelta(days=31)
    assert sending.sweep()["forgotten"] == 1
    assert rig.statuses(made) == []


# -- over HTTP, from the event to the call ----------------------------------------------------------


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@webhooks-out.example").register()


def arrived(there: Web, check: Callable[[dict[str, Any]], bool]) -> list[Asked]:
    return [asked for asked in there.asked if check(json.loads(asked.body))]


def test_what_happens_is_told_to_those_who_want_to_hear_of_it(owner: Client) -> None:
    with web(lambda asked: Reply(200, body=b"thanks")) as there:
        wanted = {
            "url": f"{there.url}/in?k=1",
            "events": ["execution.failed", "workflow.*", "task.*"],
        }
        made = owner.ok("POST", "/v1/webhooks", wanted)
        ask = {"use": "human.approval", "with": {"assignees": ["role:owner"], "title": "May we?"}}
        steps = [
            {"id": "ask", "when": "{% $trigger.body.ask %}", **ask},
            {"stop": {"status": "failed", "error": "Mine"}, "when": "{% $trigger.body.fail %}"},
        ]
        definition = {"name": "Told", "triggers": [{"id": "h", "type": "webhook"}], "steps": steps}
        found = owner.publish(definition)
        owner.call_webhook(found, {"fail": False, "ask": False})
        failed = owner.call_webhook(found, {"fail": True, "ask": False}).json()["execution_id"]
        owner.call_webhook(found, {"fail": False, "ask": True})
        kinds = {"workflow.published", "execution.failed", "task.assigned"}
        until(lambda: {json.loads(a.body)["type"] for a in there.asked} == kinds, "three events")
        for asked in there.asked:
            Webhook(made["secret"]).verify(asked.body, asked.headers)
        (one,) = arrived(there, lambda body: body["type"] == "execution.failed")
        assert json.loads(one.body)["data"]["execution_id"] == failed
        (task,) = arrived(there, lambda body: body["type"] == "task.assigned")
        assert json.loads(task.body)["data"]["title"] == "May we?"
        path = f"/v1/webhooks/{made['id']}"
        test = owner.ok("POST", f"{path}/test")
        until(lambda: owner.ok("GET", f"{path}/messages/{test['id']}")["status"] == "delivered", "the test")  # fmt: skip
        message = owner.ok("GET", f"{path}/messages/{test['id']}")
        assert message["payload"]["type"] == "webhook.test"
        assert [(t["status"], t["response"]) for t in message["tries"]] == [(200, "thanks")]
        first = owner.ok("GET", f"{path}/messages?limit=3")
        rest = owner.ok("GET", f"{path}/messages?limit=3&cursor={first['next']}")
        assert len({item["id"] for item in first["items"] + rest["items"]}) == 4
        assert rest["next"] is None
        assert "secret" not in owner.ok("GET", path)
        heard = len(there.asked)
        again = owner.ok("POST", f"{path}/secret", {})["secret"]
        owner.ok("POST", f"{path}/messages/{test['id']}/replay")
        until(lambda: len(there.asked) > heard, "the test once more")
        Webhook(again).verify(there.asked[-1].body, there.asked[-1].headers)
        since = {"since": message["created_at"]}
        assert owner.ok("POST", f"{path}/replay", since) == {"messages": 0}, "none was given up"
        owner.ok("PATCH", path, {"enabled": False})
        for action in (f"{path}/test", f"{path}/messages/{test['id']}/replay"):
            assert owner.request("POST", action).status_code == 409
        assert owner.request("DELETE", path).status_code == 204
        assert owner.request("GET", path).status_code == 404


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"url": "ftp://x.example"}, "/url"),
        ({"url": "https://user:pw@x.example"}, "/url"),
        ({"url": "https://x.example", "events": ["execution.fialed"]}, "/events/0"),
        ({"url": "https://x.example", "events": []}, "/events"),
        ({"url": "https://x.example", "secret": "mine"}, "/secret"),
    ],
)
def test_what_is_no_webhook(owner: Client, wanted: dict[str, Any], pointer: str) -> None:
    answer = owner.request("POST", "/v1/webhooks", wanted)
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_there_are_so_many_and_no_more(server: Server) -> None:
    other = Client(server, "many@webhooks-out.example").register()
    made = [
        other.request("POST", "/v1/webhooks", {"url": "https://x.example"}).status_code
        for _ in range(managing.MOST + 1)
    ]
    assert made == [201] * managing.MOST + [409]
