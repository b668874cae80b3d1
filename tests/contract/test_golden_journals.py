"""Databases of earlier versions: every kind of waiting goes on, to the end that it had then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asl.adapters.postgres_journal import create_schema
from asl.execution import Status
from tests.contract import golden_journals
from tests.contract.golden_journals import MACHINES, Recording, World

GOLDEN = sorted((Path(__file__).parent / "golden").glob("journals-*.json"))
assert GOLDEN, "the recordings are missing"


@pytest.fixture(params=GOLDEN, ids=lambda file: file.stem)
def recorded(request: pytest.FixtureRequest) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(request.param.read_text())
    return read


@pytest.fixture
def world(recorded: dict[str, Any], pool: Any, database: str) -> Iterator[World]:
    """Today's engine on the database that was recorded."""
    recording = Recording(**{name: recorded[name] for name in Recording.__slots__})
    golden_journals.restore(pool, recording)
    create_schema(pool)
    opened = World(database, recording.now, answers=True)
    yield opened
    opened.close()


def test_what_was_stored_reads_as_it_did(recorded: dict[str, Any], world: World) -> None:
    assert golden_journals.histories(world) == recorded["histories"]


def test_everything_goes_on_to_the_same_end(recorded: dict[str, Any], world: World) -> None:
    waiting = [e.arn for e in world.executions() if e.status is Status.RUNNING]
    assert len(waiting) == len(MACHINES) - 1, "all but three had not ended; two have a sibling"
    ends = golden_journals.finish(world)
    assert ends == recorded["ends"]
    assert world.journal.announcements(1) == []
    assert world.journal.next_due() is None


def test_tasks_under_way_are_called_once_with_the_keys_they_had(
    recorded: dict[str, Any], world: World
) -> None:
    world.runner.recover()
    golden_journals.until(world.settled, "the tasks' results")
    assert set(recorded["held"]) <= set(world.called)
    assert len(world.called) == len(set(world.called))
