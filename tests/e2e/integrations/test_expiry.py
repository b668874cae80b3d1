"""Notices of connections that end soon: in time, and each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from statewright.auth.roles import ROLES
from statewright.aws import events, kms
from statewright.aws.events import Event
from statewright.http.caller import Caller
from statewright.integrations import connection_expiry, connections
from statewright.integrations.connection_models import ConnectionChange, NewConnection
from tests.e2e.notifications.rig import START, USER, WORKSPACE, Rig, opened

CALLER = Caller(WORKSPACE, USER, "owner", ROLES["owner"])


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """Events that the platform was told of."""
    found: list[Event] = []
    monkeypatch.setattr(events, "publish", found.extend)
    return found


@pytest.fixture
def rig(database: str, monkeypatch: pytest.MonkeyPatch, published: list[Event]) -> Iterator[Rig]:
    monkeypatch.setattr(kms, "new_data_key", lambda context: (b"k" * 32, b"sealed"))
    monkeypatch.setattr(kms, "open_data_key", lambda sealed, context: b"k" * 32)
    with opened(database, monkeypatch) as found:
        yield found


def test_ends_are_told_in_time_and_once_each(rig: Rig, published: list[Event]) -> None:
    for name, days in (("near", 13), ("far", 90)):
        new = NewConnection.model_validate(
            {
                "name": name,
                "auth": {"kind": "signing_secret", "secret": "x"},
                "expires_at": START + timedelta(days=days),
            }
        )
        made = connections.create(CALLER, new)
    told = "SELECT content ->> 'subject' FROM notifications ORDER BY id"
    for _ in range(2):
        assert connection_expiry.tell() == 1
        assert rig.sql(told) == [("The connection 'near' ends on 14 January 2030",)]
    rig.now += timedelta(days=11)
    connection_expiry.tell()
    rig.now += timedelta(days=3)
    connection_expiry.tell()
    assert [text for (text,) in rig.sql(told)] == [
        "The connection 'near' ends on 14 January 2030",
        "The connection 'near' ends on 14 January 2030",
        "The connection 'near' ended on 14 January 2030",
    ]
    assert {event.type for event in published} == {"connection.expiring"}
    assert len({event.id for event in published}) == 3, "an event for each notice, however often"
    assert published[0].data["connection"] == "near"
    rig.now += timedelta(days=8)
    assert connection_expiry.tell() == 0
    rig.now = made.expires_at or rig.now
    connections.change(CALLER, made.id, ConnectionChange(expires_at=None))
    assert connection_expiry.tell() == 0
