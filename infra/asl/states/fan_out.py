"""Parallel and Map: frames below a frame, and what their outcomes mean for the state above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, assert_never

from asl.errors import QUERY_EVALUATION, RUNTIME, StateError, StateFailedError
from asl.events import MapRunEvent, MapRunSucceeded
from asl.execution import ForChildren, ForMapRun, Frame
from asl.jsonata.expression import compile_expression
from asl.jsonata.template import Template
from asl.jsonpath.path import PathMissingError
from asl.jsonpath.pathflow import OnSubject
from asl.machine import Machine, MapState, ParallelState, State
from asl.map_runs.core import EXCEEDED
from asl.payload import Payload
from asl.scope import Scope
from asl.states import map_run
from asl.states.common import handle_failure, leave_plainly, located
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
    waiting = ForChildren({}, {}, chain=started, last=started)
    return _start_branches(turn, cursor, state, _Gathered(turn, state, waiting), branch_input)


def _start_branches(
    turn: Turn, cursor: Cursor, state: ParallelState, gathered: _Gathered, branch_input: Payload
) -> Outcome | None:
    """Starts the branches that have not begun."""
    for index, branch in enumerate(state.branches):
        if index in gathered.frames or index in gathered.results:
            continue
        child = Cursor(
            (*cursor.path, index),
            branch.start_at,
            branch_input,
            gathered.chain,
            cursor.variables,
            cursor.item,
        )
        outcome = turn.run(turn, branch, child)
        if not gathered.take(index, outcome):
            assert isinstance(outcome, Failed)
            return _child_failed(turn, cursor, state, gathered, outcome)
    return _join(turn, cursor, state, gathered.waiting())


def perform_map(turn: Turn, cursor: Cursor, state: MapState) -> Outcome | None:
    """Starts as many iterations as may run at once."""
    scope = turn.scope(cursor, state)
    try:
        items = _items(state, cursor, scope)
        concurrency = _concurrency(state, scope)
    except StateFailedError as failure:
        error = failure.data
        if error.error == QUERY_EVALUATION:
            error = located(turn, cursor, error)
        return _failed(turn, cursor, state, error, cursor.previous)
    if state.distributed:
        return map_run.start(turn, cursor, state, scope, items, concurrency)
    assert isinstance(items, list)
    started = turn.follow(cursor, "MapStateStarted", {"length": len(items)})
    most = concurrency or DEFAULT_CONCURRENCY
    waiting = ForChildren({}, {}, tuple(items), 0, most, started, started)
    return _start_iterations(turn, cursor, state, _Gathered(turn, state, waiting))


def map_run_ended(
    turn: Turn, cursor: Cursor, state: MapState, waiting: ForMapRun, event: MapRunEvent
) -> Outcome | None:
    """Goes on with a Distributed Map's results, or with its error."""
    if isinstance(event, MapRunSucceeded):
        return map_run.resume(turn, cursor, state, waiting, event.output)
    ended = turn.record(waiting.id, "MapRunFailed", {"error": event.error, "cause": event.cause})
    failed = _failed(turn, cursor, state, StateError(event.error, event.cause), ended)
    if isinstance(failed, Failed) and event.error not in map_run.ENDS_FOR_GOOD:
        return replace(failed, frame=cursor.park(waiting).frame)
    return failed


def _concurrency(state: MapState, scope: Scope) -> int:
    """How many iterations may run at once; 0 where nothing is said."""
    if state.max_concurrency is None:
        return 0
    try:
        value = state.max_concurrency.value.evaluate(scope)
    except PathMissingError as error:
        field = state.max_concurrency.field
        raise StateFailedError(RUNTIME, f"Invalid path in {field}: {error}") from None
    return _whole(value)


def child_moved(
    turn: Turn,
    cursor: Cursor,
    state: ParallelState | MapState,
    waiting: ForChildren,
    index: int,
    outcome: Outcome,
) -> Outcome | None:
    """Reacts to what became of one child."""
    gathered = _Gathered(turn, state, waiting)
    gathered.frames.pop(index, None)
    if not gathered.take(index, outcome):
        assert isinstance(outcome, Failed)
        return _child_failed(turn, cursor, state, gathered, outcome)
    if isinstance(state, MapState):
        return _start_iterations(turn, cursor, state, gathered)
    return _join(turn, cursor, state, gathered.waiting())


def redriven(
    turn: Turn,
    cursor: Cursor,
    state: ParallelState | MapState,
    waiting: ForChildren,
    restart: Callable[[int, Frame], Outcome],
) -> Outcome | None:
    """Goes on with the children that had not succeeded, and with those that had not begun."""
    if isinstance(state, MapState) and state.distributed:
        return perform_map(turn, cursor, state)
    gathered = _Gathered(turn, state, waiting)
    for index, frame in waiting.frames.items():
        del gathered.frames[index]
        outcome = restart(index, frame)
        if not gathered.take(index, outcome):
            assert isinstance(outcome, Failed)
            return _child_failed(turn, cursor, state, gathered, outcome)
    if isinstance(state, MapState):
        return _start_iterations(turn, cursor, state, gathered)
    branch_input = state.flow.effective_input(turn.scope(cursor, state), cursor.input)
    return _start_branches(turn, cursor, state, gathered, branch_input)


class _Gathered:
    """Children's outcomes while they are gathered: the mutable twin of ``ForChildren``."""

    def __init__(self, turn: Turn, state: ParallelState | MapState, waiting: ForChildren):
        self._turn = turn
        self._state = state
        self._waiting = waiting
        self.frames = dict(waiting.frames)
        self.results = dict(waiting.results)
        self.next_item = waiting.next_item
        self.chain = waiting.chain
        self.last = waiting.last
        self.failed = waiting.failed

    def waiting(self) -> ForChildren:
        """What is waited for now."""
        return replace(
            self._waiting,
            frames=self.frames,
            results=self.results,
            next_item=self.next_item,
            chain=self.chain,
            last=self.last,
            failed=self.failed,
        )

    def more(self) -> bool:
        """Whether a further item may begin."""
        waiting = self._waiting
        return self.next_item < len(waiting.items) and len(self.frames) < waiting.concurrency

    def item(self) -> tuple[int, Any]:
        """The next item, with its index."""
        index = self.next_item
        self.next_item += 1
        return index, self._waiting.items[index]

    def take(self, index: int, outcome: Outcome) -> bool:
        """Takes a child's outcome; False where it fails the state."""
        match outcome:
            case Parked(frame=frame):
                self.frames[index] = frame
            case Finished(output=output, last=last):
                self.results[index] = output
                self._ended(index, "Succeeded", last)
            case Failed(last=last, frame=frame):
                tolerated = self._failed(index, last)
                if frame is not None and not tolerated:
                    self.frames[index] = frame
                return tolerated
            case _:
                assert_never(outcome)
        return True

    def _ended(self, index: int, what: str, last: int) -> None:
        if isinstance(self._state, ParallelState):
            self.last = last
        elif not self._state.distributed:
            self.chain = last
            self.last = _iteration(self._turn, self._state, index, what, last)

    def _failed(self, index: int, last: int) -> bool:
        if isinstance(self._state, MapState) and self._state.distributed:
            self.failed += 1
            return self.failed <= self._waiting.tolerated
        if isinstance(self._state, MapState):
            _iteration(self._turn, self._state, index, "Failed", last)
        return False


def _child_failed(
    turn: Turn,
    cursor: Cursor,
    state: ParallelState | MapState,
    gathered: _Gathered,
    outcome: Failed,
) -> Outcome | None:
    if isinstance(state, MapState) and state.distributed:
        error = EXCEEDED
        details = {"error": error.error, "cause": error.cause}
        ended = turn.record(gathered.last, "MapRunFailed", details)
        return _failed(turn, cursor, state, error, ended)
    if isinstance(state, ParallelState) and outcome.in_task:
        turn.record(outcome.last, "TaskStateAborted", {})
    failed = _failed(turn, cursor, state, outcome.error, outcome.last)
    if isinstance(failed, Failed):
        return replace(failed, frame=cursor.park(gathered.waiting()).frame)
    return failed


def _items(state: MapState, cursor: Cursor, scope: Scope) -> map_run.Items:
    """The items; None where a reader gives them. The members of an object only if distributed."""
    if state.reader is not None:
        return None
    if state.items is None:
        items = cursor.input.value
    elif isinstance(state.items, OnSubject):
        items = _items_at(state.items, scope)
    else:
        items = state.items.evaluate(scope)
    if isinstance(items, list) or (state.distributed and isinstance(items, dict)):
        return items
    if isinstance(state.items, OnSubject):
        # A path into the context object loses a $ here, as AWS words it.
        path = f"${state.items.text.lstrip('$')}"
        raise StateFailedError(RUNTIME, f'Reference path "{path}" must point to array.')
    raise _not_an_array(state.items, items)


def _items_at(reading: OnSubject, scope: Scope) -> Any:
    try:
        return reading.evaluate(scope)
    except PathMissingError as error:
        raise StateFailedError(RUNTIME, f"Invalid path '{reading.text}' : {error}") from None


def _start_iterations(
    turn: Turn, cursor: Cursor, state: MapState, gathered: _Gathered
) -> Outcome | None:
    while gathered.more():
        index, value = gathered.item()
        with turn.muted(state.distributed):
            details = {"name": state.name, "index": index}
            child = Cursor(
                (*cursor.path, index),
                state.processor.start_at,
                _item_input(turn, cursor, state, index, value),
                turn.record(gathered.chain, "MapIterationStarted", details),
                cursor.variables,
                (index, value),
            )
            outcome = turn.run(turn, state.processor, child)
        if not gathered.take(index, outcome):
            assert isinstance(outcome, Failed)
            return _child_failed(turn, cursor, state, gathered, outcome)
    return _join(turn, cursor, state, gathered.waiting())


def _item_input(turn: Turn, cursor: Cursor, state: MapState, index: int, value: Any) -> Payload:
    if state.selector is None:
        return Payload(value)
    inner = Cursor(cursor.path, cursor.state, cursor.input, 0, cursor.variables, (index, value))
    inner.entered_at = cursor.entered_at
    return Payload(state.selector.evaluate(turn.scope(inner, state)))


def _join(turn: Turn, cursor: Cursor, state: State, waiting: ForChildren) -> Outcome | None:
    """Parks while children remain; else leaves with their results in order."""
    if waiting.frames:
        return cursor.park(waiting)
    joined = Payload([waiting.results[index].value for index in sorted(waiting.results)])
    kind = "Map" if isinstance(state, MapState) else "Parallel"
    joined.check_size(state.name)
    ended = waiting.last
    if isinstance(state, MapState) and state.distributed:
        ended = turn.record(ended, "MapRunSucceeded", {})
    turn.record(ended, f"{kind}StateSucceeded", {})
    # As AWS tells it: the exit does not follow the success, nor a Map run's end.
    cursor.previous = cursor.base = waiting.last
    scope = turn.scope(cursor, state, result=joined.value)
    return leave_plainly(turn, cursor, state, scope, joined)


def _failed(
    turn: Turn, cursor: Cursor, state: ParallelState | MapState, error: StateError, last: int
) -> Outcome | None:
    kind = "Map" if isinstance(state, MapState) else "Parallel"
    cursor.previous = last
    error = StateError(error.error, error.cause, also=error.also)
    return handle_failure(turn, cursor, state, error, telling=f"{kind}StateFailed")


def _iteration(turn: Turn, state: MapState, index: int, what: str, previous: int) -> int:
    details = {"name": state.name, "index": index}
    return turn.record(previous, f"MapIteration{what}", details)


def _not_an_array(items: Template | None, value: Any) -> StateFailedError:
    shown = Payload(value).text.decode()
    if items is None or not isinstance(items.source, str):
        return StateFailedError(
            QUERY_EVALUATION, f"Map state input must be an array but was: {shown}"
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
