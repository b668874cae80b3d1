"""What a webhook's call costs: the plain one asks the database for nothing but its trigger."""

from __future__ import annotations

import json
from typing import Any

import pytest

from statewright.aws import states
from statewright.db import sessions
from statewright.errors import StatewrightError
from statewright.workflows.triggers import targets, webhooks
from statewright.workflows.triggers.targets import Target
from statewright.workflows.webhook_request import WebhookCall

CALL = WebhookCall("token", "POST", {"content-type": "application/json"}, {}, b'{"n": 1}')


class NoDatabaseError(Exception):
    """The database was asked."""


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The inputs of executions that were started, where any use of the database fails the test."""
    inputs: list[dict[str, Any]] = []

    def refuse() -> Any:
        raise NoDatabaseError

    monkeypatch.setattr(sessions, "_pool", refuse)
    monkeypatch.setattr(states, "start", lambda arn, name, text: inputs.append(json.loads(text)))
    return inputs


def receive(monkeypatch: pytest.MonkeyPatch, call: WebhookCall, **settings: Any) -> int:
    target = Target("w", "f", "F", "h", "webhook", "arn:live", "standard", settings)
    monkeypatch.setattr(targets, "by_token", lambda token, kind: target)
    return webhooks.receive(call).status


@pytest.mark.parametrize("plain", [{}, {"verify": None, "deliveries": None}, {"deliveries": False}])
def test_a_plain_call_makes_no_query(
    started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, plain: dict[str, Any]
) -> None:
    assert receive(monkeypatch, CALL, **plain) == 202
    (sent,) = started
    assert sent["trigger"]["body"] == {"n": 1}


def test_a_call_that_is_verified_or_kept_does(
    started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = {"scheme": "github", "secret": "c", "addresses": [], "window": "5m"}
    for guarded in ({"verify": verify}, {"deliveries": {"keep": "1d", "bodies": True}}):
        with pytest.raises(NoDatabaseError):
            receive(monkeypatch, CALL, **guarded)
    assert len(started) == 1, "nothing starts before it is verified; what has begun is then kept"


def test_who_is_refused_by_address_makes_no_query_for_secrets(
    started: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = {"scheme": "github", "secret": "c", "addresses": ["192.0.2.1"], "window": "5m"}
    with pytest.raises(StatewrightError) as refused:
        receive(monkeypatch, CALL, verify=addresses, deliveries=False)
    assert refused.value.kind == "webhook-address"
    assert started == []
