"""The one function that decides: (machine, execution, event) → (execution, entries, dispatches).

The theory
==========
An execution is a tree of frames. A frame is one thread of control: the top level, a Parallel
branch, or a Map iteration; Parallel and Map states own the frames below them. Every leaf waits for
exactly one thing: a moment (a Wait, or a retry's delay), a task, or a Map run, whose items are
executions of their own (:mod:`asl.map_runs.core`). So the only facts that move an execution are: it
started; time passed; a task was accepted, succeeded, failed or gave a sign of life; a Map run
ended; somebody stopped it, or made it go on after it had ended without success.

``step`` takes one fact to the frame that waits for it and then walks on from state to state until
everything waits again or the top level has ended. A walk costs no durability: nothing outside has
happened yet. What must happen outside is returned as dispatches, performed after the caller has
committed the new execution. A crash before the commit undoes the walk; a crash after it repeats
the dispatch with the same key.

Facts are matched by path and by the id of the event that scheduled the task, so a late or
repeated fact finds nobody waiting and changes nothing. Failures inside a state are data: they pass
through Retry, then Catch, then to the frame above, and at the top they end the execution.

No clock, no I/O and no randomness live here: a fact carries its time, and jitter and tokens come
from the execution's own secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from asl import redrive
from asl.commands import Command, Dispatch, StopMapRun
from asl.errors import RUNTIME, TIMEOUT, StateError
from asl.events import (
    ActivityTaken,
    Event,
    Heartbeat,
    MapRunEvent,
    MapRunFailed,
    MapRunSucceeded,
    Redriven,
    Started,
    StopRequested,
    TaskAccepted,
    TaskEvent,
    TaskFailed,
    TaskSucceeded,
    TimePassed,
)
from asl.execution import (
    Execution,
    ForChildren,
    ForMapRun,
    ForTask,
    ForTime,
    Frame,
    Path,
    Status,
    leaves,
    map_runs,
)
from asl.machine import (
    Machine,
    MapState,
    ParallelState,
    State,
)
from asl.states import fan_out, task, wait
from asl.turn import Cursor, Entry, Failed, Finished, HistoryFullError, Outcome, Parked, Turn
from asl.walk import Action, enter, perform, run, walk

Step = tuple[Execution, list[Entry], list[Command]]


def step(machine: Machine, execution: Execution, event: Event) -> Step:
    """Moves an execution on by one fact.

    Returns:
        The execution as it is now, the history entries to append, and what to do outside: tasks to
        call, Map runs to start or to stop. A fact that nobody waits for gives the same execution
        and nothing to do.
    """
    moved, entries, commands = _decide(machine, execution, event)
    if moved is not execution and (left := map_runs(execution.root) - map_runs(moved.root)):
        over = {event.run} if isinstance(event, MapRunSucceeded | MapRunFailed) else set()
        commands += [StopMapRun(arn) for arn in sorted(left - over)]
    return moved, entries, commands


def _decide(machine: Machine, execution: Execution, event: Event) -> Step:
    if isinstance(event, Redriven):
        if not redrive.allowed(execution, event):
            return execution, [], []
        execution = redrive.begun(execution, machine, event)
    if execution.status is not Status.RUNNING:
        return execution, [], []
    turn = Turn(execution, event.at, run)
    try:
        match event:
            case Started():
                outcome: Outcome | None = _start(turn, machine)
            case StopRequested(error=error, cause=cause):
                stopped = StateError(error, cause)
                return _end(turn, Status.ABORTED, "ExecutionAborted", stopped, execution.root)
            case TimePassed():
                if execution.due is not None and execution.due <= event.at:
                    late = StateError(TIMEOUT, None)
                    return _end(turn, Status.TIMED_OUT, "ExecutionTimedOut", late, execution.root)
                outcome = _wake(turn, machine)
            case TaskAccepted() | ActivityTaken() | TaskSucceeded() | TaskFailed() | Heartbeat():
                outcome = _to_task(turn, machine, event)
            case MapRunSucceeded() | MapRunFailed():
                outcome = _to_map(turn, machine, event)
            case Redriven():
                outcome = redrive.go_on(turn, machine)
            case _:
                assert_never(event)
    except HistoryFullError:
        outcome = Failed(
            StateError(
                RUNTIME, "The execution reached the maximum number of history events (25000)."
            )
        )
    return _settle(turn, outcome)


def _start(turn: Turn, machine: Machine) -> Outcome:
    execution = turn.execution
    details: dict[str, Any] = {"input": execution.input, "roleArn": execution.role_arn}
    if execution.version is not None:
        details["stateMachineVersionArn"] = execution.version_arn
    if execution.alias is not None:
        details["stateMachineAliasArn"] = execution.alias_arn
    turn.record(0, "ExecutionStarted", details)
    return run(turn, machine, Cursor((), machine.start_at, execution.input, 0, {}))


def _settle(turn: Turn, outcome: Outcome | None) -> Step:
    match outcome:
        case None:
            return turn.execution, [], []
        case Parked(frame=frame):
            parked = turn.execution.moved(turn.seq, root=frame)
            waited = map_runs(frame)
            commands: list[Command] = [d for d in turn.dispatches if _awaited(frame, d)]
            commands += [each for each in turn.map_runs if each.arn in waited]
            return parked, turn.entries, commands
        case Finished(output=output):
            turn.record_last(turn.seq, "ExecutionSucceeded", {"output": output})
            ended = turn.execution.moved(
                turn.seq, Status.SUCCEEDED, output=output, stopped_at=turn.now
            )
            return ended, turn.entries, []
        case Failed(error=error, frame=frame):
            return _end(turn, Status.FAILED, "ExecutionFailed", error, frame)
        case _:
            assert_never(outcome)


def _awaited(root: Frame, dispatch: Dispatch) -> bool:
    """Whether the task's frame is still there: a failing sibling may have ended it meanwhile."""
    frame = _find(root, dispatch.path)
    return (
        frame is not None and isinstance(frame.waiting, ForTask) and frame.waiting.id == dispatch.id
    )


def _end(
    turn: Turn, status: Status, kind: str, error: StateError, unfinished: Frame | None
) -> Step:
    turn.record_last(turn.seq, kind, {"error": error.error, "cause": error.cause or None})
    ended = turn.execution.moved(
        turn.seq, status, unfinished=unfinished, failure=error, stopped_at=turn.now
    )
    return ended, turn.entries, []


def _to_task(turn: Turn, machine: Machine, event: TaskEvent) -> Outcome | None:
    """Takes a task's fact to its frame; None where nobody waits for it any more."""
    frame = _find(turn.execution.root, event.path)
    if frame is None or not isinstance(frame.waiting, ForTask) or frame.waiting.id != event.id:
        return None
    waiting = frame.waiting

    def resume(turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
        return task.resume(turn, cursor, state, waiting, event)

    return _descend(turn, machine, turn.execution.root, {}, event.path, resume)


def _to_map(turn: Turn, machine: Machine, event: MapRunEvent) -> Outcome | None:
    """Takes the end of a Map run to its frame; None where nobody waits for it any more."""
    frame = _find(turn.execution.root, event.path)
    waiting = None if frame is None else frame.waiting
    if not isinstance(waiting, ForMapRun):
        return None
    if (waiting.arn, waiting.redrives) != (event.run, event.redrives):
        return None

    def resume(turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
        assert isinstance(state, MapState)
        return fan_out.map_run_ended(turn, cursor, state, waiting, event)

    return _descend(turn, machine, turn.execution.root, {}, event.path, resume)


def _wake(turn: Turn, machine: Machine) -> Outcome | None:
    """Lets everything happen that is due, the earliest first."""
    root, outcome = turn.execution.root, None
    while root is not None and not turn.tired:
        ripe = [
            (moment, frame.path, frame)
            for frame in leaves(root)
            if (moment := _due(frame)) is not None and moment <= turn.now
        ]
        if not ripe:
            break
        _, path, frame = min(ripe, key=lambda item: item[:2])
        outcome = _descend(turn, machine, root, {}, path, _when_due(frame))
        root = outcome.frame if isinstance(outcome, Parked) else None
    return outcome


def _due(frame: Frame) -> int | None:
    match frame.waiting:
        case ForTime(due=due):
            return due
        case ForTask(due=due, heartbeat_due=beat):
            return min((moment for moment in (due, beat) if moment is not None), default=None)
        case ForMapRun() | ForChildren():
            return None
        case _:
            assert_never(frame.waiting)


def _when_due(frame: Frame) -> Action:
    """What happens in the frame when the moment has come that it waits for."""
    match frame.waiting:
        case ForTime(then="retry"):
            return perform
        case ForTime(then="enter"):
            return enter
        case ForTime():
            return wait.resume
        case ForTask() as waiting:
            return lambda turn, cursor, state: task.time_out(turn, cursor, state, waiting)
        case ForMapRun() | ForChildren():
            raise AssertionError("time alone does not move such a frame")
        case _:
            assert_never(frame.waiting)


def _find(frame: Frame | None, path: Path) -> Frame | None:
    for index in path:
        if frame is None or not isinstance(frame.waiting, ForChildren):
            return None
        frame = frame.waiting.frames.get(index)
    return frame


def _descend(
    turn: Turn,
    machine: Machine,
    frame: Frame | None,
    inherited: Mapping[str, Any],
    path: Path,
    action: Action,
) -> Outcome:
    """Goes down ``path``, acts in the frame there, and lets each frame above react to it."""
    assert frame is not None
    cursor = Cursor.restore(frame, inherited)
    if not path:
        return walk(turn, machine, cursor, action)
    waiting = frame.waiting
    assert isinstance(waiting, ForChildren)

    def child(turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
        assert isinstance(state, ParallelState | MapState)
        inner = fan_out.processor(state, path[0])
        with turn.muted(isinstance(state, MapState) and state.distributed):
            frame = waiting.frames[path[0]]
            below = _descend(turn, inner, frame, cursor.variables, path[1:], action)
        return fan_out.child_moved(turn, cursor, state, waiting, path[0], below)

    return walk(turn, machine, cursor, child)
