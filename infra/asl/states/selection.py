"""What a Distributed Map's ItemSelector makes of an item, evaluated where the parent waits."""

from __future__ import annotations

from typing import Any

from asl.errors import StateFailedError
from asl.execution import Execution, ForChildren, Path
from asl.machine import MapState
from asl.map_runs.datasets import Item
from asl.map_runs.inputs import Select, as_it_is
from asl.scope import Scope
from asl.states.common import located
from asl.turn import Cursor, Outcome, Turn


def selection(execution: Execution, path: Path, state: MapState, now: int) -> Select:
    """What becomes of the items of a run that the execution waits for at ``path``."""
    turn = Turn(execution, now, _never)
    return selection_at(turn, _cursor_at(execution, path), state)


def selection_at(turn: Turn, cursor: Cursor, state: MapState) -> Select:
    """What becomes of the items of a Map that is at this cursor."""
    selector = state.selector
    if selector is None:
        return as_it_is

    def select(index: int, item: Item) -> Any:
        def context() -> dict[str, Any]:
            return {**turn.context(cursor, state), "Map": {"Item": _shown(index, item)}}

        scope = Scope(cursor.variables, context, input=cursor.input.value)
        try:
            return selector.evaluate(scope)
        except StateFailedError as failure:
            error = located(turn, cursor, failure.data)
            raise StateFailedError(error.error, error.cause, error.location) from None

    return select


def _shown(index: int, item: Item) -> dict[str, Any]:
    """https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html"""
    key = {} if item.key is None else {"Key": item.key}
    return {"Index": index, **key, "Value": item.value, "Source": item.source}


def _cursor_at(execution: Execution, path: Path) -> Cursor:
    """The cursor of the frame at ``path``, with the variables of the frames above."""
    frame = execution.root
    assert frame is not None
    cursor = Cursor.restore(frame, {})
    for index in path:
        assert isinstance(frame.waiting, ForChildren)
        frame = frame.waiting.frames[index]
        cursor = Cursor.restore(frame, cursor.variables)
    return cursor


def _never(*_: Any) -> Outcome:
    raise AssertionError("nothing is walked to select items")
