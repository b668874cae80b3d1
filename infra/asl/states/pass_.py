"""Pass: shapes data and goes on."""

from __future__ import annotations

from asl.machine import PassState
from asl.states.common import leave_plainly
from asl.turn import Cursor, Outcome, Turn


def perform(turn: Turn, cursor: Cursor, state: PassState) -> Outcome | None:
    """Leaves at once, with its input as the default output."""
    return leave_plainly(turn, cursor, state, turn.scope(cursor, state), cursor.input)
