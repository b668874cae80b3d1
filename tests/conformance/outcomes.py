"""Serves recorded task outcomes back to an execution."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from asl.commands import Dispatch
from asl.events import ActivityTaken, Event, TaskAccepted, TaskFailed, TaskSucceeded
from asl.payload import Payload
from tests.conformance.cases import differences
from tests.conformance.normalise import as_json, as_text, concrete, recorded, wildcards

Outcome = dict[str, Any]


class Outcomes:
    """The recorded outcomes of one execution's tasks; each is served once."""

    def __init__(self, outcomes: list[Outcome]):
        self._left = list(outcomes)

    def take(self, state: str | None, dispatch: Dispatch) -> Outcome | None:
        """The outcome recorded for this call: same resource, best same parameters.

        Args:
            state: the name of the state that calls, where it is known.
            dispatch: the call.
        """
        found = [outcome for outcome in self._left if _fits(outcome, state, dispatch)]
        if not found:
            return None
        best = next((outcome for outcome in found if _same_call(outcome, dispatch)), found[0])
        self._left.remove(best)
        return best


def _fits(outcome: Outcome, state: str | None, dispatch: Dispatch) -> bool:
    resource = dispatch.resource
    named = concrete(outcome["resource"]) in {resource.arn, resource.action}
    return named and state in {None, outcome.get("state", state)}


def _same_call(outcome: Outcome, dispatch: Dispatch) -> bool:
    return not differences(_call(outcome), recorded(dispatch.parameters.value))


def _call(outcome: Outcome) -> Any:
    return outcome["input"] if "input" in outcome else outcome.get("parameters")


def events(
    outcome: Outcome, dispatch: Dispatch, now: int, *, spaced: bool = False
) -> Iterator[Event]:
    """What the engine is told. Nothing for a time-out: the time itself passes.

    Args:
        outcome: what was recorded.
        dispatch: the call that it answers.
        now: milliseconds since the epoch.
        spaced: how causes were written, see :func:`tests.conformance.normalise.as_text`.
    """
    known = wildcards(_call(outcome), dispatch.parameters.value)
    for then in outcome["then"] or []:
        kind = then["type"]
        if kind == "ActivityStarted":
            yield ActivityTaken(now, dispatch.path, dispatch.id, then.get("workerName"))
        elif kind.endswith("Submitted"):
            yield TaskAccepted(now, dispatch.path, dispatch.id, _payload(then, known))
        elif kind.endswith("Succeeded"):
            yield TaskSucceeded(now, dispatch.path, dispatch.id, _payload(then, known))
        elif kind.endswith("Failed"):
            error, cause = then.get("error"), concrete(then.get("cause"), known)
            yield TaskFailed(now, dispatch.path, dispatch.id, error, as_text(cause, spaced=spaced))


def _payload(then: dict[str, Any], known: dict[str, Any]) -> Payload:
    return Payload(as_json(concrete(then.get("output"), known)))
