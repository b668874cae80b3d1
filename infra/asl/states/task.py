"""Task: asks for a call, parks, and goes on with its result, its error or its time-out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, assert_never

from asl.commands import Dispatch
from asl.errors import (
    HEARTBEAT_TIMEOUT,
    QUERY_EVALUATION,
    RUNTIME,
    TIMEOUT,
    StateError,
    StateFailedError,
)
from asl.events import ActivityTaken, Heartbeat, TaskAccepted, TaskEvent, TaskFailed, TaskSucceeded
from asl.execution import ForTask, Path
from asl.jsonpath.path import PathMissingError
from asl.machine import Limit, Resource, State, TaskState
from asl.payload import Payload
from asl.scope import Scope
from asl.states.common import handle_failure, leave_plainly
from asl.turn import Cursor, Outcome, Turn


def perform(turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
    """Schedules the task and parks."""
    assert isinstance(state, TaskState)
    scope = turn.scope(cursor, state)
    parameters = state.flow.effective_input(scope, cursor.input).check_size(state.resource.arn)
    timeout = _seconds(state.timeout, scope)
    heartbeat = _seconds(state.heartbeat, scope)
    token = turn.token(cursor)
    kind, details = _scheduled(turn, state.resource, parameters, timeout, heartbeat)
    if state.credentials is not None:
        role = state.credentials.evaluate(scope)
        details["taskCredentials"] = {"roleArn": role.get("RoleArn")}
    scheduled = turn.follow(cursor, kind, details)
    turn.dispatches.append(
        Dispatch(
            execution_arn=turn.execution.arn,
            path=cursor.path,
            id=scheduled,
            resource=state.resource,
            parameters=parameters,
            token=token,
            key=dispatch_key(
                turn.execution.arn,
                cursor.path,
                cursor.state,
                cursor.entered_id,
                cursor.retry_count,
                turn.execution.redrives.count,
            ),
            timeout_seconds=timeout,
            state=cursor.state,
            retry_count=cursor.retry_count,
        )
    )
    waiting = ForTask(
        scheduled, parameters, token, timeout_seconds=timeout, heartbeat_seconds=heartbeat
    )
    # An activity's time begins when a worker takes it.
    running = waiting if state.resource.pattern == "activity" else _begun(waiting, turn.now)
    return cursor.park(running)


def _begun(waiting: ForTask, now: int) -> ForTask:
    timeout, heartbeat = waiting.timeout_seconds, waiting.heartbeat_seconds
    return replace(
        waiting,
        due=None if timeout is None else now + timeout * 1000,
        heartbeat_due=None if heartbeat is None else now + heartbeat * 1000,
    )


def resume(
    turn: Turn, cursor: Cursor, state: State, waiting: ForTask, event: TaskEvent
) -> Outcome | None:
    """Takes what became of the task."""
    assert isinstance(state, TaskState)
    resource = state.resource
    match event:
        case Heartbeat(at=at):
            if waiting.heartbeat_seconds is None:
                return cursor.park(waiting)
            beat = at + waiting.heartbeat_seconds * 1000
            return cursor.park(replace(waiting, heartbeat_due=beat))
        case ActivityTaken(worker=worker):
            turn.follow(cursor, "ActivityStarted", {"workerName": worker})
            return cursor.park(replace(_begun(waiting, turn.now), submitted=True))
        case TaskAccepted(output=output):
            _record_started(turn, cursor, resource, waiting)
            turn.follow(cursor, "TaskSubmitted", _details(resource, output=output))
            return cursor.park(replace(waiting, submitted=True))
        case TaskSucceeded(output=output):
            _record_started(turn, cursor, resource, waiting)
            kind, details = _outcome(resource, "Succeeded", output=output)
            output.check_size(resource.arn)
            turn.follow(cursor, kind, details)
            cursor.base = cursor.previous
            scope = turn.scope(cursor, state, result=output.value)
            return leave_plainly(turn, cursor, state, scope, output)
        case TaskFailed(error=error, cause=cause):
            _record_started(turn, cursor, resource, waiting)
            kind, details = _outcome(resource, "Failed", error=error, cause=cause)
            turn.follow(cursor, kind, details)
            return handle_failure(turn, cursor, state, StateError(error, cause))
        case _:
            assert_never(event)


def time_out(turn: Turn, cursor: Cursor, state: State, waiting: ForTask) -> Outcome | None:
    """The task's time, or the time between two signs of life, has run out."""
    assert isinstance(state, TaskState)
    timed_out = waiting.due is not None and waiting.due <= turn.now
    # AWS gives both the same name; a rule may still ask for the heartbeat's own.
    also = None if timed_out else HEARTBEAT_TIMEOUT
    error = StateError(TIMEOUT, "", also=also)
    _record_started(turn, cursor, state.resource, waiting)
    kind, details = _outcome(state.resource, "TimedOut", error=error.error, cause=None)
    turn.follow(cursor, kind, details)
    return handle_failure(turn, cursor, state, error)


def _scheduled(
    turn: Turn,
    resource: Resource,
    parameters: Payload,
    timeout: int | None,
    heartbeat: int | None,
) -> tuple[str, dict[str, Any]]:
    limits = {"timeoutInSeconds": timeout, "heartbeatInSeconds": heartbeat}
    given = {name: value for name, value in limits.items() if value is not None}
    if resource.direct_lambda or resource.pattern == "activity":
        kind = "LambdaFunctionScheduled" if resource.direct_lambda else "ActivityScheduled"
        return kind, {
            "resource": resource.arn,
            "input": parameters,
            **given,
        }
    region = turn.execution.arn.split(":")[3]
    return "TaskScheduled", _details(resource, region=region, parameters=parameters, **given)


def _record_started(turn: Turn, cursor: Cursor, resource: Resource, waiting: ForTask) -> None:
    if waiting.submitted or resource.pattern == "activity":
        return
    if resource.direct_lambda:
        turn.follow(cursor, "LambdaFunctionStarted", {})
    else:
        turn.follow(cursor, "TaskStarted", _details(resource))


def _outcome(resource: Resource, what: str, **details: Any) -> tuple[str, dict[str, Any]]:
    if resource.direct_lambda:
        return f"LambdaFunction{what}", details
    if resource.pattern == "activity":
        return f"Activity{what}", details
    return f"Task{what}", _details(resource, **details)


def _details(resource: Resource, **details: Any) -> dict[str, Any]:
    return {"resourceType": resource.service, "resource": resource.action, **details}


def _seconds(limit: Limit | None, scope: Scope) -> int | None:
    if limit is None:
        return None
    try:
        value = limit.value.evaluate(scope)
    except PathMissingError as error:
        raise StateFailedError(RUNTIME, f"Invalid path in {limit.field}: {error}") from None
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise StateFailedError(
            QUERY_EVALUATION,
            f"The {limit.field} field must be a positive integer but was: {value}",
            limit.field,
        )
    return value


def dispatch_key(
    arn: str, path: Path, state: str, entered_id: int, retry_count: int, redrive_count: int
) -> str:
    """The same for every delivery of one attempt; another for the next attempt."""
    place = "/".join(map(str, (*path, state)))
    redrive = f"{redrive_count}." if redrive_count else ""
    return f"{arn}/{place}@{entered_id}#{redrive}{retry_count}"
