"""Nested executions: what a child's end means for the task that waits for it.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
"""

from __future__ import annotations

from typing import Any

import orjson

from asl.errors import TASK_FAILED
from asl.events import Event, TaskFailed, TaskSucceeded
from asl.execution import Execution, Parent, Status
from asl.payload import Payload
from asl.redrive import obstacle


def child_ended(child: Execution, parent: Parent) -> Event:
    """The event that the parent's task gets."""
    at = child.stopped_at or child.started_at
    output = child.output.value if child.output is not None else None
    described = {
        "ExecutionArn": child.arn,
        "Input": _as_pattern(child.input.value, parent.pattern),
        "InputDetails": {"Included": True},
        "Name": child.name,
        "Output": _as_pattern(output, parent.pattern),
        "OutputDetails": {"Included": True},
        **_redrives(child, at),
        "StartDate": child.started_at,
        "StateMachineArn": child.machine_arn,
        "Status": child.status.value,
        "StopDate": child.stopped_at,
    }
    if child.status is Status.SUCCEEDED:
        return TaskSucceeded(at, parent.path, parent.id, Payload(described))
    failure = child.failure
    if failure is not None:
        told = {"Error": failure.error, "Cause": failure.cause}
        described |= {name: value for name, value in told.items() if value is not None}
    del described["Output"], described["OutputDetails"]
    cause = orjson.dumps(described).decode()
    return TaskFailed(at, parent.path, parent.id, TASK_FAILED, cause)


def _redrives(child: Execution, at: int) -> dict[str, Any]:
    reason = obstacle(child, at)
    told = {
        "RedriveCount": child.redrives.count,
        "RedriveDate": child.redrives.at,
        "RedriveStatus": "REDRIVABLE" if reason is None else "NOT_REDRIVABLE",
        "RedriveStatusReason": reason,
    }
    return {name: value for name, value in told.items() if value is not None}


def _as_pattern(value: Any, pattern: str) -> Any:
    return value if pattern == "sync2" else orjson.dumps(value).decode()
