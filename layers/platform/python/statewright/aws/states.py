"""AWS Step Functions."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from statewright.aws.clients import client, error_code, mapped, patient_client
from statewright.errors import ConflictError, GoneError, InvalidError, NotFoundError

_GOES_ON = {"ExecutionStarted", "ExecutionRedriven"}


def put_machine(
    arn: str,
    name: str,
    definition: str,
    role_arn: str,
    kind: str = "STANDARD",
    log_group_arn: str | None = None,
) -> str:
    """Creates or updates a state machine and publishes it as a version.

    Args:
        kind: ``STANDARD`` or ``EXPRESS``, which it keeps for good.
        log_group_arn: where its executions' events are logged, without their data.

    Returns:
        The ARN of the version.

    Raises:
        InvalidError: Step Functions does not accept the definition.
    """
    states, logging = client("stepfunctions"), _logging(log_group_arn)
    with mapped("Step Functions"):
        try:
            answer = states.update_state_machine(
                stateMachineArn=arn,
                definition=definition,
                roleArn=role_arn,
                publish=True,
                **logging,
            )
        except ClientError as error:
            _refuse_invalid(error)
            if error_code(error) != "StateMachineDoesNotExist":
                raise
            answer = _create(name, definition, role_arn, kind, logging)
    return str(answer["stateMachineVersionArn"])


def _logging(log_group_arn: str | None) -> dict[str, Any]:
    if log_group_arn is None:
        return {}
    group = {"cloudWatchLogsLogGroup": {"logGroupArn": log_group_arn}}
    return {"loggingConfiguration": {"level": "ALL", "destinations": [group]}}


def point_alias(version_arn: str, name: str) -> str:
    """Makes an alias lead to a version, all of it, and returns the alias's ARN."""
    routing = [{"stateMachineVersionArn": version_arn, "weight": 100}]
    arn = f"{version_arn.rpartition(':')[0]}:{name}"
    states = client("stepfunctions")
    with mapped("Step Functions"):
        try:
            states.update_state_machine_alias(
                stateMachineAliasArn=arn, routingConfiguration=routing
            )
        except ClientError as error:
            if error_code(error) != "ResourceNotFound":
                raise
            states.create_state_machine_alias(name=name, routingConfiguration=routing)
    return arn


def withdraw_alias(machine_arn: str, name: str) -> None:
    """Takes an alias away: from now on nothing starts through it. What runs goes on."""
    with mapped("Step Functions"):
        try:
            client("stepfunctions").delete_state_machine_alias(
                stateMachineAliasArn=f"{machine_arn}:{name}"
            )
        except ClientError as error:
            if error_code(error) not in {"ResourceNotFound", "StateMachineDoesNotExist"}:
                raise


def start_sync(machine_arn: str, name: str, execution_input: str) -> dict[str, Any]:
    """Runs an Express execution to its end, and returns StartSyncExecution's answer.

    One that takes longer than anybody can wait is ``RUNNING``. It is never called twice.
    """
    with mapped("Step Functions"), _known("workflow"):
        try:
            answer: dict[str, Any] = patient_client("stepfunctions").start_sync_execution(
                stateMachineArn=machine_arn, name=name, input=execution_input
            )
        except ReadTimeoutError:
            return {"status": "RUNNING"}
    return answer


def _create(
    name: str, definition: str, role_arn: str, kind: str, logging: dict[str, Any]
) -> dict[str, Any]:
    try:
        created: dict[str, Any] = client("stepfunctions").create_state_machine(
            name=name, definition=definition, roleArn=role_arn, type=kind, publish=True, **logging
        )
    except ClientError as error:
        _refuse_invalid(error)
        raise
    return created


def _refuse_invalid(error: ClientError) -> None:
    if error_code(error) == "InvalidDefinition":
        raise InvalidError(str(error.response["Error"].get("Message"))) from error


def start(machine_arn: str, name: str, execution_input: str) -> bool:
    """Starts an execution; returns once it is durable.

    Returns:
        False where an execution of that name was started before.
    """
    with mapped("Step Functions"):
        try:
            client("stepfunctions").start_execution(
                stateMachineArn=machine_arn, name=name, input=execution_input
            )
        except ClientError as error:
            if error_code(error) == "ExecutionAlreadyExists":
                return False
            if error_code(error) in {"InvalidExecutionInput", "ValidationException"}:
                raise InvalidError(str(error.response["Error"].get("Message"))) from error
            if error_code(error) == "StateMachineDoesNotExist":
                raise NotFoundError("The workflow's state machine is gone.") from error
            raise
    return True


def describe(execution_arn: str) -> dict[str, Any]:
    """DescribeExecution, with input and output as values."""
    with mapped("Step Functions"), _known("execution"):
        answer: dict[str, Any] = client("stepfunctions").describe_execution(
            executionArn=execution_arn
        )
    for field in ("input", "output"):
        if field in answer:
            answer[field] = json.loads(answer[field])
    return answer


def history(
    execution_arn: str, after: int = 0, limit: int | None = None
) -> Iterator[dict[str, Any]]:
    """History events in order, those with ids above ``after``, ``limit`` of them at the most."""
    token: dict[str, str] = {}
    found = 0
    while True:
        with mapped("Step Functions"), _known("execution"):
            page = client("stepfunctions").get_execution_history(
                executionArn=execution_arn, maxResults=1000, includeExecutionData=True, **token
            )
        for event in page["events"]:
            if event["id"] > after:
                yield event
                found += 1
                if limit is not None and found >= limit:
                    return
        if "nextToken" not in page:
            return
        token = {"nextToken": page["nextToken"]}


def has_news(execution_arn: str, after: int) -> bool:
    """Whether an execution has events after one, or will never have any."""
    with mapped("Step Functions"), _known("execution"):
        page = client("stepfunctions").get_execution_history(
            executionArn=execution_arn, maxResults=1, reverseOrder=True, includeExecutionData=False
        )
    newest = page["events"][0]
    ended = newest["type"].startswith("Execution") and newest["type"] not in _GOES_ON
    return ended or newest["id"] > after


def redrive(execution_arn: str) -> None:
    """Lets an execution go on from where it failed, timed out or was stopped.

    Raises:
        ConflictError: it cannot, with the reason.
    """
    with mapped("Step Functions"), _known("execution"):
        try:
            client("stepfunctions").redrive_execution(executionArn=execution_arn)
        except ClientError as error:
            if error_code(error) in {"ExecutionNotRedrivable", "ExecutionLimitExceeded"}:
                raise ConflictError(str(error.response["Error"].get("Message"))) from error
            raise


def find_map_run(execution_arn: str, run_id: str) -> dict[str, Any] | None:
    """DescribeMapRun of the execution's Map run whose ARN ends with the id."""
    token: dict[str, str] = {}
    machines = client("stepfunctions")
    while True:
        with mapped("Step Functions"), _known("execution"):
            page = machines.list_map_runs(executionArn=execution_arn, maxResults=1000, **token)
            for run in page["mapRuns"]:
                if run["mapRunArn"].rpartition(":")[2] == run_id:
                    found: dict[str, Any] = machines.describe_map_run(mapRunArn=run["mapRunArn"])
                    return found
        if "nextToken" not in page:
            return None
        token = {"nextToken": page["nextToken"]}


def map_run_items(run_arn: str, token: str | None, limit: int) -> dict[str, Any]:
    """ListExecutions of a Map run: a page of its children, and perhaps ``nextToken``."""
    more = {} if token is None else {"nextToken": token}
    with mapped("Step Functions"), _known("Map run"):
        page: dict[str, Any] = client("stepfunctions").list_executions(
            mapRunArn=run_arn, maxResults=limit, **more
        )
    return page


def stop(execution_arn: str, error: str, cause: str) -> None:
    """Stops an execution."""
    with mapped("Step Functions"), _known("execution"):
        client("stepfunctions").stop_execution(executionArn=execution_arn, error=error, cause=cause)


def stop_if_running(execution_arn: str, error: str, cause: str) -> None:
    """Stops an execution. One that has ended, or is not there any more, is none to stop."""
    with contextlib.suppress(NotFoundError, ConflictError):
        stop(execution_arn, error, cause)


def create_machine(name: str, definition: str, role_arn: str) -> str:
    """Creates a state machine without versions, and returns its ARN.

    Raises:
        InvalidError: Step Functions does not accept the definition.
    """
    with mapped("Step Functions"):
        try:
            created = client("stepfunctions").create_state_machine(
                name=name, definition=definition, roleArn=role_arn
            )
        except ClientError as error:
            _refuse_invalid(error)
            raise
    return str(created["stateMachineArn"])


def test_state(
    definition: str, role_arn: str, variables: dict[str, Any], mock: dict[str, Any] | None
) -> dict[str, Any]:
    """TestState of one state, with what its fields came to.

    Raises:
        ConflictError: Step Functions cannot try it, with the reason.
    """
    more = {} if mock is None else {"mock": mock}
    with mapped("Step Functions"):
        try:
            answer: dict[str, Any] = client("stepfunctions").test_state(
                definition=definition,
                roleArn=role_arn,
                input="{}",
                variables=json.dumps(variables),
                inspectionLevel="DEBUG",
                **more,
            )
        except ClientError as error:
            if error_code(error) in {"ValidationException", "InvalidDefinition"}:
                raise ConflictError(str(error.response["Error"].get("Message"))) from error
            raise
    return answer


def delete_machine(arn: str) -> None:
    """Deletes a state machine with its versions and aliases; that there is none is well."""
    machines = client("stepfunctions")
    with mapped("Step Functions"):
        machines.delete_state_machine(stateMachineArn=arn)


def succeed_task(token: str, output: dict[str, Any]) -> None:
    """Completes the task that waits for ``token``.

    Raises:
        GoneError: it does not wait any more.
    """
    with mapped("Step Functions"):
        try:
            client("stepfunctions").send_task_success(taskToken=token, output=json.dumps(output))
        except ClientError as error:
            if error_code(error) in {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}:
                raise GoneError("The step does not wait for this any more.") from error
            raise


def fail_task(token: str, error: str, cause: str) -> None:
    """Fails the task that waits for ``token``.

    Raises:
        GoneError: it does not wait any more.
    """
    with mapped("Step Functions"):
        try:
            client("stepfunctions").send_task_failure(taskToken=token, error=error, cause=cause)
        except ClientError as error_:
            if error_code(error_) in {"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"}:
                raise GoneError("The step does not wait for this any more.") from error_
            raise


@contextmanager
def _known(what: str) -> Iterator[None]:
    """Maps "does not exist" to :class:`NotFoundError`, and a wrong state to a conflict."""
    try:
        yield
    except ClientError as error:
        code = error_code(error)
        if code in {"ExecutionDoesNotExist", "StateMachineDoesNotExist", "InvalidArn"}:
            raise NotFoundError(f"There is no such {what}.") from error
        if code == "ValidationException":
            raise ConflictError(str(error.response["Error"].get("Message"))) from error
        raise
