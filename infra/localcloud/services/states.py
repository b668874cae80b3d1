"""AWS Step Functions: the engine, with the local cloud performing its tasks.

https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from asl.api import StepFunctions
from asl.commands import Dispatch
from asl.errors import ApiError
from asl.execution import Execution, Parent, Status
from asl.payload import Payload
from asl.ports import Accepted, Announcement, Succeeded, TaskError, TaskOutcome
from asl.redrive import obstacle
from localcloud.errors import AwsError
from localcloud.functions import LambdaHost
from localcloud.ids import new_id
from localcloud.services import sdk_tasks
from localcloud.services.events import Events
from localcloud.services.sns import Sns
from localcloud.services.sqs import Sqs
from localcloud.services.task_errors import task_error

_OPERATIONS = {
    "CreateStateMachine": "create_state_machine",
    "UpdateStateMachine": "update_state_machine",
    "DescribeStateMachine": "describe_state_machine",
    "DescribeStateMachineForExecution": "describe_state_machine_for_execution",
    "ListStateMachines": "list_state_machines",
    "DeleteStateMachine": "delete_state_machine",
    "ValidateStateMachineDefinition": "validate_state_machine_definition",
    "PublishStateMachineVersion": "publish_state_machine_version",
    "ListStateMachineVersions": "list_state_machine_versions",
    "DeleteStateMachineVersion": "delete_state_machine_version",
    "CreateStateMachineAlias": "create_state_machine_alias",
    "UpdateStateMachineAlias": "update_state_machine_alias",
    "DescribeStateMachineAlias": "describe_state_machine_alias",
    "ListStateMachineAliases": "list_state_machine_aliases",
    "DeleteStateMachineAlias": "delete_state_machine_alias",
    "StartExecution": "start_execution",
    "StartSyncExecution": "start_sync_execution",
    "DescribeExecution": "describe_execution",
    "ListExecutions": "list_executions",
    "GetExecutionHistory": "get_execution_history",
    "StopExecution": "stop_execution",
    "RedriveExecution": "redrive_execution",
    "ListMapRuns": "list_map_runs",
    "DescribeMapRun": "describe_map_run",
    "UpdateMapRun": "update_map_run",
    "SendTaskSuccess": "send_task_success",
    "SendTaskFailure": "send_task_failure",
    "SendTaskHeartbeat": "send_task_heartbeat",
    "CreateActivity": "create_activity",
    "DescribeActivity": "describe_activity",
    "ListActivities": "list_activities",
    "DeleteActivity": "delete_activity",
    "GetActivityTask": "get_activity_task",
    "TestState": "test_state",
    "TagResource": "tag_resource",
    "UntagResource": "untag_resource",
    "ListTagsForResource": "list_tags_for_resource",
}


def make_machines(api: StepFunctions, machines: Sequence[tuple[str, str]]) -> None:
    """Makes the template's own state machines, or gives those that are there their definition."""
    for name, definition in machines:
        role = f"arn:aws:iam::000000000000:role/{name}"
        try:
            api.create_state_machine(name, definition, role)
        except ApiError as error:
            if error.code != "StateMachineAlreadyExists":
                raise
            known = str(error).partition("'")[2].removesuffix("'")
            api.update_state_machine(known, definition)


def operations(states: StepFunctions) -> dict[str, Any]:
    """The supported API operations."""
    return {name: _operation(states, name, method) for name, method in _OPERATIONS.items()}


def _operation(states: StepFunctions, name: str, method: str) -> Callable[..., dict[str, Any]]:
    function = getattr(states, method)

    def call(**parameters: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = function(**parameters)
        except ApiError as error:
            raise AwsError(error.code, error.message) from None
        except TypeError as error:
            if "unexpected keyword" not in str(error):
                raise
            raise AwsError("NotSupportedLocally", f"{name}: {error}", 501) from None
        return answer

    return call


class Tasks:
    """Performs the tasks of executions. Implements :class:`asl.ports.TaskDispatcher`."""

    def __init__(self, host: LambdaHost, sqs: Sqs, sns: Sns, events: Events):
        self._host = host
        self._sqs = sqs
        self._sns = sns
        self._events = events
        self.states: StepFunctions | None = None

    def __call__(self, dispatch: Dispatch) -> TaskOutcome:
        """Performs one call. Whatever goes wrong is the task's error, never an exception."""
        parameters = dispatch.parameters.value
        try:
            return self._perform(dispatch, parameters)
        except (AwsError, ApiError) as error:
            return task_error(dispatch.resource.service, error)
        except (KeyError, TypeError) as error:
            return TaskError("States.Runtime", f"The parameters are not valid: {error}")
        except Exception as error:
            return TaskError("States.TaskFailed", f"{type(error).__name__}: {error}")

    def _perform(self, dispatch: Dispatch, parameters: Any) -> TaskOutcome:
        resource = dispatch.resource
        if resource.direct_lambda:
            return self._function(resource.arn, dispatch.parameters)
        match resource.service:
            case "lambda":
                return self._invoke(dispatch, parameters)
            case "states":
                return self._start(dispatch, parameters)
            case "sqs":
                body = _text(parameters["MessageBody"])
                answer = self._sqs.send_message(**{**parameters, "MessageBody": body})
            case "sns":
                message = _text(parameters["Message"])
                answer = self._sns.publish(**{**parameters, "Message": message})
            case "events":
                answer = self._put_events(dispatch, parameters)
                if answer["FailedEntryCount"]:
                    return TaskError("EventBridge.FailedEntry", orjson.dumps(answer).decode())
            case service if service.startswith(("aws-sdk:", "dynamodb")):
                name = service.removeprefix("aws-sdk:")
                answer = sdk_tasks.call(name, resource.action, parameters)
                if service != name and resource.pattern == "response":
                    return Succeeded(Payload(answer))
            case _:
                raise AwsError("NotSupportedLocally", f"{resource.arn} is not supported locally")
        return self._answered(dispatch, answer)

    def _answered(self, dispatch: Dispatch, answer: dict[str, Any]) -> TaskOutcome:
        output = Payload({**answer, **_metadata()})
        return Accepted(output) if dispatch.resource.pattern == "token" else Succeeded(output)

    def _invoke(self, dispatch: Dispatch, parameters: dict[str, Any]) -> TaskOutcome:
        outcome = self._function(parameters["FunctionName"], Payload(parameters.get("Payload", {})))
        if isinstance(outcome, TaskError):
            return outcome
        answer = {
            "ExecutedVersion": "$LATEST",
            "Payload": outcome.output.value,
            "StatusCode": 200,
        }
        return self._answered(dispatch, answer)

    def _function(self, name: str, payload: Payload) -> Succeeded | TaskError:
        outcome = self._host.invoke(name, payload.text)
        if outcome.error is None:
            return Succeeded(Payload.parse(outcome.payload))
        details = orjson.loads(outcome.payload)
        return TaskError(details["errorType"], outcome.payload.decode())

    def _start(self, dispatch: Dispatch, parameters: dict[str, Any]) -> TaskOutcome:
        assert self.states is not None
        pattern, parent = dispatch.resource.pattern, None
        if pattern in {"sync", "sync2"}:
            parent = Parent(dispatch.execution_arn, dispatch.path, dispatch.id, pattern)
        # A repeated dispatch must find the child that the first one started.
        name = parameters.get("Name") or str(uuid.uuid5(uuid.NAMESPACE_URL, dispatch.key))
        try:
            answer = self.states.start_execution(
                parameters["StateMachineArn"],
                name,
                orjson.dumps(parameters.get("Input", {})).decode(),
                parent=parent,
            )
        except ApiError as error:
            if error.code != "ExecutionAlreadyExists" or "Name" in parameters:
                raise
            return Accepted(Payload(_metadata()))
        output = Payload(
            {
                "ExecutionArn": answer["executionArn"],
                "StartDate": answer["startDate"].isoformat(),
                **_metadata(),
            }
        )
        return Succeeded(output) if pattern == "response" else Accepted(output)

    def _put_events(self, dispatch: Dispatch, parameters: dict[str, Any]) -> dict[str, Any]:
        entries = [
            {**entry, "Detail": _text(entry.get("Detail", {}))} for entry in parameters["Entries"]
        ]
        return self._events.put_events(entries)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _metadata() -> dict[str, Any]:
    return {
        "SdkHttpMetadata": {"HttpStatusCode": 200},
        "SdkResponseMetadata": {"RequestId": new_id()},
    }


class StatusEvents:
    """Publishes "Execution Status Change" events. Implements :class:`asl.ports.Announcer`.

    https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
    """

    def __init__(self, events: Events):
        self._events = events

    def __call__(self, announcements: Sequence[Announcement]) -> None:
        """Publishes the beginnings and ends in a batch."""
        published = []
        for announcement in announcements:
            execution = announcement.execution
            if announcement.began:
                published.append(self._event(execution, ended=False))
            if execution.status is not Status.RUNNING:
                published.append(self._event(execution, ended=True))
        self._events.publish(published)

    def _event(self, execution: Execution, *, ended: bool) -> dict[str, Any]:
        failure = execution.failure if ended else None
        output = execution.output if ended else None
        detail = {
            "executionArn": execution.arn,
            "stateMachineArn": execution.machine_arn,
            "stateMachineVersionArn": execution.version_arn,
            "stateMachineAliasArn": execution.alias_arn,
            "name": execution.name,
            "status": execution.status.value if ended else Status.RUNNING.value,
            "startDate": execution.started_at,
            "stopDate": execution.stopped_at if ended else None,
            "input": execution.input.text.decode(),
            "output": None if output is None else output.text.decode(),
            "error": None if failure is None else failure.error,
            "cause": None if failure is None else failure.cause,
            **_redrives(execution, ended=ended),
        }
        kind = "Step Functions Execution Status Change"
        return self._events.envelope("aws.states", kind, detail, [execution.arn])


def _redrives(execution: Execution, *, ended: bool) -> dict[str, Any]:
    """What an event says of redrives: whether the execution could be, when it began or ended."""
    now = execution.stopped_at if ended else None
    reason = f"Execution is {Status.RUNNING} and cannot be redriven"
    if now is not None:
        reason = obstacle(execution, now) or ""
    return {
        "redriveCount": execution.redrives.count,
        "redriveDate": execution.redrives.at,
        "redriveStatus": "NOT_REDRIVABLE" if reason else "REDRIVABLE",
        "redriveStatusReason": reason or None,
    }
