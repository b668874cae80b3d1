"""Parallel and Map: frames below a frame, and what their outcomes mean for the state above."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, assert_never

from asl.errors import QUERY_EVALUATION, StateError, StateFailedError
from asl.execution import ForChildren, Frame
from asl.jsonata import compile_expression
from asl.machine import Machine, MapState, ParallelState, State
from asl.payload import Payload
from asl.states.common import handle_failure, leave_plainly
from asl.template import Template
from asl.turn import Cursor, Failed, Finished, Outcome, Parked, Turn

DEFAULT_CONCURRENCY = 40
"""How many iterations an inline Map runs at once where nothing else is said (AWS: up to 40)."""
_TYPE_OF = compile_expression("$type($v)")


def processor(state: ParallelState | MapState, index: int) -> Machine:
    """The states that child ``index`` runs."""
    return state.branches[index] if isinstance(state, ParallelState) else state.processor


def perform_parallel(turn: Turn, cursor: Cursor, state: ParallelState) -> Outcome | None:
    """Starts every branch."""
    branch_input = state.flow.effective_input(turn.scope(cursor, state), cursor.input)
    started = turn.follow(cursor, "ParallelStateStarted", {})
    frames: dict[int, Frame] = {}
    results: dict[int, Payload] = {}
    for index, branch in enumerate(state.branches):
        child = Cursor(
            (*cursor.path, index),
            branch.start_at,
            branch_input,
            started,
            cursor.variables,
            cursor.item,
        )
        outcome = turn.run(turn, branch, child)
        if isinstance(outcome, Failed):
            return _failed(turn, cursor, state, outcome.error)
        _keep(outcome, index, frames, results)
    return _join(turn, cursor, state, ForChildren(frames, results, started_id=started))


def perform_map(turn: Turn, cursor: Cursor, state: MapState) -> Outcome | None:
    """Starts as many iterations as may run at once."""
    scope = turn.scope(cursor, state)
    items = cursor.input.value if state.items is None else state.items.evaluate(scope)
    if not isinstance(items, list):
        raise _not_an_array(state.items, items)
    concurrency = DEFAULT_CONCURRENCY
    if state.max_concurrency is not None:
        concurrency = _whole(state.max_concurrency.value.evaluate(scope)) or DEFAULT_CONCURRENCY
    started = turn.follow(cursor, "MapStateStarted", {"length": len(items)})
    waiting = ForChildren({}, {}, tuple(items), 0, concurrency, started_id=started)
    return _start_iterations(turn, cursor, state, waiting)


def child_moved(
    turn: Turn,
    cursor: Cursor,
    state: ParallelState | MapState,
    waiting: ForChildren,
    index: int,
    outcome: Outcome,
) -> Outcome | None:
    """Reacts to what became of one child."""
    if isinstance(outcome, Failed):
        if isinstance(state, MapState):
            _iteration(turn, cursor, state, index, "Failed")
        return _failed(turn, cursor, state, outcome.error)
    frames, results = dict(waiting.frames), dict(waiting.results)
    frames.pop(index, None)
    _keep(outcome, index, frames, results)
    waiting = replace(waiting, frames=frames, results=results)
    if isinstance(state, MapState):
        if isinstance(outcome, Finished):
            _iteration(turn, cursor, state, index, "Succeeded")
        return _start_iterations(turn, cursor, state, waiting)
    return _join(turn, cursor, state, waiting)


def _start_iterations(
    turn: Turn, cursor: Cursor, state: MapState, waiting: ForChildren
) -> Outcome | None:
    frames, results = dict(waiting.frames), dict(waiting.results)
    index = waiting.next_item
    while index < len(waiting.items) and len(frames) < waiting.concurrency:
        value = waiting.items[index]
        started = turn.record(
            waiting.started_id, "MapIterationStarted", {"name": state.name, "index": index}
        )
        child = Cursor(
            (*cursor.path, index),
            state.processor.start_at,
            _item_input(turn, cursor, state, index, value),
            started,
            cursor.variables,
            (index, value),
        )
        outcome = turn.run(turn, state.processor, child)
        if isinstance(outcome, Failed):
            _iteration(turn, cursor, state, index, "Failed")
            return _failed(turn, cursor, state, outcome.error)
        if isinstance(outcome, Finished):
            _iteration(turn, cursor, state, index, "Succeeded")
        _keep(outcome, index, frames, results)
        index += 1
    return _join(
        turn, cursor, state, replace(waiting, frames=frames, results=results, next_item=index)
    )


def _item_input(turn: Turn, cursor: Cursor, state: MapState, index: int, value: Any) -> Payload:
    if state.selector is None:
        return Payload(value)
    inner = Cursor(cursor.path, cursor.state, cursor.input, 0, cursor.variables, (index, value))
    inner.entered_at = cursor.entered_at
    return Payload(state.selector.evaluate(turn.scope(inner, state)))


def _keep(
    outcome: Outcome, index: int, frames: dict[int, Frame], results: dict[int, Payload]
) -> None:
    match outcome:
        case Parked(frame=frame):
            frames[index] = frame
        case Finished(output=output):
            results[index] = output
        case Failed():
            raise AssertionError("a failed child ends its state")
        case _:
            assert_never(outcome)


def _join(turn: Turn, cursor: Cursor, state: State, waiting: ForChildren) -> Outcome | None:
    """Parks while children remain; else leaves with their results in order."""
    if waiting.frames:
        return cursor.park(waiting)
    joined = Payload([waiting.results[index].value for index in sorted(waiting.results)])
    kind = "Map" if isinstance(state, MapState) else "Parallel"
    joined.check_size(state.name)
    cursor.previous = turn.record(turn.seq, f"{kind}StateSucceeded", {})
    scope = turn.scope(cursor, state, result=joined.value)
    return leave_plainly(turn, cursor, state, scope, joined)


def _failed(
    turn: Turn, cursor: Cursor, state: ParallelState | MapState, error: StateError
) -> Outcome | None:
    kind = "Map" if isinstance(state, MapState) else "Parallel"
    details = {"error": error.error, "cause": error.cause}
    cursor.previous = turn.record(turn.seq, f"{kind}StateFailed", details)
    return handle_failure(turn, cursor, state, StateError(error.error, error.cause))


def _iteration(turn: Turn, cursor: Cursor, state: MapState, index: int, what: str) -> None:
    turn.record(turn.seq, f"MapIteration{what}", {"name": state.name, "index": index})


def _not_an_array(items: Template | None, value: Any) -> StateFailedError:
    shown = Payload(value).text.decode()
    if items is None or not isinstance(items.source, str):
        return StateFailedError(
            QUERY_EVALUATION, f"Map state input must be an array but was: {shown}", "Items"
        )
    kind = _TYPE_OF.evaluate({"v": value}, "Items")
    return StateFailedError(
        QUERY_EVALUATION,
        f"The JSONata expression '{items.source[2:-2].strip()}' specified for the field 'Items' "
        f"returned an unexpected result type. Expected 'array', but was '{kind}' for value: "
        f"{shown}",
        "Items",
    )


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise StateFailedError(
            QUERY_EVALUATION,
            f"The MaxConcurrency field must be a non-negative integer but was: {value}",
            "MaxConcurrency",
        )
    return value
