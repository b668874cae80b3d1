"""The walk from state to state, until everything waits or the scope has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from asl.errors import StateFailedError
from asl.execution import ForTime
from asl.machine import (
    ChoiceState,
    FailState,
    Machine,
    MapState,
    ParallelState,
    PassState,
    State,
    SucceedState,
    TaskState,
    WaitState,
)
from asl.states import choice, ends, fan_out, pass_, task, wait
from asl.states.common import handle_failure, record_entered
from asl.turn import Cursor, Failed, Outcome, Turn

Action = Callable[[Turn, Cursor, State], Outcome | None]
"""What is done in a state; None where the cursor then points at the next one."""


def run(turn: Turn, machine: Machine, cursor: Cursor) -> Outcome:
    """Walks from the cursor's state until the scope parks or ends."""
    return walk(turn, machine, cursor, enter)


def walk(turn: Turn, machine: Machine, cursor: Cursor, action: Action) -> Outcome:
    """Performs ``action`` in the cursor's state, then enters one state after the other."""
    states = machine.states
    while True:
        outcome = visit(turn, cursor, states[cursor.state], action)
        if outcome is not None:
            return _standing(turn, cursor, outcome)
        if turn.tired:
            return cursor.park(ForTime(turn.now, "enter"))
        action = enter


def visit(turn: Turn, cursor: Cursor, state: State, action: Action) -> Outcome | None:
    """Performs ``action`` in one state without walking on; None if the state is left for another.

    This is how a state is tried by itself; an execution walks by :func:`asl.step.step` alone.
    """
    try:
        return action(turn, cursor, state)
    except StateFailedError as failure:
        return handle_failure(turn, cursor, state, failure.data, evaluating=True)


def _standing(turn: Turn, cursor: Cursor, outcome: Outcome) -> Outcome:
    """The outcome; a failure says where the scope stood, if nobody below has said it."""
    if isinstance(outcome, Failed) and outcome.frame is None:
        return replace(outcome, frame=cursor.park(ForTime(turn.now, "retry")).frame)
    return outcome


def enter(turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
    """Enters the state and does its work."""
    record_entered(turn, cursor, state)
    return perform(turn, cursor, state)


def perform(turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
    """Does the state's work, for the first time or again after a retry's delay."""
    match state:
        case PassState():
            return pass_.perform(turn, cursor, state)
        case TaskState():
            return task.perform(turn, cursor, state)
        case ChoiceState():
            return choice.perform(turn, cursor, state)
        case WaitState():
            return wait.perform(turn, cursor, state)
        case SucceedState():
            return ends.succeed(turn, cursor, state)
        case FailState():
            return ends.fail(turn, cursor, state)
        case ParallelState():
            return fan_out.perform_parallel(turn, cursor, state)
        case MapState():
            return fan_out.perform_map(turn, cursor, state)
        case _:
            assert_never(state)
