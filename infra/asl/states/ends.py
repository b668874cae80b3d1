"""Succeed and Fail: the two ways in which a scope ends on purpose."""

from __future__ import annotations

from asl.errors import QUERY_EVALUATION, RUNTIME, StateError, StateFailedError
from asl.jsonpath.path import PathMissingError
from asl.jsonpath.pathflow import OnSubject
from asl.machine import Expression, FailState, SucceedState
from asl.scope import Scope
from asl.states.common import leave_plainly
from asl.turn import Cursor, Failed, Outcome, Turn


def succeed(turn: Turn, cursor: Cursor, state: SucceedState) -> Outcome | None:
    """Ends the scope with the state's output."""
    return leave_plainly(turn, cursor, state, turn.scope(cursor, state), cursor.input)


def fail(turn: Turn, cursor: Cursor, state: FailState) -> Outcome:
    """Ends the scope with the state's error and cause."""
    scope = turn.scope(cursor, state)
    error = _text(state.error, scope, "Error")
    cause = _text(state.cause, scope, "Cause")
    return Failed(StateError(error, cause), cursor.previous)


def _text(template: Expression | None, scope: Scope, field: str) -> str | None:
    if template is None:
        return None
    if isinstance(template, OnSubject):
        return _text_at(template, scope, f"{field}Path")
    value = template.evaluate(scope)
    if not isinstance(value, str):
        raise StateFailedError(
            QUERY_EVALUATION,
            f"The JSONata expression '{template.source[2:-2].strip()}' specified for the field "
            f"'{field}' returned an unexpected result type. Expected 'string'.",
            field,
        )
    return value


def _text_at(reading: OnSubject, scope: Scope, field: str) -> str:
    try:
        value = reading.evaluate(scope)
    except PathMissingError as error:
        raise StateFailedError(
            RUNTIME, f"{field} '{reading.text}' does not reference an input value: {error}"
        ) from None
    if not isinstance(value, str):
        raise StateFailedError(RUNTIME, f"{field} '{reading.text}' must reference a string value")
    return value
