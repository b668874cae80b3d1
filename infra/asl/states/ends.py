"""Succeed and Fail: the two ways in which a scope ends on purpose."""

from __future__ import annotations

from asl.errors import QUERY_EVALUATION, StateError, StateFailedError
from asl.machine import FailState, SucceedState
from asl.scope import Scope
from asl.states.common import leave_plainly
from asl.template import Template
from asl.turn import Cursor, Failed, Outcome, Turn


def succeed(turn: Turn, cursor: Cursor, state: SucceedState) -> Outcome | None:
    """Ends the scope with the state's output."""
    return leave_plainly(turn, cursor, state, turn.scope(cursor, state), cursor.input)


def fail(turn: Turn, cursor: Cursor, state: FailState) -> Outcome:
    """Ends the scope with the state's error and cause."""
    scope = turn.scope(cursor, state)
    error = _text(state.error, scope, "Error")
    return Failed(StateError(error, _text(state.cause, scope, "Cause")))


def _text(template: Template | None, scope: Scope, field: str) -> str | None:
    if template is None:
        return None
    value = template.evaluate(scope)
    if not isinstance(value, str):
        raise StateFailedError(
            QUERY_EVALUATION,
            f"The JSONata expression '{template.source[2:-2].strip()}' specified for the field "
            f"'{field}' returned an unexpected result type. Expected 'string'.",
            field,
        )
    return value
