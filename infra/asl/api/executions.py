"""Executions: start, describe, list, history, stop, redrive."""

from __future__ import annotations

from asl.api.base import not_for_this_type
from asl.api.checks import (
    Answer,
    check_arn,
    check_client_token,
    check_page,
    check_trace_header,
    constrain,
    execution_input,
    given,
    invalid,
    moment,
    not_in,
    read_number,
    write_token,
)
from asl.api.express import ExpressOperations, chosen_name, told
from asl.api.map_runs import MapRunOperations
from asl.errors import ApiError
from asl.events import Redriven, StopRequested
from asl.execution import Execution, Parent, Status
from asl.history import render
from asl.ports import ExecutionExistsError, Query
from asl.randomness import random_uuid
from asl.redrive import obstacle, redriven_at

MAX_LIST_TOKEN = 3096
_FILTERS = ("SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING")


class ExecutionOperations(ExpressOperations, MapRunOperations):
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html"""

    def start_execution(
        self,
        stateMachineArn: str,
        name: str | None = None,
        input: str = "{}",
        traceHeader: str | None = None,
        parent: Parent | None = None,
    ) -> Answer:
        """Starts an execution of a machine, of a version, or of what an alias leads to.

        The same name and input again, while it runs, changes nothing.
        """
        record, alias = self._startable(stateMachineArn)
        name = chosen_name(name)
        check_trace_header(traceHeader)
        payload = execution_input(input)
        if record.kind == "EXPRESS":
            if parent is not None:
                raise not_for_this_type()
            return self._start_express(record, name, payload, alias, traceHeader)
        arn = f"{self._prefix}:execution:{record.name}:{name}"
        try:
            execution = self._runner.start(record, arn, payload, parent, alias, traceHeader)
        except ExecutionExistsError:
            known = self._execution(arn)
            if known.status is not Status.RUNNING or known.input != payload:
                raise ApiError(
                    "ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'"
                ) from None
            execution = known
        return {"executionArn": arn, "startDate": moment(execution.started_at)}

    def describe_execution(self, executionArn: str, includedData: str = "ALL_DATA") -> Answer:
        """An execution's state, input and outcome."""
        execution = self._execution(executionArn)
        return {**_listed(execution), **told(execution, includedData), **self._redrive(execution)}

    def list_executions(
        self,
        stateMachineArn: str | None = None,
        statusFilter: str | None = None,
        maxResults: int | None = None,
        nextToken: str | None = None,
        mapRunArn: str | None = None,
    ) -> Answer:
        """The executions of a machine, version, alias or Map run; newest first."""
        constrain(not_in(statusFilter, "statusFilter", _FILTERS))
        limit = check_page(maxResults, nextToken, max_token=MAX_LIST_TOKEN)
        if stateMachineArn is not None and mapRunArn is not None:
            raise invalid("Must provide either a state machine ARN or a map run ARN, not both")
        if mapRunArn is not None:
            children, more = self._children(mapRunArn, statusFilter, limit, nextToken)
            listed = [_listed_child(child, statusFilter) for child in children]
            return {"executions": listed, **more}
        if stateMachineArn is None:
            raise invalid("Must provide a state machine ARN or a map run ARN")
        check_arn(stateMachineArn, "stateMachine")
        alias = self._named_alias(stateMachineArn)
        record = self._machine(stateMachineArn if alias is None else alias.machine_arn)
        if record.kind == "EXPRESS":
            raise not_for_this_type()
        if statusFilter == "PENDING_REDRIVE":
            return {"executions": []}  # only the children of a Map run wait for a redrive
        query = Query(
            record.arn,
            None if statusFilter is None else Status(statusFilter),
            None if nextToken is None else read_number(nextToken),
            limit + 1,
            record.version,
            None if alias is None else alias.name,
        )
        found = self._journal.select(query)
        answer: Answer = {"executions": [_listed(execution) for execution in found[:limit]]}
        if len(found) > limit:
            answer["nextToken"] = write_token(str(found[limit - 1].key))
        return answer

    def get_execution_history(
        self,
        executionArn: str,
        maxResults: int | None = None,
        reverseOrder: bool = False,
        nextToken: str | None = None,
        includeExecutionData: bool = True,
    ) -> Answer:
        """An execution's events, in order or newest first."""
        limit = check_page(maxResults, nextToken)
        execution = self._standard(executionArn)
        offset = 0 if nextToken is None else read_number(nextToken)
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
            answer["nextToken"] = write_token(str(offset + len(entries)))
        return answer

    def stop_execution(
        self, executionArn: str, error: str | None = None, cause: str | None = None
    ) -> Answer:
        """Stops an execution; one that has ended stays as it is."""
        self._standard(executionArn)
        now = self._clock.now()
        stopped = self._runner.deliver(executionArn, StopRequested(now, error, cause))
        at = stopped.stopped_at if stopped and stopped.stopped_at is not None else now
        return {"stopDate": moment(at)}

    def redrive_execution(self, executionArn: str, clientToken: str | None = None) -> Answer:
        """Makes an execution go on that ended without success; the same token again: once."""
        if clientToken is not None:
            check_client_token(clientToken)
        if self._execution(executionArn).map_child is not None:
            raise ApiError(
                "ExecutionNotRedrivable",
                "The execution is the child of a Map Run and can only be redriven by it",
            )
        token = clientToken or random_uuid()
        now = self._clock.now()
        execution = self._runner.deliver(executionArn, Redriven(now, token))
        assert execution is not None
        at = redriven_at(execution, token, now)
        if at is None:
            raise ApiError("ExecutionNotRedrivable", f"{obstacle(execution, now)}")
        return {"redriveDate": moment(at)}

    def _redrive(self, execution: Execution) -> Answer:
        """Whether the execution could be redriven now."""
        reason = obstacle(execution, self._clock.now())
        if reason is None:
            by_run = "" if execution.map_child is None else "_BY_MAP_RUN"
            return {"redriveStatus": f"REDRIVABLE{by_run}"}
        return {"redriveStatus": "NOT_REDRIVABLE", "redriveStatusReason": reason}


def _listed_child(child: Execution, asked: str | None) -> Answer:
    assert child.map_child is not None
    listed = {**_listed(child), "itemCount": child.map_child.items}
    return {**listed, "status": asked} if asked == "PENDING_REDRIVE" else listed


def _listed(execution: Execution) -> Answer:
    return {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine_arn,
        "name": execution.name,
        "status": execution.status.value,
        "startDate": moment(execution.started_at),
        "redriveCount": execution.redrives.count,
        **given(
            redriveDate=None if execution.redrives.at is None else moment(execution.redrives.at),
            stopDate=None if execution.stopped_at is None else moment(execution.stopped_at),
            stateMachineAliasArn=execution.alias_arn,
            stateMachineVersionArn=execution.version_arn,
            mapRunArn=None if execution.map_child is None else execution.map_child.run,
        ),
    }
