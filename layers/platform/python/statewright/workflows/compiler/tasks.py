"""The Task state of an action, by the action's kind of integration."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, assert_never

from statewright.workflows.actions.action import Action
from statewright.workflows.compiler.values import ASL, Names, asl_value, expression
from statewright.workflows.definition import Retry, Use, seconds
from statewright.workflows.expressions import quoted

STARTER = (
    "$trigger.started_by ? $trigger.started_by : $trigger.type = 'manual' ? $trigger.id : null"
)
"""Source of the id of the user who has started the execution, or its parent's; null: nobody has."""
SWEEPING = 3600
"""Seconds within which an expired task's answer is sent for certain."""


@dataclass(frozen=True, slots=True)
class Call:
    """An action with its inputs, which are ASL already, as a step or as what undoes one."""

    step: str
    action: Action
    inputs: ASL
    key: str
    """Source of the text that makes repeated attempts one: servers act once on each."""
    names: Names
    connection: str | None = None
    limits: ASL = field(default_factory=dict)


def call_of(step: Use, action: Action, names: Names, place: str) -> Call:
    """The call that a ``use`` step makes.

    Args:
        place: source of an expression that tells rounds of the loops around apart, or "".
    """
    limits = {}
    if step.timeout is not None:
        limits["TimeoutSeconds"] = seconds(step.timeout)
    if step.heartbeat is not None:
        limits["HeartbeatSeconds"] = seconds(step.heartbeat)
    inputs = asl_value({**action.defaults, **step.inputs}, names)
    key = key_of(step.id, names, place)
    return Call(step.id, action, inputs, key, names, step.connection, limits)


def key_of(path: str, names: Names, place: str) -> str:
    """Source of the key of a call: the execution, the step, and which round of its loops."""
    path = f"{quoted(f'/{path}/')} & {place}" if place else quoted(f"/{path}")
    return f"{names.source('$execution.id')} & {path}"


def task(call: Call) -> tuple[ASL, str]:
    """The Task's own fields, and the source of its result."""
    match call.action.integration:
        case "function" if call.inputs.get("wait") is True:
            return _callback(call), "$states.result"
        case "function" | "agent":
            return _function(call), "$states.result.Payload"
        case "callback":
            return _callback(call), "$states.result"
        case "workflow":
            return _workflow(call), "$states.result.Output"
        case "event":
            return _event(call), "$states.result"
        case "aws":
            return _aws(call), "$states.result"
        case _:
            assert_never(call.action.integration)


def retriers(retry: Retry | None) -> list[ASL]:
    """``Retry`` of a state."""
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


def _payload(call: Call) -> ASL:
    payload: ASL = {
        "workspace_id": "${WorkspaceId}",
        "workflow_id": "${WorkflowId}",
        "execution_id": expression(call.names.source("$execution.id")),
        "correlation_id": _correlation(call),
        "step": call.step,
        "key": expression(call.key),
    }
    payload |= call.action.fixed
    if call.connection is not None:
        payload["connection"] = call.connection
    return {**payload, "with": call.inputs}


def _correlation(call: Call) -> str:
    return expression(call.names.source("$execution.correlation_id"))


def _function(call: Call) -> ASL:
    return {
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {
            "FunctionName": f"${{Function:{call.action.function}}}",
            "Payload": _payload(call),
        },
        **call.limits,
    }


def _callback(call: Call) -> ASL:
    payload = {**_payload(call), "task_token": expression("$states.context.Task.Token")}
    if call.action.name.startswith("human."):
        payload["started_by"] = expression(call.names.source(STARTER))
    return {
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Arguments": {"FunctionName": f"${{Function:{call.action.function}}}", "Payload": payload},
        "TimeoutSeconds": waiting_seconds(call.inputs),
        **call.limits,
    }


def waiting_seconds(inputs: ASL) -> int:
    """How long a callback's state waits. An answer that time itself gives is the sweeper's to send,
    so the state waits a little longer than people have."""
    expires = seconds(inputs.get("expires", "7d"))
    return expires if inputs.get("on_expiry", "fail") == "fail" else expires + SWEEPING


def _workflow(call: Call) -> ASL:
    trigger: dict[str, Any] = {
        "type": "workflow",
        "id": expression(call.names.source("$execution.id")),
        "body": call.inputs.get("input", {}),
        "started_by": expression(call.names.source(STARTER)),
        "correlation_id": _correlation(call),
        "headers": {},
        "query": {},
        "received_at": expression("$states.context.State.EnteredTime"),
    }
    start = {"trigger": trigger, "vars": expression(call.names.source("$vars"))}
    return {
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": {
            "StateMachineArn": f"${{Workflow:{call.inputs['workflow']}}}",
            "Input": start,
        },
        **call.limits,
    }


def _event(call: Call) -> ASL:
    entry = {
        "EventBusName": "${EventBus}",
        "Source": "statewright.workflow",
        "DetailType": call.inputs["type"],
        "Detail": {
            "workspace_id": "${WorkspaceId}",
            "data": call.inputs.get("data", {}),
            "correlation_id": _correlation(call),
        },
    }
    return {
        "Resource": "arn:aws:states:::events:putEvents",
        "Arguments": {"Entries": [entry]},
        **call.limits,
    }


def _aws(call: Call) -> ASL:
    resource = f"arn:aws:states:::aws-sdk:{call.action.function}"
    return {"Resource": resource, "Arguments": call.inputs, **call.limits}
