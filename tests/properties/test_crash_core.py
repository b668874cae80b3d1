"""Crash anywhere: a lost step is repeated, a repeated or reordered fact changes nothing."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from asl import codec
from asl.execution import Execution, Status
from asl.step import step
from tests.support.engine import Run, assert_gapless
from tests.unit.asl.test_codec import machine


def undisturbed() -> Any:
    return Run(machine(), {"in": 1}, lambda dispatch: list(dispatch.path)).to_end()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_order_of_crashes_and_repetitions_ends_the_same(data: Any) -> None:
    from dataclasses import replace

    running = Run(machine(), {"in": 1}, lambda dispatch: list(dispatch.path))
    delivered: list[Any] = []
    while running.execution.status is Status.RUNNING:
        trouble = data.draw(st.sampled_from(["none", "crash", "repeat", "reload", "shuffle"]))
        if trouble == "crash" and running.pending:
            before: Execution = running.execution
            lost = running.outcome(running.pending[0])
            step(running.machine, before, lost)  # decided, then lost before the commit
        if trouble == "repeat" and delivered:
            entries = len(running.entries)
            running.deliver(data.draw(st.sampled_from(delivered)))
            assert len(running.entries) == entries
        if trouble == "reload":
            root = codec.load_root(codec.dump_root(running.execution))
            running.execution = replace(running.execution, root=root)
        if trouble == "shuffle":
            running.pending.reverse()
        if running.pending:
            delivered.append(running.outcome(running.pending[0]))
        assert running.once()
    expected = undisturbed()
    assert running.output == expected.output
    assert len(running.entries) == len(expected.entries)
    assert_gapless(running.entries)
