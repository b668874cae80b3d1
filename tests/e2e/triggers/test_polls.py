"""Polls on a real database: each item starts one execution, whatever fails or dies in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from statewright.aws import functions, states
from statewright.aws.functions import Answer
from statewright.errors import UnavailableError
from statewright.workflows.definition.triggers import PollTrigger
from statewright.workflows.triggers import polls
from tests.e2e.notifications.rig import WORKSPACE, CrashError, Rig, opened

WORKFLOW = "0190b0a0-0000-7000-8000-000000000001"
MESSAGE = json.dumps({"workflow_id": WORKFLOW, "trigger_id": "p", "at": "2030-01-01T12:00:00Z"})


@dataclass
class Shop:
    """A server with orders, and what was started for them."""

    rig: Rig
    orders: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    started: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    fail_after: int | None = None
    failure: type[BaseException] = CrashError

    def call(self, name: str, event: dict[str, Any], seconds: int = 50) -> Answer:
        assert name == "statewright-steps-http-request"
        self.asked.append(event["with"]["query"])
        if self.error is not None:
            return Answer(error=self.error, cause="so it is")
        after = event["with"]["query"]["after"] or 0
        return Answer({"body": {"orders": [o for o in self.orders if o["n"] > after]}})

    def start(self, machine_arn: str, name: str, execution_input: str) -> bool:
        if self.fail_after is not None:
            if self.fail_after == 0:
                self.fail_after = None
                raise self.failure("now")
            self.fail_after -= 1
        known = name in self.started
        self.started.setdefault(name, json.loads(execution_input)["trigger"])
        return not known

    def poll(self) -> list[int]:
        """Polls; returns the numbers of all orders that something was started for so far."""
        self.rig.now += timedelta(minutes=5)
        polls.take(MESSAGE)
        return sorted(trigger["body"]["n"] for trigger in self.started.values())

    def row(self) -> dict[str, Any]:
        names = ("cursor", "failures", "begun", "last_error")
        ((cursor, failures, begun, error),) = self.rig.sql(
            "SELECT p.cursor, p.failures, p.begun, t.last_error FROM polls p"
            " JOIN triggers t USING (workflow_id, trigger_id)"
        )
        return dict(zip(names, (cursor, failures, begun, error), strict=True))


def trigger(**changes: Any) -> dict[str, Any]:
    fields = {
        "id": "p",
        "type": "poll",
        "rate": "5m",
        "use": "http.request",
        "with": {"url": "{% $vars.shop %}", "query": {"after": "{% $cursor %}"}},
        "items": "{% $result.body.orders %}",
        "key": "{% $item.n %}",
        "cursor": "{% $max($items.n) %}",
        **changes,
    }
    return PollTrigger.model_validate(fields).model_dump(mode="json", by_alias=True)


@pytest.fixture
def shop(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    with opened(database, monkeypatch) as rig:
        made = Shop(rig, [{"n": 1}, {"n": 2}])
        monkeypatch.setattr(functions, "call", made.call)
        monkeypatch.setattr(states, "start", made.start)
        rig.sql(
            f"INSERT INTO workflows (id, workspace_id, name, definition, created_at, updated_at)"
            f" VALUES ('{WORKFLOW}', '{WORKSPACE}', 'W', '{{}}', now(), now())"
        )
        put(made)
        yield made


def put(shop: Shop, **changes: Any) -> None:
    settings = json.dumps(trigger(**changes)).replace("'", "''")
    shop.rig.sql(
        "DELETE FROM triggers; INSERT INTO triggers (token, workspace_id, workflow_id, trigger_id,"
        f" type, settings, machine_arn, created_at) VALUES ('t', '{WORKSPACE}', '{WORKFLOW}', 'p',"
        f" 'poll', '{settings}', 'arn:aws:states:r:1:stateMachine:m:live', now())"
    )


def test_what_was_there_is_noted_and_what_is_new_starts(shop: Shop) -> None:
    assert shop.poll() == []
    shop.orders += [{"n": 3}, {"n": 4}]
    assert shop.poll() == [3, 4]
    assert shop.poll() == [3, 4]
    assert [query["after"] for query in shop.asked] == [None, 2, 4]
    (first, _) = shop.started.values()
    assert (first["type"], first["headers"]["item-key"]) == ("poll", "3")


def test_or_everything_starts_at_first(shop: Shop) -> None:
    put(shop, first="start", cursor=None, **{"with": {"url": "x", "query": {"after": 0}}})
    assert shop.poll() == [1, 2]
    shop.orders.append({"n": 3})
    assert shop.poll() == [1, 2, 3], "items that come again start nothing again"


@pytest.mark.parametrize("failure", [CrashError, UnavailableError])
@pytest.mark.parametrize("fail_after", [0, 1, 2])
def test_the_cursor_moves_only_with_the_starts(
    shop: Shop, fail_after: int, failure: type[BaseException]
) -> None:
    shop.poll()
    shop.orders += [{"n": 3}, {"n": 4}, {"n": 5}]
    shop.fail_after, shop.failure = fail_after, failure
    with pytest.raises(failure):
        shop.poll()
    assert shop.row()["cursor"] == 2
    assert len(shop.started) == fail_after
    assert shop.poll() == [3, 4, 5]
    assert shop.row()["cursor"] == 5


def test_a_poll_that_fails_waits_longer_each_time_and_says_why(shop: Shop) -> None:
    shop.poll()
    shop.error = "Http.ServerError"
    for _ in range(12):
        shop.poll()
    assert len(shop.asked) < 8, "most of the twelve were too early"
    row = shop.row()
    assert row["failures"] == len(shop.asked) - 1
    assert row["last_error"] == "Http.ServerError: so it is"
    shop.error = None
    shop.orders.append({"n": 3})
    shop.rig.now += polls.MAX_BACK_OFF
    assert shop.poll() == [3]
    assert (shop.row()["failures"], shop.row()["last_error"]) == (0, None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"key": "{% $item.none %}"}, "no key"),
        ({"items": "{% $result.body.orders[0].n.x.y ~> $uppercase() ~> $number() %}"}, None),
        ({"items": "{% $number('x') %}"}, "fails"),
        ({"cursor": "{% $pad('', 120000, 'x') %}"}, "cursor has more than"),
    ],
)
def test_expressions_that_fail_are_the_triggers_error(
    shop: Shop, changes: dict[str, Any], words: str | None
) -> None:
    put(shop, **changes)
    assert shop.poll() == []
    error = shop.row()["last_error"]
    assert words is None or words in error


def test_what_the_workflow_does_not_take_is_shown_and_passed_by(shop: Shop) -> None:
    shop.poll()
    schema = '{"type": "object", "properties": {"n": {"maximum": 3}}}'
    shop.rig.sql(f"UPDATE triggers SET input_schema = '{schema}'")
    shop.orders += [{"n": 3}, {"n": 4}]
    assert shop.poll() == [3]
    assert "Item 4" in shop.row()["last_error"]
    assert shop.row()["cursor"] == 4


def test_a_great_many_items_take_several_polls(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polls, "MAX_STARTS", 2)
    shop.poll()
    shop.orders += [{"n": n} for n in range(3, 8)]
    assert [len(shop.poll()) for _ in range(3)] == [2, 4, 5]
    assert [query["after"] for query in shop.asked] == [None, 2, 2, 2]
    assert shop.row()["cursor"] == 7


def test_off_or_gone_it_does_not_ask(shop: Shop) -> None:
    shop.rig.sql("UPDATE triggers SET paused = true")
    shop.poll()
    shop.rig.sql("UPDATE triggers SET paused = false; UPDATE workflows SET enabled = false")
    shop.poll()
    shop.rig.sql("DELETE FROM triggers")
    shop.poll()
    assert shop.asked == []
