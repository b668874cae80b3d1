"""What stands in for the work of a state: a result or an error, checked as AWS checks it.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_MockInput.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from asl.api.checks import constrain, invalid, not_in
from asl.api.trial.shapes import check_result
from asl.errors import ApiError, StateError
from asl.machine import MapState, ParallelState, State, TaskState
from asl.payload import Payload
from asl.states.common import TYPE_NAMES

MODES = ("STRICT", "PRESENT", "NONE")


@dataclass(frozen=True, slots=True)
class Mock:
    """Exactly one of a result and an error."""

    result: Payload | None = None
    error: StateError | None = None


def check_unmocked(state: State) -> None:
    """Refuses a state that cannot be run without a mock.

    Raises:
        ApiError: InvalidDefinition.
    """
    if isinstance(state, MapState | ParallelState):
        raise ApiError(
            "InvalidDefinition",
            "TestState API does not support Map or Parallel states. Supported state types "
            "include: [Task, Wait, Pass, Succeed, Fail, Choice]",
        )
    if isinstance(state, TaskState) and state.resource.pattern != "response":
        what = "Activity tasks"
        if state.resource.pattern != "activity":
            what = "'.sync' or '.waitForTaskToken' integration patterns"
        raise ApiError("InvalidDefinition", f"TestState API does not support {what}")


def read_mock(given: Mapping[str, Any], state: State, *, reveal_secrets: bool) -> Mock:
    """The mock for a state.

    Raises:
        ApiError: ValidationException, with what is wrong first.
    """
    if not isinstance(state, TaskState | MapState | ParallelState):
        kind = TYPE_NAMES[type(state)]
        raise invalid(f"State type '{kind}' is not supported when a mock is specified")
    if reveal_secrets:
        raise invalid("TestState does not support RevealSecrets when a mock is specified.")
    if ("result" in given) == ("errorOutput" in given):
        raise invalid(
            "A test mock should have only one of the following fields: [result, errorOutput]."
        )
    mode = given.get("fieldValidationMode") or MODES[0]
    constrain(not_in(mode, "mock.fieldValidationMode", MODES))
    if "errorOutput" in given:
        return Mock(error=_error(given["errorOutput"]))
    return Mock(result=_result(given["result"], state, mode))


def _error(output: Mapping[str, Any]) -> StateError:
    if not output.get("error"):
        raise invalid("An error was not specified in the mocked error output.")
    return StateError(output["error"], output.get("cause"))


def _result(text: str, state: TaskState | MapState | ParallelState, mode: str) -> Payload:
    try:
        result = Payload.parse(text)
    except ValueError:
        raise invalid("Mocked result must be valid JSON") from None
    match state:
        case TaskState():
            if mode != "NONE":
                check_result(state.resource, result.value, strict=mode == "STRICT")
        case MapState() if state.writer is not None and state.writer.arguments is not None:
            if not isinstance(result.value, dict):
                raise invalid("Mocked result must be a JSON object.")
        case MapState():
            _check_items(result.value)
        case ParallelState():
            _check_items(result.value)
            if len(result.value) != len(state.branches):
                raise invalid(
                    "Mocked result must contain the same number of items as number of Parallel "
                    "branches."
                )
    return result


def _check_items(value: Any) -> None:
    if not isinstance(value, list):
        raise invalid("Mocked result must be an array.")
