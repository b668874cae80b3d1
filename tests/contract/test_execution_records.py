"""Executions' rows in a real database: events in any order, and nights that remove what is old."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from statewright import world
from statewright.db import close_pool
from statewright.db.migrate import migrate
from statewright.settings import settings
from statewright.workflows import executions, retention

NOW = datetime(2030, 1, 1, tzinfo=UTC)
WORKSPACE, WORKFLOW, OTHER = (f"0190b0a0-0000-7000-8000-0000000000{x}" for x in ("aa", "01", "02"))


@pytest.fixture
def db(database: str) -> Iterator[psycopg.Connection[Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATEWRIGHT_DATABASE_URL", database)
        settings.cache_clear()
        migrate()
        patch.setattr(world, "now", lambda: NOW)
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("INSERT INTO workspaces (id, name, created_at) VALUES (%s, 'W', now())", [WORKSPACE])  # fmt: skip
            for workflow in (WORKFLOW, OTHER):
                connection.execute("INSERT INTO workflows (id, workspace_id, name, definition, version, created_at, updated_at) VALUES (%s, %s, %s, '{}', 1, now(), now())", [workflow, WORKSPACE, workflow])  # fmt: skip
            yield connection
            connection.execute("DELETE FROM workspaces WHERE id = %s", [WORKSPACE])
        close_pool()
    settings.cache_clear()


def told(status: str, at: int, redrives: int = 0, name: str = "x", **more: Any) -> dict[str, Any]:
    """A status event's detail; ``at``: seconds after the start."""
    ended = status != "RUNNING"
    return {
        "name": name,
        "executionArn": f"arn:execution:{name}",
        "stateMachineArn": f"arn:stateMachine:sw-{WORKFLOW}",
        "status": status,
        "startDate": 1_000_000,
        "stopDate": 1_000_000 + at * 1000 if ended else None,
        "redriveCount": redrives,
        "input": json.dumps({"trigger": {"type": "webhook", "body": {"a": "wörd\0", "n": 5}}}),
        **more,
    }


LIFE = [
    told("RUNNING", 0),
    told("FAILED", 5, error="Boom", cause="first"),
    told("RUNNING", 6, 1),
    told("SUCCEEDED", 9, 1),
]


def test_whatever_the_order_of_events_the_last_of_its_life_stands(
    db: psycopg.Connection[Any],
) -> None:
    for order in itertools.permutations(range(len(LIFE))):
        db.execute("DELETE FROM executions")
        news = [len(executions.record([LIFE[index]])) for index in order]
        row = db.execute("SELECT status, redrives, error, cause, extract(epoch FROM stopped_at) FROM executions").fetchone()  # fmt: skip
        assert row == ("succeeded", 1, None, None, 1009), order
        progress = [max(order[: n + 1]) for n in range(len(order))]
        rises = [n == 0 or progress[n] > progress[n - 1] for n in range(len(order))]
        assert news == [int(rise) for rise in rises], "only news is told"


def test_a_batch_counts_as_its_newest_event(db: psycopg.Connection[Any]) -> None:
    (row,) = executions.record([LIFE[3], LIFE[0], LIFE[1], LIFE[2]])
    assert (row["status"], row["redrives"]) == ("succeeded", 1)
    assert executions.record([LIFE[1]]) == []


def test_inputs_are_searchable_within_bounds() -> None:
    assert executions.searchable({"a": [1, {"b": "x\0y"}], "c": True, "d": None}) == "1 x y"
    assert len(executions.searchable({"a": ["word"] * 100_000})) <= executions.MAX_WORDS
    assert executions.searchable(None) == ""


def test_nights_remove_what_is_older_than_workflow_workspace_or_deployment_say(
    db: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PART", 2)
    ages = {"new": 1, "a": 15, "b": 25, "c": 95}
    for workflow, (name, days) in itertools.product((WORKFLOW, OTHER), ages.items()):
        detail = told("SUCCEEDED", 0, name=name, stateMachineArn=f"arn:sw-{workflow}")
        detail["executionArn"] = f"arn:{workflow}:{name}"
        detail["stopDate"] = int((NOW - timedelta(days=days)).timestamp() * 1000)
        executions.record([detail])
    executions.record([told("RUNNING", 0, name="runs for years")])

    def kept(workflow: str) -> set[str]:
        rows = db.execute("SELECT id FROM executions WHERE workflow_id = %s", [workflow])
        return {row[0] for row in rows} - {"runs for years"}

    assert retention.expire() == 2
    assert kept(WORKFLOW) == kept(OTHER) == {"new", "a", "b"}, "90 days, if nobody says anything"
    db.execute("UPDATE workspaces SET retention_days = 10")
    db.execute("UPDATE workflows SET retention_days = 20 WHERE id = %s", [WORKFLOW])
    assert retention.expire() == 3
    assert (kept(WORKFLOW), kept(OTHER)) == ({"new", "a"}, {"new"})
    db.execute("UPDATE workflows SET deleted_at = %s", [NOW - timedelta(days=2)])
    db.execute("UPDATE workspaces SET retention_days = 1")
    db.execute("UPDATE workflows SET retention_days = 1")
    db.execute("UPDATE executions SET stopped_at = stopped_at - interval '1 hour'")
    assert retention.expire() == 3
    left = db.execute("SELECT id::text FROM workflows").fetchall()
    assert left == [(WORKFLOW,)], "one still has an execution that runs"
