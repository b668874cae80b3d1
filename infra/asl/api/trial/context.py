"""A made-up context object: only what a real one could hold.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
"""

from __future__ import annotations

from typing import Any

from asl.api.checks import invalid
from asl.errors import ApiError
from asl.machine import State, TaskState
from asl.payload import Payload

_ANYTHING = "anything"
_FIELDS = {
    "Execution": {
        "Id": "string",
        "Input": _ANYTHING,
        "Name": "string",
        "RoleArn": "string",
        "StartTime": "string",
        "RedriveCount": "number",
        "RedriveTime": "string",
    },
    "State": {"Name": "string", "EnteredTime": "string", "RetryCount": "number"},
    "StateMachine": {"Id": "string", "Name": "string"},
    "Task": {"Token": "string"},
}


def read_context(text: str, state: State) -> dict[str, Any]:
    """The context object that a caller made up for a state.

    Raises:
        ApiError: ValidationException, with what is wrong first.
    """
    context = _object(text)
    for name, value in context.items():
        if name == "Map":
            raise _refused("'Map' field is not supported when mocking a Context object")
        _check_part(name, value)
    if "Task" in context and not _waits(state):
        raise _refused(
            "Context object contains 'Task' when state is not a Task state with a '.sync' or "
            "'.waitForTaskToken' service integration pattern"
        )
    return context


def _object(text: str) -> dict[str, Any]:
    try:
        context = Payload.parse(text).value
    except ValueError:
        raise _refused("Context object must be valid JSON") from None
    if not isinstance(context, dict):
        raise _refused("Context object must be a JSON object")
    return context


def _check_part(name: str, value: Any) -> None:
    fields = _FIELDS.get(name)
    if fields is None:
        raise _refused(f"Field '{name}' is not allowed")
    if not isinstance(value, dict):
        raise _refused(f"{name} must be an object")
    for field, item in value.items():
        if field not in fields:
            raise _refused(f"Field '{field}' is not allowed")
        if not _fits(item, fields[field]):
            raise _refused(f"{name}.{field} must be a {fields[field]}")


def _fits(value: Any, kind: str) -> bool:
    if kind == "string":
        return isinstance(value, str)
    return kind == _ANYTHING or (isinstance(value, int) and not isinstance(value, bool))


def _waits(state: State) -> bool:
    return isinstance(state, TaskState) and state.resource.pattern in {"sync", "sync2", "token"}


def _refused(why: str) -> ApiError:
    return invalid(f"Invalid Context object provided: {why}")
