"""Starting Express executions: without waiting for them, and waiting for their end."""

from __future__ import annotations

from math import ceil

from asl.api.base import not_for_this_type
from asl.api.checks import (
    Answer,
    check_name,
    check_trace_header,
    constrain,
    execution_input,
    given,
    moment,
    not_in,
)
from asl.api.versions import AliasOperations
from asl.execution import Execution
from asl.payload import Payload
from asl.randomness import random_uuid
from asl.registry import MachineRecord

BILLED_MILLISECONDS = 100
"""AWS bills the time in steps of this."""
BILLED_MEGABYTES = 64
"""AWS bills the memory in steps of this; here one step stands for it."""
_INCLUDED = ("ALL_DATA", "METADATA_ONLY")


class ExpressOperations(AliasOperations):
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html"""

    def start_sync_execution(
        self,
        stateMachineArn: str,
        name: str | None = None,
        input: str = "{}",
        traceHeader: str | None = None,
        includedData: str = "ALL_DATA",
    ) -> Answer:
        """Runs an Express machine and answers with its outcome, whatever that is."""
        record, alias = self._startable(stateMachineArn)
        if record.kind != "EXPRESS":
            raise not_for_this_type()
        name = chosen_name(name)
        constrain(not_in(includedData, "includedData", _INCLUDED))
        check_trace_header(traceHeader)
        payload = execution_input(input)
        arn = self._express_arn(record, name)
        return _outcome(self._express.run(record, arn, payload, alias, traceHeader), includedData)

    def _start_express(
        self,
        record: MachineRecord,
        name: str,
        payload: Payload,
        alias: str | None,
        trace_header: str | None,
    ) -> Answer:
        arn = self._express_arn(record, name)
        execution = self._express.start(record, arn, payload, alias, trace_header)
        return {"executionArn": arn, "startDate": moment(execution.started_at)}

    def _express_arn(self, record: MachineRecord, name: str) -> str:
        """An ARN of its own for each execution: a name may be used any number of times."""
        return f"{self._prefix}:express:{record.name}:{name}:{random_uuid()}"


def chosen_name(name: str | None) -> str:
    """The name of an execution: what the caller asks for, or a new one."""
    if name is None:
        return random_uuid()
    check_name(name)
    return name


def told(execution: Execution, included_data: str) -> Answer:
    """An execution's input and outcome."""
    included = {"included": included_data != "METADATA_ONLY"}
    answer: Answer = {"inputDetails": included, **given(traceHeader=execution.trace_header)}
    if included["included"]:
        answer["input"] = execution.input.text.decode()
    if execution.output is not None:
        answer["outputDetails"] = included
        if included["included"]:
            answer["output"] = execution.output.text.decode()
    if execution.failure is not None:
        answer |= given(error=execution.failure.error, cause=execution.failure.cause)
    return answer


def _outcome(execution: Execution, included_data: str) -> Answer:
    assert execution.stopped_at is not None
    steps = ceil((execution.stopped_at - execution.started_at) / BILLED_MILLISECONDS)
    return {
        "executionArn": execution.arn,
        "stateMachineArn": execution.machine_arn,
        "name": execution.name,
        "startDate": moment(execution.started_at),
        "stopDate": moment(execution.stopped_at),
        "status": execution.status.value,
        **told(execution, included_data),
        "billingDetails": {
            "billedMemoryUsedInMB": BILLED_MEGABYTES,
            "billedDurationInMilliseconds": max(steps, 1) * BILLED_MILLISECONDS,
        },
    }
