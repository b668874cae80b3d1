"""Wait: parks until a moment. A wait of a year is a row in a table."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from asl.errors import QUERY_EVALUATION, RUNTIME, StateFailedError
from asl.execution import ForTime
from asl.machine import State, WaitState
from asl.scope import Scope
from asl.states.common import leave_plainly
from asl.turn import Cursor, Outcome, Turn

MAX_SECONDS = 31_536_000
"""A Standard execution lives a year at the most (AWS quota)."""
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)")


def perform(turn: Turn, cursor: Cursor, state: WaitState) -> Outcome | None:
    """Parks until the moment comes; a moment that has passed is over at once."""
    scope = turn.scope(cursor, state)
    due = _due(turn, state, scope)
    if due <= turn.now:
        return leave_plainly(turn, cursor, state, scope, cursor.input)
    return cursor.park(ForTime(due))


def resume(turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
    """The moment has come."""
    return leave_plainly(turn, cursor, state, turn.scope(cursor, state), cursor.input)


def _due(turn: Turn, state: WaitState, scope: Scope) -> int:
    if state.seconds is not None:
        seconds = state.seconds.evaluate(scope)
        if (
            isinstance(seconds, bool)
            or not isinstance(seconds, int | float)
            or seconds != int(seconds)
            or seconds < 0
        ):
            raise StateFailedError(
                QUERY_EVALUATION,
                f"The Seconds field cannot be parsed as a non-negative integer: {seconds}",
                "Seconds",
            )
        if seconds > MAX_SECONDS:
            raise StateFailedError(RUNTIME, "Wait state delay is too long.")
        return turn.now + int(seconds) * 1000
    assert state.timestamp is not None
    text = state.timestamp.evaluate(scope)
    due = parse_timestamp(text) if isinstance(text, str) else None
    if due is None:
        raise StateFailedError(
            QUERY_EVALUATION,
            "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time "
            f"format string: {text}",
            "Timestamp",
        )
    if due - turn.now > MAX_SECONDS * 1000:
        raise StateFailedError(RUNTIME, "Wait state delay is too long.")
    return due


def parse_timestamp(text: str) -> int | None:
    """Milliseconds since the epoch of an RFC 3339 timestamp with an offset, or None."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return None
    seconds, fraction, offset = match.groups()
    try:
        moment = datetime.fromisoformat(seconds + offset.replace("Z", "+00:00"))
    except ValueError:
        return None
    milliseconds = int((fraction or "0").ljust(3, "0")[:3])
    return int(moment.astimezone(UTC).timestamp()) * 1000 + milliseconds
