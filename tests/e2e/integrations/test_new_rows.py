"""The new-row trigger: a poll with ``db.query`` and a column as its cursor, on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from statewright.aws import functions, states
from statewright.aws.functions import Answer
from statewright.integrations import credentials
from statewright.integrations.credentials import Credentials
from statewright.integrations.databases import opening, postgresql, step
from statewright.integrations.databases.driver import Limits
from statewright.integrations.reach import parse_reach
from tests.e2e.notifications.rig import WORKSPACE, Rig, opened
from tests.e2e.triggers.test_polls import WORKFLOW, Shop, put
from tests.support import databases

HERE = parse_reach("127.0.0.0/8")
ROWS: dict[str, Any] = {
    "use": "db.query",
    "connection": "shop",
    "with": {
        "sql": "SELECT n, city FROM fresh WHERE n > :seen ORDER BY n LIMIT 2",
        "parameters": {"seen": "{% $cursor ? $cursor : 0 %}"},
    },
    "items": "{% $result.rows %}",
    "cursor": "{% $items ? $max($items.n) : $cursor %}",
}


@pytest.fixture
def shop(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Shop, str]]:
    with databases.postgresql(database) as url, opened(database, monkeypatch) as rig:
        made = Shop(rig)
        chosen = {"engine": "postgresql", "read_only": True}
        connection = Credentials("c", WORKSPACE, "shop", "database", chosen, 1, "works", {"url": url}, {})  # fmt: skip
        monkeypatch.setattr(credentials, "for_step", lambda workspace_id, name: connection)
        monkeypatch.setattr(opening, "reach_of", lambda workspace_id: HERE)
        monkeypatch.setattr(states, "start", made.start)

        def call(name: str, event: dict[str, Any], seconds: int = 50) -> Answer:
            assert name == "statewright-steps-use-database"
            return Answer(step.perform(event))

        monkeypatch.setattr(functions, "call", call)
        _prepare(rig)
        _insert(url, "DROP TABLE IF EXISTS fresh")
        _insert(url, "CREATE TABLE fresh (n int PRIMARY KEY, city text)")
        put(made, **ROWS)
        yield made, url


def _prepare(rig: Rig) -> None:
    rig.sql(
        f"INSERT INTO workflows (id, workspace_id, name, definition, created_at, updated_at)"
        f" VALUES ('{WORKFLOW}', '{WORKSPACE}', 'W', '{{}}', now(), now())"
    )


def _insert(url: str, sql: str) -> None:
    with postgresql.opened(url, HERE, Limits(), read_only=False) as driver:
        driver.execute(sql, {}, 0)


def test_each_new_row_starts_one_execution(shop: tuple[Shop, str]) -> None:
    made, url = shop
    _insert(url, "INSERT INTO fresh VALUES (1, 'Rome')")
    assert made.poll() == [], "rows that were there before are only noted"
    _insert(url, "INSERT INTO fresh VALUES (2, 'Oslo'), (3, 'Bonn'), (4, 'Ulm')")
    assert made.poll() == [2, 3]
    assert made.poll() == [2, 3, 4]
    assert made.poll() == [2, 3, 4]
    assert made.row()["cursor"] == 4
    cities = sorted(trigger["body"]["city"] for trigger in made.started.values())
    assert cities == ["Bonn", "Oslo", "Ulm"]
