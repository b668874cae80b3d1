"""The states of one call of an agent's tool: people's approval, the call, and what comes of it.

Each state finds ``{call: {id, tool, arguments}, index, most}`` as its input. What the model gives
stands between what the action gives by itself and what the author has decided, which comes last.
"""

from __future__ import annotations

from dataclasses import dataclass

from statewright.workflows.actions.action import Action
from statewright.workflows.checks.tool_arguments import from_model
from statewright.workflows.compiler import tasks
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.values import ASL, asl_value, expression, value_source
from statewright.workflows.definition import AgentTool, Use, seconds
from statewright.workflows.expressions import quoted

GIVEN = "$states.input.call"
_SHOWN = 4_000
"""The most characters of a call's inputs that people see when they are asked."""
_CAUSE = 2_000
APPROVAL = "human.approval"
CANNOT_BE_CAUGHT_BY_ALL = "States.DataLimitExceeded"
"""A result of more than 256 KiB; ``States.ALL`` leaves it out."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the calls of an agent's tools stand."""

    inner: Site
    step: Use
    round: str
    """Source of what tells this call apart from the agent's others."""


def add_tool(place: Place, name: str, tool: AgentTool) -> str:
    """Adds the states of a tool; returns the first."""
    site, action = place.inner, place.inner.whole.actions[tool.use]
    own, result = _task(place, name, tool, action)
    retry: ASL = {"Retry": tasks.retriers(tool.retry)} if tool.retry else {}
    failed = site.further(f"{name} failed", _failed(name))
    error = expression("$merge([$states.input, {'error': $states.errorOutput}])")
    catch = [
        {"ErrorEquals": [CANNOT_BE_CAUGHT_BY_ALL], "Output": error, "Next": failed},
        {"ErrorEquals": ["States.ALL"], "Output": error, "Next": failed},
    ]
    output = expression(_entry(name, f"'result': {_bounded(result)}"))
    call = site.add(
        site.part(name),
        {"Type": "Task", **own, "Output": output, **retry, "Catch": catch, "End": True},
    )
    return call if tool.approval is None else _approved(place, name, tool.approval, call)


def refused(site: Site) -> str:
    """Adds the state of a call that is none: no such tool, or not with such inputs."""
    cause = f"{GIVEN}.problem ? {GIVEN}.problem : 'there is no such tool'"
    error = f"'error': {{'name': 'Tool.Refused', 'cause': {cause}}}"
    output = expression(_entry(None, error))
    return site.add(site.part("refused"), {"Type": "Pass", "Output": output, "End": True})


def _entry(name: str | None, what: str) -> str:
    """Source of an entry of the talk: what became of a call."""
    tool = f"{GIVEN}.tool" if name is None else quoted(name)
    return f"{{'role': 'tool', 'answers': {GIVEN}.id, 'tool': {tool}, {what}}}"


def _bounded(result: str) -> str:
    text = f"$string({result})"
    cut = f"$substring({text}, 0, $states.input.most) & '… (cut off)'"
    return f"$length({text}) > $states.input.most ? {cut} : {result}"


def _failed(name: str) -> ASL:
    cause = f"$substring($states.input.error.Cause ? $states.input.error.Cause : '', 0, {_CAUSE})"
    error = f"'error': {{'name': $states.input.error.Error, 'cause': {cause}}}"
    return {"Type": "Pass", "Output": expression(_entry(name, error)), "End": True}


# -- the call -----------------------------------------------------------------------------------


def _task(place: Place, name: str, tool: AgentTool, action: Action) -> tuple[ASL, str]:
    names = place.inner.names
    fixed = asl_value({**action.defaults, **tool.inputs}, names)
    limits: ASL = {} if tool.timeout is None else {"TimeoutSeconds": seconds(tool.timeout)}
    key = tasks.key_of(f"{place.step.id}/{name}", names, place.round)
    inputs = {**_fields(tool, action), **fixed}
    call = tasks.Call(place.step.id, action, inputs, key, names, tool.connection, limits)
    own, result = tasks.task(call)
    payload = own["Arguments"].get("Payload")
    if payload is not None:
        payload |= {"tool": name, "with": _merged(place, tool, action)}
    return own, result


def _fields(tool: AgentTool, action: Action) -> ASL:
    """The model's inputs one by one, for integrations that are not given them as one object."""
    if action.integration not in {"workflow", "event"}:
        return {}
    given = {name: f"{GIVEN}.arguments.{name}" for name in from_model(tool, action)}
    return {name: expression(f"$exists({at}) ? {at} : {{}}") for name, at in given.items()}


def _merged(place: Place, tool: AgentTool, action: Action) -> str:
    parts = [
        value_source(action.defaults, place.inner.names),
        f"{GIVEN}.arguments",
        value_source(tool.inputs, place.inner.names),
    ]
    return expression(f"$merge([{', '.join(part for part in parts if part != '{}')}])")


# -- approval -----------------------------------------------------------------------------------


def _approved(place: Place, name: str, approval: ASL, call: str) -> str:
    """Adds the question to people, and what comes of their answer."""
    site, action = place.inner, place.inner.whole.actions[APPROVAL]
    key = tasks.key_of(f"{place.step.id}/{name}/approval", site.names, place.round)
    inputs = {**action.defaults, **_asked(place, name, approval)}
    own, _ = tasks.task(tasks.Call(place.step.id, action, inputs, key, site.names))
    own["Arguments"]["Payload"]["tool"] = name
    cause = (
        "$states.input.approval.comment ? 'people have declined: ' & "
        "$states.input.approval.comment : 'people have declined'"
    )
    error = f"'error': {{'name': 'Tool.Declined', 'cause': {cause}}}"
    end: ASL = {"Type": "Pass", "Output": expression(_entry(name, error)), "End": True}
    declined = site.further(f"{name} declined", end)
    yes = expression("$states.input.approval.decision = 'approved'")
    choice = {"Type": "Choice", "Choices": [{"Condition": yes, "Next": call}], "Default": declined}
    decided = site.further(f"{name} approved?", choice)
    output = expression("$merge([$states.input, {'approval': $states.result}])")
    return site.add(
        site.part(f"approve {name}"), {"Type": "Task", **own, "Output": output, "Next": decided}
    )


def _asked(place: Place, name: str, approval: ASL) -> ASL:
    """The inputs of the question: what nobody has written says which call it is about."""
    written = {
        "title": f"{place.step.name or place.step.id}: may it use {name}?",
        "on_expiry": "reject",
        **approval,
    }
    found: ASL = asl_value(written, place.inner.names)
    shown = f"$substring($string({GIVEN}.arguments, true), 0, {_SHOWN})"
    above = written.get("text")
    text = shown if above is None else f"{_text(place, above)} & '\\n\\n' & {shown}"
    return {**found, "text": expression(text)}


def _text(place: Place, written: object) -> str:
    return f"$string({value_source(written, place.inner.names)})"
