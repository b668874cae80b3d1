"""When an execution that ended without success may go on, and what that changes in it.

https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, assert_never

from asl.events import Redriven
from asl.execution import (
    Execution,
    ForChildren,
    ForMapRun,
    ForTask,
    ForTime,
    Frame,
    Redrives,
    Status,
)
from asl.machine import FailState, Machine, MapState, ParallelState, State
from asl.states import fan_out, map_run
from asl.turn import MAX_EVENTS, Cursor, Outcome, Turn
from asl.walk import Action, enter, perform, walk

DAY = 86_400_000
PERIOD = 14 * DAY
"""How long after its end an execution can be redriven (AWS quota)."""
MAX_OPEN = 365 * DAY
"""How long after its start (AWS quota)."""
TOKENS = 10
"""How many requests are recognised when they come again."""
TOKEN_LIFE = 15 * 60_000


def obstacle(execution: Execution, now: int) -> str | None:
    """Why the execution cannot be redriven, in AWS's words; None where it can."""
    if execution.status in {Status.RUNNING, Status.SUCCEEDED}:
        return f"Execution is {execution.status} and cannot be redriven"
    if execution.seq >= MAX_EVENTS - 1:  # there must be room for two events
        return "Execution history event limit exceeded"
    if execution.unfinished is None:  # it ended before executions kept where they stood
        return "Execution was started before the launch of RedriveExecution"
    if now - execution.started_at > MAX_OPEN:
        return "Execution has exceeded the max execution time"
    if now - (execution.stopped_at or execution.started_at) > PERIOD:
        return "Execution redrivable period exceeded"
    return None


def redriven_at(execution: Execution, token: str, now: int) -> int | None:
    """When a request with this client token redrove the execution, while that is remembered."""
    at = dict(execution.redrives.tokens).get(token)
    return None if at is None or now - at > TOKEN_LIFE else at


def begun(execution: Execution, machine: Machine, event: Redriven) -> Execution:
    """The execution as it goes on: running, with its time-out set anew."""
    known = execution.redrives
    timeout = machine.timeout_seconds
    return replace(
        execution,
        status=Status.RUNNING,
        root=execution.unfinished,
        unfinished=None,
        failure=None,
        stopped_at=None,
        due=None if timeout is None else event.at + timeout * 1000,
        redrives=Redrives(
            known.count + 1, event.at, (*known.tokens, (event.token, event.at))[-TOKENS:]
        ),
    )


def allowed(execution: Execution, event: Redriven) -> bool:
    """Whether the execution can be redriven, and was not already by the same request."""
    if redriven_at(execution, event.token, event.at) is not None:
        return False
    return obstacle(execution, event.at) is None


def go_on(turn: Turn, machine: Machine) -> Outcome:
    """Lets everything happen again that had not succeeded."""
    execution = turn.execution
    turn.record(execution.seq, "ExecutionRedriven", {"redriveCount": execution.redrives.count})
    assert execution.root is not None
    return _restart(turn, machine, execution.root, {})


def _restart(turn: Turn, machine: Machine, frame: Frame, inherited: Mapping[str, Any]) -> Outcome:
    """Goes on from where the frame stood: what had succeeded stays, retries begin anew."""
    cursor = Cursor.restore(frame, inherited)
    cursor.retries, cursor.retry_count = (), 0
    return walk(turn, machine, cursor, _when_redriven(frame))


def _when_redriven(frame: Frame) -> Action:
    """What happens in the frame when its execution goes on."""
    match frame.waiting:
        case ForTime(then="enter"):
            return enter
        case ForChildren() as waiting:

            def children(turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
                assert isinstance(state, ParallelState | MapState)

                def restart(index: int, child: Frame) -> Outcome:
                    inner = fan_out.processor(state, index)
                    return _restart(turn, inner, child, cursor.variables)

                return fan_out.redriven(turn, cursor, state, waiting, restart)

            return children
        case ForMapRun() as run:

            def go_on_with_it(turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
                assert isinstance(state, MapState)
                return map_run.redrive(turn, cursor, run)

            return go_on_with_it
        case ForTime() | ForTask():
            return _repeat
        case _:
            assert_never(frame.waiting)


def _repeat(turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
    """Does the state's work once more; as AWS tells it, that follows the state's entry."""
    cursor.previous = cursor.base = cursor.entered_id
    if isinstance(state, FailState):
        return enter(turn, cursor, state)
    return perform(turn, cursor, state)
