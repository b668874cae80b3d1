"""The Step Functions operations, as plain functions over the ports.

Parameters, answers and error codes are those of boto3's ``stepfunctions`` client:
https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
"""

from __future__ import annotations

import re
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson

from asl.definition import check_definition, parse_definition
from asl.errors import ApiError
from asl.events import Heartbeat, StopRequested, TaskEvent, TaskFailed, TaskSucceeded
from asl.execution import Execution, ForTask, Parent, Path, Status, leaves
from asl.history import render
from asl.payload import LIMIT, Payload
from asl.ports import Clock, ExecutionExistsError, Journal, MachineRecord, Machines, Query
from asl.runner import Runner

_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")
Answer = dict[str, Any]


class StepFunctions:
    """One account's Step Functions in one region."""

    def __init__(
        self,
        runner: Runner,
        journal: Journal,
        machines: Machines,
        clock: Clock,
        *,
        account: str = "000000000000",
        region: str = "us-east-1",
    ):
        self._runner = runner
        self._journal = journal
        self._machines = machines
        self._clock = clock
        self._prefix = f"arn:aws:states:{region}:{account}"

    # -- state machines -----------------------------------------------------------------------

    def create_state_machine(
        self,
        name: str,
        definition: str,
        roleArn: str,
        type: str = "STANDARD",
        publish: bool = False,
        versionDescription: str = "",
    ) -> Answer:
        """Creates a machine; the same request again gives the same answer."""
        _check_name(name)
        if type != "STANDARD":
            raise ApiError("StateMachineTypeNotSupported", f"{type} is not supported here yet")
        parse_definition(definition)
        now = self._clock.now()
        arn = f"{self._prefix}:stateMachine:{name}"
        known = self._machines.get(arn)
        if known is None:
            record = MachineRecord(arn, name, type, roleArn, definition, 0, now)
            known = self._machines.create(record)
        elif (known.definition, known.role_arn) != (definition, roleArn):
            raise ApiError("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
        answer = {"stateMachineArn": arn, "creationDate": _moment(known.created_at)}
        if publish:
            version = self._machines.publish(arn, versionDescription, now)
            answer["stateMachineVersionArn"] = version.version_arn
        return answer

    def update_state_machine(
        self,
        stateMachineArn: str,
        definition: str | None = None,
        roleArn: str | None = None,
        publish: bool = False,
        versionDescription: str = "",
    ) -> Answer:
        """Gives a machine another definition or role; running executions keep theirs."""
        record = self._machine(stateMachineArn)
        if definition is not None:
            parse_definition(definition)
        now = self._clock.now()
        revised = self._machines.update(
            record.arn, definition or record.definition, roleArn or record.role_arn, now
        )
        answer: Answer = {"updateDate": _moment(now), "revisionId": str(revised.revision)}
        if publish:
            version = self._machines.publish(record.arn, versionDescription, now)
            answer["stateMachineVersionArn"] = version.version_arn
        return answer

    def describe_state_machine(self, stateMachineArn: str) -> Answer:
        """A machine, or one of its versions."""
        record = self._machine(stateMachineArn)
        return {
            "stateMachineArn": record.version_arn,
            "name": record.name,
            "status": "ACTIVE",
            "definition": record.definition,
            "roleArn": record.role_arn,
            "type": record.kind,
            "creationDate": _moment(record.created_at),
            "revisionId": str(record.revision),
            "description": record.description,
        }

    def list_state_machines(self, maxResults: int = 1000) -> Answer:
        """Every machine."""
        found = self._machines.all()[:maxResults]
        return {
            "stateMachines": [
                {
                    "stateMachineArn": record.arn,
                    "name": record.name,
                    "type": record.kind,
                    "creationDate": _moment(record.created_at),
                }
                for record in found
            ]
        }

    def delete_state_machine(self, stateMachineArn: str) -> Answer:
        """Deletes a machine. Deleting one that is not there succeeds, as on AWS."""
        self._machines.delete(stateMachineArn)
        return {}

    def validate_state_machine_definition(self, definition: str, type: str = "STANDARD") -> Answer:
        """What is wrong with a definition."""
        _, findings = check_definition(definition)
        return {
            "result": "FAIL" if findings else "OK",
            "diagnostics": [
                {
                    "severity": "ERROR",
                    "code": finding.code,
                    "message": finding.message,
                    "location": finding.location,
                }
                for finding in findings
            ],
            "truncated": False,
        }

    # -- executions ---------------------------------------------------------------------------

    def start_execution(
        self,
        stateMachineArn: str,
        name: str | None = None,
        input: str = "{}",
        traceHeader: str | None = None,
        parent: Parent | None = None,
    ) -> Answer:
        """Starts an execution; the same name and input again, while it runs, changes nothing."""
        record = self._machine(stateMachineArn)
        name = name or str(uuid.uuid4())  # noqa: TID251
        _check_name(name)
        payload = _input(input)
        arn = f"{self._prefix}:execution:{record.name}:{name}"
        try:
            execution = self._runner.start(record, arn, payload, parent)
        except ExecutionExistsError:
            known = self._execution(arn)
            if known.status is not Status.RUNNING or known.input != payload:
                raise ApiError(
                    "ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'"
                ) from None
            execution = known
        return {"executionArn": arn, "startDate": _moment(execution.started_at)}

    def describe_execution(self, executionArn: str) -> Answer:
        """An execution's state, input and outcome."""
        execution = self._execution(executionArn)
        answer = {
            **_listed(execution),
            "input": execution.input.text.decode(),
            "inputDetails": {"included": True},
            "redriveCount": 0,
            "redriveStatus": "NOT_REDRIVABLE",
        }
        if execution.output is not None:
            answer["output"] = execution.output.text.decode()
            answer["outputDetails"] = {"included": True}
        if execution.failure is not None:
            answer |= _given(error=execution.failure.error, cause=execution.failure.cause)
        return answer

    def list_executions(
        self,
        stateMachineArn: str,
        statusFilter: str | None = None,
        maxResults: int = 100,
        nextToken: str | None = None,
    ) -> Answer:
        """A machine's executions, newest first."""
        record = self._machine(stateMachineArn)
        query = Query(
            record.arn,
            None if statusFilter is None else Status(statusFilter),
            None if nextToken is None else _number(nextToken),
            maxResults or 100,
        )
        found = self._journal.select(query)
        answer: Answer = {"executions": [_listed(execution) for execution in found]}
        if len(found) == query.limit:
            answer["nextToken"] = urlsafe_b64encode(str(found[-1].key).encode()).decode()
        return answer

    def get_execution_history(
        self,
        executionArn: str,
        maxResults: int = 100,
        reverseOrder: bool = False,
        nextToken: str | None = None,
        includeExecutionData: bool = True,
    ) -> Answer:
        """An execution's events, in order or newest first."""
        execution = self._execution(executionArn)
        limit = min(maxResults or 100, 1000)
        offset = 0 if nextToken is None else _number(nextToken)
        if reverseOrder:
            last = execution.seq - offset
            first = max(0, last - limit)
            entries = self._journal.history(execution, first, last - first)[::-1]
        else:
            entries = self._journal.history(execution, offset, limit)
        answer: Answer = {
            "events": [render(entry, include_data=includeExecutionData) for entry in entries]
        }
        if offset + len(entries) < execution.seq:
            answer["nextToken"] = urlsafe_b64encode(str(offset + len(entries)).encode()).decode()
        return answer

    def stop_execution(
        self, executionArn: str, error: str | None = None, cause: str | None = None
    ) -> Answer:
        """Stops an execution; one that has ended stays as it is."""
        self._execution(executionArn)
        now = self._clock.now()
        stopped = self._runner.deliver(executionArn, StopRequested(now, error, cause))
        at = stopped.stopped_at if stopped and stopped.stopped_at is not None else now
        return {"stopDate": _moment(at)}

    # -- task tokens --------------------------------------------------------------------------

    def send_task_success(self, taskToken: str, output: str) -> Answer:
        """Completes the task that holds the token."""
        try:
            payload = Payload.parse(output)
        except orjson.JSONDecodeError as error:
            raise ApiError("InvalidOutput", f"Invalid Output: '{error}'") from None
        return self._answer_token(
            taskToken, lambda now, path, number: TaskSucceeded(now, path, number, payload)
        )

    def send_task_failure(
        self, taskToken: str, error: str | None = None, cause: str | None = None
    ) -> Answer:
        """Fails the task that holds the token."""
        return self._answer_token(
            taskToken, lambda now, path, number: TaskFailed(now, path, number, error, cause)
        )

    def send_task_heartbeat(self, taskToken: str) -> Answer:
        """Shows that whoever holds the token is still at work."""
        return self._answer_token(taskToken, Heartbeat)

    def _answer_token(self, token: str, event: Callable[[int, Path, int], TaskEvent]) -> Answer:
        arn = _arn_of(token)
        execution = self._journal.load(arn)
        frame = next(
            (
                frame
                for frame in leaves(execution.root if execution else None)
                if isinstance(frame.waiting, ForTask) and frame.waiting.token == token
            ),
            None,
        )
        if frame is None:
            raise ApiError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        assert isinstance(frame.waiting, ForTask)
        self._runner.deliver(arn, event(self._clock.now(), frame.path, frame.waiting.id))
        return {}

    # -- looking up ---------------------------------------------------------------------------

    def _machine(self, arn: str) -> MachineRecord:
        if not re.fullmatch(r"arn:[^:]+:states:[^:]+:\d{12}:stateMachine:[^:]+(:\d+)?", arn):
            raise ApiError(
                "InvalidArn", f"Invalid Arn: 'Resource type not valid in this context: {arn}'"
            )
        record = self._machines.get(arn)
        if record is None:
            raise ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
        return record

    def _execution(self, arn: str) -> Execution:
        if not re.fullmatch(r"arn:[^:]+:states:[^:]+:\d{12}:execution:[^:]+:[^:]+", arn):
            raise ApiError(
                "InvalidArn", f"Invalid Arn: 'Resource type not valid in this context: {arn}'"
            )
        execution = self._journal.load(arn)
        if execution is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return execution


def _listed(execution: Execution) -> Answer:
    answer: Answer = {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine_arn,
        "name": execution.name,
        "status": execution.status.value,
        "startDate": _moment(execution.started_at),
    }
    if execution.stopped_at is not None:
        answer["stopDate"] = _moment(execution.stopped_at)
    if execution.version is not None:
        answer["stateMachineVersionArn"] = f"{execution.machine_arn}:{execution.version}"
    return answer


def _given(**values: Any) -> Answer:
    return {name: value for name, value in values.items() if value is not None}


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ApiError("InvalidName", f"Invalid Name: '{name}'")


def _input(text: str) -> Payload:
    if len(text.encode("utf-8", "replace")) > LIMIT:
        raise ApiError(
            "ValidationException",
            "1 validation error detected: Value at 'input' failed to satisfy constraint: "
            f"Member must have length less than or equal to {LIMIT}",
        )
    try:
        return Payload.parse(text)
    except ValueError as error:
        raise ApiError(
            "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'"
        ) from None


def _number(token: str) -> int:
    try:
        return int(urlsafe_b64decode(token))
    except ValueError:
        raise ApiError("InvalidToken", f"Invalid Token: '{token}'") from None


def _arn_of(token: str) -> str:
    try:
        arn = urlsafe_b64decode(token).decode().split("|")[0]
    except ValueError:
        arn = ""
    if not re.fullmatch(r"arn:[^:]+:states:[^:]+:\d{12}:execution:[^:]+:[^:]+", arn):
        raise ApiError("InvalidToken", "Invalid Token: 'Invalid token'")
    return arn
