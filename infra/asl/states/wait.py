"""Wait: parks until a moment. A wait of a year is a row in a table."""

from __future__ import annotations

from typing import Any

from asl.errors import QUERY_EVALUATION, RUNTIME, StateFailedError
from asl.execution import ForTime
from asl.jsonpath.path import PathMissingError
from asl.jsonpath.pathflow import OnSubject
from asl.machine import State, WaitState
from asl.scope import Scope
from asl.states.common import leave_plainly
from asl.timestamps import parse_timestamp
from asl.turn import Cursor, Outcome, Turn

MAX_SECONDS = 2**31 - 1
"""The longest delay that AWS takes (an execution itself lives a year at the most)."""


def perform(turn: Turn, cursor: Cursor, state: WaitState) -> Outcome | None:
    """Parks until the moment comes; a moment that has passed is over at once."""
    scope = turn.scope(cursor, state)
    due = _due(turn, cursor, state, scope)
    if due <= turn.now:
        return leave_plainly(turn, cursor, state, scope, cursor.input)
    if due - turn.now > MAX_SECONDS * 1000:
        raise StateFailedError(RUNTIME, "Wait state delay is too long.")
    return cursor.park(ForTime(due))


def resume(turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
    """The moment has come."""
    return leave_plainly(turn, cursor, state, turn.scope(cursor, state), cursor.input)


def _due(turn: Turn, cursor: Cursor, state: WaitState, scope: Scope) -> int:
    if state.seconds is not None:
        if isinstance(state.seconds, OnSubject):
            return turn.now + _seconds_at(state.seconds, scope) * 1000
        return turn.now + _seconds(state.seconds.evaluate(scope)) * 1000
    assert state.timestamp is not None
    if isinstance(state.timestamp, OnSubject):
        return _moment_at(state.timestamp, scope)
    text = state.timestamp.evaluate(scope)
    cursor.base = cursor.previous  # evaluated: what fails from here on does not undo that
    due = parse_timestamp(text) if isinstance(text, str) else None
    if due is None:
        raise StateFailedError(
            QUERY_EVALUATION,
            "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time "
            f"format string: {text}",
            "Timestamp",
        )
    return due


def _seconds(value: Any) -> int:
    if not _is_whole(value) or value < 0:
        raise StateFailedError(
            QUERY_EVALUATION,
            f"The Seconds field cannot be parsed as a non-negative integer: {value}",
            "Seconds",
        )
    return int(value)


def _seconds_at(reading: OnSubject, scope: Scope) -> int:
    value = _referenced(reading, scope, "SecondsPath")
    what = f"{reading.text} == {value}"
    if not _is_whole(value):
        raise StateFailedError(
            RUNTIME, f"The SecondsPath parameter cannot be parsed as a long value: {what}"
        )
    if value < 0:
        raise StateFailedError(
            RUNTIME, f"The SecondsPath parameter references a negative value: {what}"
        )
    return int(value)


def _moment_at(reading: OnSubject, scope: Scope) -> int:
    value = _referenced(reading, scope, "TimestampPath")
    due = parse_timestamp(value) if isinstance(value, str) else None
    if due is None:
        raise StateFailedError(
            RUNTIME,
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset "
            f"date-time format string: {reading.text} == {value}",
        )
    return due


def _referenced(reading: OnSubject, scope: Scope, field: str) -> Any:
    try:
        return reading.evaluate(scope)
    except PathMissingError:
        raise StateFailedError(
            RUNTIME, f"The {field} parameter does not reference an input value: {reading.text}"
        ) from None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
