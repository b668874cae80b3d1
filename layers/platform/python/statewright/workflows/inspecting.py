"""A definition looked at before it is stored or published: findings, state machine, forecast."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from statewright.db import tenant
from statewright.errors import InvalidError
from statewright.workflows.actions.action import Action
from statewright.workflows.checks import Surroundings, check
from statewright.workflows.compiler import compile_definition
from statewright.workflows.definition import Definition
from statewright.workflows.drafts import source_of
from statewright.workflows.models import Draft
from statewright.workflows.parsing import parse_definition
from statewright.workflows.surroundings import surroundings_of


class FindingView(BaseModel):
    """One thing about a definition. ``pointer`` is a JSON pointer into it."""

    severity: Literal["error", "warning", "note"]
    code: str
    pointer: str
    detail: str
    suggestion: str | None


class Bounds(BaseModel):
    """The least and the most of something; no most where nothing bounds it."""

    least: float
    most: float | None


class Forecast(BaseModel):
    """What a run takes. ``transitions`` and ``invocations`` (calls of functions) are those of a
    run in which no action fails, ``worst_transitions`` those with every retry and handler.
    ``longest`` is in seconds, ``cost`` in US dollars for 1,000 runs. ``not_express`` says why it
    could not be an Express workflow."""

    states: int
    transitions: Bounds
    invocations: Bounds
    worst_transitions: int | None
    longest: int | None
    cost: Bounds
    not_express: str | None


class Inspection(BaseModel):
    """What there is to say about a definition. Without errors it compiles: then ``asl``, the
    state machine, ``bindings`` (state → pointer of its step), ``policy`` and ``forecast`` are
    there."""

    valid: bool
    findings: list[FindingView]
    asl: dict[str, Any] | None = None
    bindings: dict[str, str] | None = None
    policy: dict[str, Any] | None = None
    forecast: Forecast | None = None


class ActionView(BaseModel):
    """An action that steps can use, with JSON Schemas of its inputs and of its result, and the
    errors that it can fail with."""

    name: str
    title: str
    inputs: dict[str, Any]
    result: dict[str, Any]
    errors: list[str]
    defaults: dict[str, Any]


def inspect(workspace_id: str, draft: Draft) -> Inspection:
    """Checks and compiles a definition as publishing would, and changes nothing.

    Raises:
        MalformedError: what was sent is not YAML.
    """
    source = source_of(draft)
    try:
        definition = parse_definition(source)
    except InvalidError as error:
        return Inspection(valid=False, findings=[_of_issue(issue) for issue in error.issues])
    with tenant(workspace_id) as session:
        surroundings = surroundings_of(session, definition)
    return inspect_definition(definition, surroundings)


def inspect_definition(definition: Definition, surroundings: Surroundings) -> Inspection:
    """What the checks and the compiler say of a definition that parses."""
    findings = [
        FindingView(
            severity=found.severity,
            code=found.code,
            pointer=found.pointer,
            detail=found.detail,
            suggestion=found.suggestion,
        )
        for found in check(definition, surroundings)
    ]
    if any(found.severity == "error" for found in findings):
        return Inspection(valid=False, findings=findings)
    artefact = compile_definition(definition, surroundings=surroundings)
    report = artefact.report
    forecast = Forecast(
        states=report.states,
        transitions=_bounds(report.transitions),
        invocations=_bounds(report.invocations),
        worst_transitions=report.worst,
        longest=report.seconds,
        cost=_bounds(report.cost),
        not_express=report.express,
    )
    return Inspection(
        valid=True,
        findings=findings,
        asl=artefact.asl,
        bindings=artefact.bindings,
        policy=artefact.policy,
        forecast=forecast,
    )


def actions(workspace_id: str) -> list[ActionView]:
    """The actions that the workspace's workflows can use, by name."""
    with tenant(workspace_id) as session:
        found = surroundings_of(session).actions
    return [_view(found[name]) for name in sorted(found)]


def _view(action: Action) -> ActionView:
    return ActionView(
        name=action.name,
        title=action.title,
        inputs=action.inputs,
        result=action.result,
        errors=list(action.errors),
        defaults=action.defaults,
    )


def _bounds(pair: tuple[float, float | None]) -> Bounds:
    return Bounds(least=pair[0], most=pair[1])


def _of_issue(issue: Any) -> FindingView:
    return FindingView(
        severity="error",
        code="parse",
        pointer=issue.pointer,
        detail=issue.detail,
        suggestion=issue.suggestion,
    )
