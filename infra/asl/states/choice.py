"""Choice: takes the first rule whose condition holds."""

from __future__ import annotations

from asl.errors import NO_CHOICE, QUERY_EVALUATION, StateFailedError
from asl.jsonata.template import Template
from asl.machine import ChoiceState
from asl.states.common import leave
from asl.turn import Cursor, Outcome, Turn


def perform(turn: Turn, cursor: Cursor, state: ChoiceState) -> Outcome | None:
    """Leaves by the chosen rule's own ``Output`` and ``Assign``, or by the state's for Default."""
    scope = turn.scope(cursor, state)
    for index, rule in enumerate(state.rules):
        holds = rule.condition.evaluate(scope)
        if not isinstance(holds, bool):
            assert isinstance(rule.condition, Template)
            location = f"Choices[{index}]/Condition"
            raise StateFailedError(
                QUERY_EVALUATION,
                f"The JSONata expression '{rule.condition.source[2:-2].strip()}' specified for the "
                f"field '{location}' returned an unexpected result type. Expected 'boolean'.",
                location,
            )
        if holds:
            return leave(turn, cursor, state, scope, cursor.input, rule.flow, rule.next)
    if state.default is None:
        raise StateFailedError(
            NO_CHOICE,
            f"An error occurred while executing the state '{state.name}' (entered at the event id "
            f"#{cursor.entered_id}). Failed to transition out of the state. The state does not "
            "point to a next state.",
        )
    return leave(turn, cursor, state, scope, cursor.input, state.flow, state.default)
