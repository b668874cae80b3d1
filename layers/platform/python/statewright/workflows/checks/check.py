"""All checks of a definition."""

from __future__ import annotations

from typing import Any

from statewright.workflows.checks.actions import Actions
from statewright.workflows.checks.apis import API_FACTS
from statewright.workflows.checks.env import Place
from statewright.workflows.checks.failure import check_failure
from statewright.workflows.checks.findings import Finding, Findings
from statewright.workflows.checks.flow import Flow
from statewright.workflows.checks.imported import check_calls
from statewright.workflows.checks.inference import Env, Known
from statewright.workflows.checks.limits import check_limits
from statewright.workflows.checks.schedules import check_times
from statewright.workflows.checks.schemas import type_of_schema
from statewright.workflows.checks.structure import check_ids, check_schema, hints
from statewright.workflows.checks.surroundings import ANYWHERE, Surroundings
from statewright.workflows.checks.triggers import check_triggers
from statewright.workflows.checks.types import ANY, NUMBER, OPEN, TEXT, Type, record
from statewright.workflows.checks.values import Values
from statewright.workflows.definition import ApiTrigger, Definition


def check(definition: Definition, surroundings: Surroundings = ANYWHERE) -> list[Finding]:
    """Everything that there is to say about a definition that parses, the worst first."""
    findings = Findings()
    check_schema(findings, definition.input, "/input")
    check_ids(findings, definition)
    check_times(findings, definition)
    values = Values(findings, hints(definition).get)
    actions = Actions(findings, surroundings, values)
    flow = Flow(findings, values, actions)
    start = _start(definition, surroundings)
    after = flow.steps(definition.steps, Place("/steps", start))
    values.type_of(definition.output, "/output", after.env)
    check_triggers(findings, values, actions, definition, surroundings)
    concurrency = definition.settings.concurrency
    if concurrency is not None and concurrency.key is not None:
        at = "/settings/concurrency/key"
        values.type_of(concurrency.key, at, {name: start[name] for name in ("trigger", "vars")})
    check_limits(findings, definition, surroundings)
    check_failure(findings, definition, surroundings)
    check_calls(findings, definition, surroundings)
    return findings.all()


def _start(definition: Definition, surroundings: Surroundings) -> Env:
    body: Type = ANY if definition.input is None else type_of_schema(definition.input)
    trigger = {"type": TEXT, "id": TEXT, "body": body, "headers": OPEN, "query": OPEN}
    if any(isinstance(found, ApiTrigger) for found in definition.triggers):
        trigger |= API_FACTS
    execution = {
        "id": TEXT,
        "correlation_id": TEXT,
        "started_at": TEXT,
        "workflow": TEXT,
        "version": NUMBER,
    }
    names = surroundings.variables
    variables = OPEN if names is None else record(dict.fromkeys(names, ANY), extra=True)
    types: dict[str, Any] = {
        "trigger": record({**trigger, "received_at": TEXT}),
        "execution": record(execution),
        "vars": variables,
    }
    return {name: Known(kind) for name, kind in types.items()}
