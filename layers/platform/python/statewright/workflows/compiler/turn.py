"""The state in which an execution of a limited workflow waits for its turn."""

from __future__ import annotations

from statewright.workflows.compiler.values import ASL, Names, expression, value_source
from statewright.workflows.definition import Concurrency

WAITING = "Wait for a turn"
_AGAIN = ["Lambda.ServiceException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"]


def turn_state(limit: Concurrency, following: str) -> ASL:
    """A callback: nothing runs while the execution waits, and its end gives the turn on."""
    payload: ASL = {
        "workspace_id": "${WorkspaceId}",
        "workflow_id": "${WorkflowId}",
        "execution_arn": expression("$states.context.Execution.Id"),
        "correlation_id": expression("$execution.correlation_id"),
        "task_token": expression("$states.context.Task.Token"),
        "limit": limit.limit,
        "when_full": limit.when_full,
        "key": None,
    }
    if limit.key is not None:
        # Joined with a text, so that a key that gives nothing is an empty one.
        source = value_source(limit.key, Names())
        payload["key"] = expression(f"$string({source}) & ''")
    return {
        "Type": "Task",
        "Comment": f"Runs {limit.limit} at once{'' if limit.key is None else ' for each key'}",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Arguments": {"FunctionName": "${Function:take-turn}", "Payload": payload},
        "Retry": [
            {"ErrorEquals": _AGAIN, "IntervalSeconds": 1, "MaxAttempts": 6, "BackoffRate": 2}
        ],
        "Output": {},
        "Next": following,
    }
