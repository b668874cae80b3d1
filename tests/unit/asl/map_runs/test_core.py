"""What a Map run does next: every decision, from the run alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from asl.errors import StateError
from asl.map_runs import core
from asl.map_runs.model import Counts, Inputs, MapRun, MapRunStatus, Settings

RUN = MapRun(
    arn="arn:aws:states:us-east-1:000000000000:mapRun:m/L:1",
    parent_arn="arn:aws:states:us-east-1:000000000000:execution:m:x",
    path=(),
    machine_arn="arn:aws:states:us-east-1:000000000000:stateMachine:m/L",
    role_arn="role",
    revision=1,
    state="M",
    started_at=0,
    settings=Settings(),
    inputs=Inputs(items=[1, 2, 3, 4, 5]),
)
ERROR = StateError("E", "c")


@pytest.mark.parametrize(
    ("run", "decision"),
    [
        ({}, core.StartChildren(core.BATCH)),
        ({"settings": Settings(2)}, core.StartChildren(2)),
        ({"settings": Settings(2), "read": 2, "started": 2}, core.Rest()),
        ({"settings": Settings(2), "started": 2, "executions": Counts(1)}, core.StartChildren(1)),
        ({"exhausted": True, "started": 2, "executions": Counts(1)}, core.Rest()),
        ({"exhausted": True, "started": 2, "executions": Counts(2)}, core.Finish()),
        ({"exhausted": True}, core.Finish()),
        ({"started": 3, "executions": Counts(1, 1), "items": Counts(1, 1)}, core.Fail(core.EXCEEDED)),
        ({"started": 3, "executions": Counts(1, 0, 1), "items": Counts(1, 0, 1)}, core.Fail(core.EXCEEDED)),
        ({"exhausted": True, "started": 1, "executions": Counts(0, 0, 0, 1), "items": Counts(0, 0, 0, 1)}, core.Finish()),
        ({"failure": ERROR, "started": 3, "executions": Counts(2)}, core.StopChildren()),
        ({"stopping": True, "started": 3, "executions": Counts(2)}, core.StopChildren()),
        ({"failure": ERROR, "express": True, "started": 3, "executions": Counts(2)}, core.Rest()),
        ({"failure": ERROR, "started": 3, "executions": Counts(2, 1)}, core.Finish()),
        ({"failure": ERROR}, core.Finish()),
        ({"status": MapRunStatus.FAILED}, core.Tell()),
        ({"status": MapRunStatus.SUCCEEDED, "told": True}, core.Rest()),
    ],
)  # fmt: skip
def test_decisions(run: dict[str, Any], decision: core.Decision) -> None:
    assert core.decide(replace(RUN, **run)) == decision


@pytest.mark.parametrize(
    ("failed", "total", "count", "percentage", "exceeded"),
    [
        (0, 3, 0, 0, False),
        (1, 3, 0, 0, True),
        (1, 3, 1, 100, False),
        (3, 3, 1, 100, True),
        (3, 3, 3, 100, False),
        (1, 3, 0, 100, False),
        (1, 3, 9, 34, False),
        (1, 3, 9, 33, True),
        (1, 4, 9, 25, False),
        (1, 3, 0, 50, False),
        (3, 3, 0, 50, True),
        (3, 3, 5, 0, False),
        (2, 3, 1, 90, True),
        (2, 5, 9, 39.5, True),
        (2, 5, 9, 40, False),
    ],
)
def test_a_threshold_of_zero_is_not_set_and_any_that_is_set_may_be_exceeded(
    failed: int, total: int, count: int, percentage: float, exceeded: bool
) -> None:
    run = replace(
        RUN,
        inputs=Inputs(items=list(range(total))),
        settings=Settings(0, count, percentage),
        items=Counts(0, failed),
    )
    assert core.exceeded(run) is exceeded


def test_a_share_of_a_file_is_judged_once_all_of_it_is_read() -> None:
    run = replace(
        RUN, inputs=Inputs(), settings=Settings(0, 0, 10), items=Counts(0, 5), read=10, started=10
    )
    assert not core.exceeded(run)
    assert core.exceeded(replace(run, exhausted=True))


def test_pending_is_what_is_known_not_to_have_begun() -> None:
    assert RUN.pending == 5
    assert replace(RUN, read=2).pending == 3
    assert replace(RUN, inputs=Inputs(items=[1, 2, 3], max_items=2), read=1).pending == 1
    assert replace(RUN, inputs=Inputs(), read=2).pending == 0
    assert replace(RUN, inputs=Inputs(), read=2, left=7).pending == 7


def test_the_first_error_stays() -> None:
    failed = core.fail(core.fail(RUN, ERROR), StateError("later"))
    assert failed.failure == ERROR
    ended = core.finish(failed, 5, written=False, error=StateError("third"))
    assert (ended.status, ended.failure, ended.stopped_at) == (MapRunStatus.FAILED, ERROR, 5)
    stopped = core.finish(core.stop(failed), 5, written=False)
    assert (stopped.status, stopped.told) == (MapRunStatus.ABORTED, True)
