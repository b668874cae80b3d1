"""The verdict on a recorded execution: status, output, error, cause, exact history."""

from __future__ import annotations

from typing import Any

from asl.errors import InvalidDefinitionError
from tests.conformance.cases import Case
from tests.conformance.normalise import recorded
from tests.conformance.recording import Recording
from tests.conformance.simulate import Simulation, StuckError

MOST_SHOWN = 3


def judge(case: Case, recording: Recording) -> str:
    """Runs an ``execution`` case; returns why it fails, or nothing."""
    expected = case["expected"]
    incomplete = "history_incomplete" in expected
    try:
        simulation = Simulation(case).run(len(expected["history_events"]) if incomplete else None)
    except InvalidDefinitionError as error:
        return f"refused at creation: {error.message}"
    except StuckError as error:
        return f"stuck: {error}"
    wrong = _outcome({"status": "RUNNING"} if incomplete else expected, simulation, recording)
    if "history_events" in expected and not expected.get("history_lossy"):
        history = recording.linked_as_then(simulation.history())
        wrong += _history(expected["history_events"], history, recording)
    return "; ".join(wrong[:MOST_SHOWN])


def _outcome(expected: dict[str, Any], simulation: Simulation, recording: Recording) -> list[str]:
    execution = simulation.execution
    wrong = []
    if execution.status.value != expected["status"]:
        failure = execution.failure
        why = "" if failure is None else f" ({failure.error}: {failure.cause})"
        wrong.append(f"status {execution.status.value}{why}, expected {expected['status']}")
        return wrong
    if "output" in expected:
        value = None if execution.output is None else execution.output.value
        wrong += _named("output", recording.differences(expected["output"], value))
    for field in ("error", "cause"):
        if field in expected:
            value = recorded(getattr(execution.failure, field, None))
            wrong += _named(field, recording.differences(expected[field], value))
    return wrong


def _history(
    expected: list[dict[str, Any]], actual: list[dict[str, Any]], recording: Recording
) -> list[str]:
    """Differences of two histories: first in what happened, then in the details."""
    for number, (wanted, got) in enumerate(zip(expected, actual, strict=False), 1):
        if wanted["type"] != got["type"]:
            return [f"history #{number}: {got['type']}, expected {wanted['type']}"]
    if len(expected) != len(actual):
        longer = expected if len(expected) > len(actual) else actual
        extra = longer[min(len(expected), len(actual))]["type"]
        what = "missing" if longer is expected else "unexpected"
        return [f"history: {len(actual)} events, expected {len(expected)}; {what} {extra}"]
    wrong = []
    for place, difference in _per_event(expected, actual, recording):
        wrong.append(f"history {place}{difference}")
    return wrong


def _per_event(
    expected: list[dict[str, Any]], actual: list[dict[str, Any]], recording: Recording
) -> list[tuple[str, str]]:
    """The differences, each with its event's number and type in front."""
    found = []
    for difference in recording.differences(expected, actual):
        number, _, rest = difference.removeprefix("$[").partition("]")
        place = f"#{int(number) + 1} {actual[int(number)]['type']}" if number.isdigit() else ""
        found.append((int(number) if number.isdigit() else 0, place, rest))
    return [(place, rest) for _, place, rest in sorted(found)]


def _named(field: str, found: list[str]) -> list[str]:
    return [difference.replace("$", field, 1) for difference in found]
