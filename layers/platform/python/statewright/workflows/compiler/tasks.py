"""The Task state of a ``use`` step, by the action's kind of integration."""

from __future__ import annotations

from typing import Any, assert_never

from statewright.workflows.actions.catalog import Action
from statewright.workflows.compiler.values import Names, asl_value, expression
from statewright.workflows.definition import Retry, Use, seconds

ASL = dict[str, Any]


def task(step: Use, action: Action, names: Names, place: str) -> tuple[ASL, str]:
    """The Task's own fields, and the source of its result.

    Args:
        place: source of an expression that tells iterations of a loop apart, or "".
    """
    inputs = asl_value({**action.defaults, **step.inputs}, names)
    match action.integration:
        case "function":
            return _function(step, action, inputs, place), "$states.result.Payload"
        case "callback":
            return _callback(step, action, inputs, place), "$states.result"
        case "workflow":
            return _workflow(step, inputs), "$states.result.Output"
        case "event":
            return _event(inputs), "$states.result"
        case _:
            assert_never(action.integration)


def retriers(retry: Retry | None) -> list[ASL]:
    """``Retry`` of a step."""
    if retry is None:
        return []
    rule: ASL = {
        "ErrorEquals": retry.on,
        "IntervalSeconds": seconds(retry.interval),
        "MaxAttempts": retry.attempts,
        "BackoffRate": retry.backoff,
    }
    if retry.max_interval is not None:
        rule["MaxDelaySeconds"] = seconds(retry.max_interval)
    if retry.jitter:
        rule["JitterStrategy"] = "FULL"
    return [rule]


def _payload(step: Use, inputs: ASL, place: str) -> ASL:
    where = f'$execution.id & "/{step.id}"' + (f' & "/" & {place}' if place else "")
    return {
        "workspace_id": "${WorkspaceId}",
        "workflow_id": "${WorkflowId}",
        "execution_id": expression("$execution.id"),
        "step": step.id,
        "key": expression(where),
        "with": inputs,
    }


def _function(step: Use, action: Action, inputs: ASL, place: str) -> ASL:
    return _limited(
        step,
        {
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {
                "FunctionName": f"${{Function:{action.function}}}",
                "Payload": _payload(step, inputs, place),
            },
        },
    )


def _callback(step: Use, action: Action, inputs: ASL, place: str) -> ASL:
    payload = {
        **_payload(step, inputs, place),
        "task_token": expression("$states.context.Task.Token"),
    }
    state = {
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Arguments": {"FunctionName": f"${{Function:{action.function}}}", "Payload": payload},
        "TimeoutSeconds": seconds(inputs.get("expires", "7d")),
    }
    return _limited(step, state)


def _workflow(step: Use, inputs: ASL) -> ASL:
    trigger = {
        "type": "workflow",
        "id": expression("$execution.id"),
        "body": inputs.get("input", {}),
        "headers": {},
        "query": {},
        "received_at": expression("$states.context.State.EnteredTime"),
    }
    return _limited(
        step,
        {
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Arguments": {
                "StateMachineArn": f"${{Workflow:{inputs['workflow']}}}",
                "Input": {"trigger": trigger, "vars": expression("$vars")},
            },
        },
    )


def _event(inputs: ASL) -> ASL:
    entry = {
        "EventBusName": "${EventBus}",
        "Source": "statewright.workflow",
        "DetailType": inputs["type"],
        "Detail": {"workspace_id": "${WorkspaceId}", "data": inputs.get("data", {})},
    }
    return {"Resource": "arn:aws:states:::events:putEvents", "Arguments": {"Entries": [entry]}}


def _limited(step: Use, state: ASL) -> ASL:
    if step.timeout is not None:
        state["TimeoutSeconds"] = seconds(step.timeout)
    return state
