"""The use cases of sending against a real database, with a topic, a provider and a clock to decide on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from statewright import world
from statewright.aws import queues, topics
from statewright.db import close_pool
from statewright.db.migrate import migrate
from statewright.notifications import delivering, sending, sweeping, tracking, unsubscribing
from statewright.notifications.models import NewNotification, Notification
from statewright.notifications.providers.base import Account, Outgoing, Taken
from statewright.notifications.sending import Sender
from statewright.settings import settings

WORKSPACE = "0190b0a0-0000-7000-8000-0000000000aa"
USER = "0190b0a0-0000-7000-8000-0000000000bb"
START = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
_WORLD = f"""
    DELETE FROM workspaces; DELETE FROM users;
    INSERT INTO workspaces VALUES ('{WORKSPACE}', 'W', '{{}}', now());
    INSERT INTO users VALUES ('{USER}', 'owner@example.com', 'O', NULL, now());
    INSERT INTO memberships VALUES ('{WORKSPACE}', '{USER}', 'owner', now());
"""


class CrashError(BaseException):
    """The process dies here: nothing of ours catches this."""


@dataclass
class Rig:
    """What a test decides on, and sees."""

    queue: list[str] = field(default_factory=list)
    delayed: list[tuple[str, int]] = field(default_factory=list)
    calls: list[Outgoing] = field(default_factory=list)
    now: datetime = START
    provider: Callable[[Outgoing], Taken] = lambda message: Taken("test", f"p-{message.id}")
    crash_at: str = ""

    def send(self, **wanted: Any) -> Notification:
        body = {"to": ["a@example.com"], "content": {"subject": "S", "text": "T"}, **wanted}
        sender = Sender(WORKSPACE, "user:test", body.pop("task_token", None))
        return sending.send(sender, NewNotification.model_validate(body))

    def publish(self, topic_arn: str, messages: list[topics.Message]) -> None:
        self.here("before publishing")
        self.queue += [message.text for message in messages]
        self.here("after publishing")

    def call(self, channel: str, message: Outgoing, account: Account | None) -> Taken:
        self.here("before the provider")
        taken = self.provider(message)
        self.calls.append(message)
        self.here("after the provider")
        return taken

    def here(self, place: str) -> None:
        if self.crash_at == place:
            self.crash_at = ""
            raise CrashError(place)

    def drain(self, times: int = 1) -> None:
        """Delivers what waits in the queue, each message so many times."""
        while self.queue:
            text = self.queue.pop(0)
            for _ in range(times):
                delivering.deliver(text, self.call)

    def drain_together(self) -> None:
        """Delivers what waits in the queue as one batch, each message twice."""
        batch = delivering.Batch(self.queue, self.call)
        texts, self.queue = self.queue, []
        for text in texts:
            batch.deliver(text)
            batch.deliver(text)
        self.here("before noting")
        batch.note()

    def drain_after(self, work: Callable[[], Any]) -> None:
        """Does something, and delivers what came of it."""
        work()
        self.drain()

    def later(self, **much: float) -> dict[str, int]:
        """Time passes, and the sweeper comes."""
        self.now += timedelta(**much)
        return sweeping.sweep(lambda: True)

    def statuses(self, sent: Notification) -> list[str]:
        page = tracking.deliveries(WORKSPACE, sent.id, None, None, 200)
        return [item.status for item in page.items]

    def sql(self, query: str) -> list[Any]:
        with psycopg.connect(settings().database_url) as connection:
            found = connection.execute(query.encode())
            return found.fetchall() if found.description else []


@contextmanager
def opened(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """A rig on a database of its own, empty but for one workspace and its owner."""
    url = _create(database)
    monkeypatch.setenv("STATEWRIGHT_DATABASE_URL", url)
    settings.cache_clear()
    close_pool()
    migrate()
    rig = Rig()
    rig.sql(_WORLD)
    monkeypatch.setattr(world, "now", lambda: rig.now)
    monkeypatch.setattr(topics, "publish", rig.publish)
    monkeypatch.setattr(
        queues, "send", lambda url, text, delay=0: rig.delayed.append((text, delay))
    )
    monkeypatch.setattr(unsubscribing, "link", lambda row: None)
    try:
        yield rig
    finally:
        close_pool()
        settings.cache_clear()


def _create(database: str) -> str:
    with psycopg.connect(database, autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = 'notify'").fetchone()
        if known is None:
            connection.execute("CREATE DATABASE notify")
        info = connection.info
        return psycopg.conninfo.make_conninfo(database, dbname="notify", user=info.user)


def message_of(text: str) -> str:
    """The delivery that a queue's message is about."""
    return str(json.loads(text)["delivery_id"])
