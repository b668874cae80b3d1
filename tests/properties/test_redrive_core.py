"""Failures, stops, crashes and redrives in any order: every execution ends as an undisturbed one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from asl import codec
from asl.events import Redriven, Started, StopRequested, TaskFailed
from asl.execution import Status
from asl.step import step
from tests.support.engine import Run, assert_gapless
from tests.unit.asl.test_codec import machine

TASKS = 3
TROUBLES = ["none", "none", "fail", "stop", "crash", "repeat", "reload", "shuffle"]


class Redriving(Run):
    """An execution that is redriven whenever it has ended without success."""

    def __init__(self) -> None:
        self.delivered: list[Any] = []
        self.redrives = 0
        super().__init__(machine(), {"in": 1}, lambda dispatch: list(dispatch.path))

    def deliver(self, event: Any) -> None:
        if not isinstance(event, Started | StopRequested):
            self.delivered.append(event)
        super().deliver(event)

    def trouble(self, kind: str, data: Any) -> None:
        match kind:
            case "fail" if self.pending:
                lost = self.pending.pop(0)
                self.deliver(TaskFailed(self.now, lost.path, lost.id, "Boom", None))
            case "stop":
                self.deliver(StopRequested(self.now, None, None))
            case "crash" if self.pending:
                # decided, then lost before the commit
                step(self.machine, self.execution, self.outcome(self.pending[0]))
            case "repeat" if self.delivered:
                entries = len(self.entries)
                super().deliver(data.draw(st.sampled_from(self.delivered)))
                assert len(self.entries) == entries
            case "reload":
                self.reload()
            case "shuffle":
                self.pending.reverse()

    def reload(self) -> None:
        frame = codec.load_root(codec.dump_root(self.execution))
        running = self.execution.status is Status.RUNNING
        where = {"root": frame} if running else {"unfinished": frame}
        self.execution = replace(self.execution, **where)

    def redrive(self) -> None:
        self.redrives += 1
        self.now += 1000
        self.deliver(Redriven(self.now, f"t{self.redrives}"))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_order_of_troubles_and_redrives_ends_the_same(data: Any) -> None:
    run = Redriving()
    left = data.draw(st.integers(0, 12))
    while run.execution.status is not Status.SUCCEEDED:
        if left:
            left -= 1
            kinds = [
                kind
                for kind in TROUBLES
                if kind != "repeat" or run.execution.status is Status.RUNNING
            ]
            run.trouble(data.draw(st.sampled_from(kinds)), data)
        if run.execution.status is Status.RUNNING:
            assert run.once()
        elif run.execution.status is not Status.SUCCEEDED:
            run.redrive()
    undisturbed = Run(machine(), {"in": 1}, lambda dispatch: list(dispatch.path)).to_end()
    assert run.output == undisturbed.output
    assert_gapless(run.entries)
    kinds = run.kinds()
    # What had succeeded is not done again, and no state is entered twice.
    for kind in ("TaskSucceeded", "TaskStateEntered", "WaitStateEntered", "MapIterationStarted"):
        assert kinds.count(kind) == undisturbed.kinds().count(kind), kind
    assert kinds.count("TaskSucceeded") == TASKS
    assert kinds.count("ExecutionRedriven") == run.execution.redrives.count == run.redrives
