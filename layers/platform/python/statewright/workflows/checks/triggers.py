"""Triggers: their expressions, what they refer to, and what forms and schedules start with."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from statewright.workflows.checks.actions import Actions
from statewright.workflows.checks.apis import API_FACTS, api_request, check_api, check_routes
from statewright.workflows.checks.findings import Findings
from statewright.workflows.checks.inference import Env, Known
from statewright.workflows.checks.surroundings import Surroundings
from statewright.workflows.checks.types import ANY, OPEN, TEXT, record
from statewright.workflows.checks.values import Values
from statewright.workflows.definition import (
    ApiTrigger,
    Definition,
    EventTrigger,
    FormTrigger,
    PollTrigger,
    ScheduleTrigger,
    Undo,
    WebhookTrigger,
    every_step,
)
from statewright.workflows.suggestions import did_you_mean

EXECUTION_EVENTS = frozenset(
    f"execution.{end}" for end in ("ended", "succeeded", "failed", "timed_out", "stopped")
)
PLATFORM_EVENTS = EXECUTION_EVENTS | {
    "workflow.published",
    "workflow.turned_on",
    "workflow.turned_off",
    "task.assigned",
    "connection.expiring",
}
"""Events that the platform publishes. Others are somebody's own."""
PLATFORM_NAMES = ("execution.", "workflow.")
_POLLING = frozenset({"function"})
"""How an action must be performed for a poll to use it."""


def check_triggers(
    findings: Findings,
    values: Values,
    actions: Actions,
    definition: Definition,
    surroundings: Surroundings,
) -> None:
    """Everything about triggers but their times."""
    for index, trigger in enumerate(definition.triggers):
        at = f"/triggers/{index}"
        match trigger:
            case WebhookTrigger():
                _webhook(findings, values, definition, trigger, at)
                _verified(findings, trigger, surroundings, at)
            case ApiTrigger():
                _api(findings, values, definition, trigger, at)
            case ScheduleTrigger():
                _body(findings, definition, trigger.body, f"{at}/body")
            case EventTrigger():
                _event(findings, trigger, surroundings, at)
            case PollTrigger():
                _poll(findings, values, actions, trigger, at, surroundings)
            case FormTrigger():
                _form(findings, definition, at)
            case _:
                pass
    check_routes(findings, definition)
    _limits(findings, definition)


def _names(**types: Any) -> Env:
    return {name: Known(kind) for name, kind in types.items()}


def request_type() -> Any:
    """The type of ``$trigger`` before an execution begins."""
    return record(_REQUEST)


_REQUEST = {"type": TEXT, "id": TEXT, "body": ANY, "headers": OPEN, "query": OPEN}


def _webhook(
    findings: Findings, values: Values, definition: Definition, trigger: WebhookTrigger, at: str
) -> None:
    if trigger.dedup is not None:
        names = _names(trigger=request_type(), vars=OPEN)
        values.type_of(trigger.dedup.key, f"{at}/dedup/key", names)
    _answer(findings, values, definition, trigger, at)


def _api(
    findings: Findings, values: Values, definition: Definition, trigger: ApiTrigger, at: str
) -> None:
    check_api(findings, trigger, at)
    if trigger.request.map is not None:
        values.type_of(
            trigger.request.map, f"{at}/request/map", _names(request=api_request(), vars=OPEN)
        )
    _answer(findings, values, definition, trigger, at)


def _answer(
    findings: Findings,
    values: Values,
    definition: Definition,
    trigger: WebhookTrigger | ApiTrigger,
    at: str,
) -> None:
    execution = record({"id": TEXT, "status": TEXT})
    more = API_FACTS if isinstance(trigger, ApiTrigger) else {}
    names = _names(output=ANY, trigger=record(_REQUEST | more), execution=execution)
    answer = {"status": trigger.response.status, "headers": trigger.response.headers}
    values.type_of({**answer, "body": trigger.response.body}, f"{at}/response", names)
    if isinstance(trigger.response.status, int) and not 200 <= trigger.response.status <= 599:
        findings.error("status", f"{at}/response/status", "is not an HTTP status from 200 to 599")
    if trigger.respond in {"immediately", "when_finished"}:
        return
    steps = {step.id for _, step in every_step(definition.steps) if step.id is not None}
    if trigger.respond not in steps:
        detail = f"there is no step '{trigger.respond}' whose value could be the response"
        suggestion = did_you_mean(trigger.respond, steps | {"immediately", "when_finished"})
        findings.error("unknown-step", f"{at}/respond", detail, suggestion)
    elif definition.settings.mode == "express":
        detail = "an Express workflow has no history to see a step in: respond when_finished"
        findings.error("express", f"{at}/respond", detail)


def _verified(findings: Findings, trigger: WebhookTrigger, around: Surroundings, at: str) -> None:
    """The connections with its secrets are there."""
    verify = trigger.verify
    if verify is None:
        return
    known = around.connections
    for name in verify.connections:
        if known is not None and name not in known:
            detail = f"there is no connection called '{name}'"
            findings.error("unknown-connection", f"{at}/verify", detail, did_you_mean(name, known))


def _body(findings: Findings, definition: Definition, body: Any, at: str) -> None:
    """What is known beforehand has to be what the workflow takes."""
    if not isinstance(definition.input, dict):
        return
    try:
        found = list(jsonschema_rs.iter_errors(definition.input, body))
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError):
        return  # the schema is none, as is said of it elsewhere
    for error in found:
        findings.error("body", at, f"is not what `input` asks for: {error.message}")


def _event(findings: Findings, trigger: EventTrigger, around: Surroundings, at: str) -> None:
    if trigger.event not in PLATFORM_EVENTS and trigger.event.startswith(PLATFORM_NAMES):
        detail = f"there is no event '{trigger.event}' of the platform"
        suggestion = did_you_mean(trigger.event, PLATFORM_EVENTS)
        findings.error("unknown-event", f"{at}/event", detail, suggestion)
    if trigger.workflow is None:
        return
    if trigger.event not in EXECUTION_EVENTS:
        detail = "names whose executions are meant, which only execution events have"
        findings.error("not-of-workflow", f"{at}/workflow", detail)
    known = around.workflows
    if known is not None and trigger.workflow not in known:
        detail = f"there is no published workflow called '{trigger.workflow}'"
        suggestion = did_you_mean(trigger.workflow, known)
        findings.error("unknown-workflow", f"{at}/workflow", detail, suggestion)


def _poll(
    findings: Findings,
    values: Values,
    actions: Actions,
    trigger: PollTrigger,
    at: str,
    around: Surroundings,
) -> None:
    if trigger.at is not None:
        findings.error("poll-once", f"{at}/at", "a poll comes again and again: use rate or cron")
    call = Undo.model_validate(
        {"use": trigger.use, "connection": trigger.connection, "with": trigger.inputs}
    )
    action = actions.call(call, at, _names(cursor=ANY, vars=OPEN))
    pollable = action is None or (action.integration in _POLLING and action.native is None)
    if action is not None and not pollable:
        detail = f"{action.name} cannot be polled: it is not a call that gives a result at once"
        findings.error("not-pollable", f"{at}/use", detail)
    values.type_of(trigger.items, f"{at}/items", _names(result=ANY, vars=OPEN))
    values.type_of(trigger.key, f"{at}/key", _names(item=ANY))
    if trigger.cursor is not None:
        names = _names(result=ANY, items=ANY, cursor=ANY)
        values.type_of(trigger.cursor, f"{at}/cursor", names)


def _form(findings: Findings, definition: Definition, at: str) -> None:
    schema = definition.input
    if not isinstance(schema, dict) or not isinstance(schema.get("properties"), dict):
        detail = "a form is made of `input`, which has to be an object with properties"
        findings.error("form", at, detail)
        return
    for name, field in schema["properties"].items():
        if not _is_enterable(field) and name in schema.get("required", []):
            detail = f"'{name}' is required, but nobody can enter it in a form"
            findings.error("form", at, detail)


def _is_enterable(field: Any) -> bool:
    if not isinstance(field, dict):
        return False
    kind = field.get("type", "string")
    if kind == "array":
        items = field.get("items", {})
        return isinstance(items, dict) and items.get("type", "string") in _PLAIN
    return kind in _PLAIN


_PLAIN = ("string", "number", "integer", "boolean")


def _limits(findings: Findings, definition: Definition) -> None:
    limit = definition.settings.concurrency
    if limit is not None and definition.settings.mode == "express":
        detail = "Express workflows cannot be limited: Step Functions does not tell of their ends"
        findings.error("express", "/settings/concurrency", detail)
