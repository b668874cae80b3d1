"""Values that are computed where a failure must be caught.

``Catch`` exists on Task, Parallel and Map only; a Pass, a Choice or a Wait whose expression fails
ends its scope. Where something waits for errors, such an expression therefore moves into a
Parallel of one branch, whose output is a list of the one value.
"""

from __future__ import annotations

from typing import Any

from statewright.workflows.compiler.errors import catch_field, catchers
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.undo import logged, undo_of
from statewright.workflows.compiler.values import (
    ASL,
    asl_value,
    condition,
    condition_may_fail,
    condition_source,
    expression,
    may_fail,
    value_source,
)
from statewright.workflows.definition import Step

VALUE = "$states.result[0]"
"""The value, in the fields of the Parallel itself."""
PASSED_ON = "$states.input[0]"
"""The value, in the state after."""


def needs_guard(site: Site, *values: Any) -> bool:
    """Whether one of some values of a definition can fail where that matters."""
    return bool(site.region.routes) and any(may_fail(value) for value in values)


def compute(site: Site, what: str, value: Any) -> str:
    """Adds a Parallel that evaluates an ASL value; the state after finds it as ``PASSED_ON``."""
    name = site.whole.name(site.at, what)
    return site.add(name, {**_guarded(site, name, value), "Next": site.following})


def assign(site: Site, step: Step, name: str, value: Any) -> str:
    """Adds a state that computes a step's value, assigns it, and notes how to undo the step."""
    assert step.id is not None
    undo = undo_of(step)
    if needs_guard(site, value, *([undo.inputs] if undo else [])):
        state = _guarded(site, name, asl_value(value, site.names))
        assigned: ASL = {step.id: expression(VALUE), **logged(site.region, step, VALUE)}
        catch = catch_field(state.pop("Catch"))
        return site.add(name, {**state, "Assign": assigned, **catch, "Next": site.following})
    assigned = {step.id: asl_value(value, site.names)}
    assigned |= logged(site.region, step, value_source(value, site.names))
    return site.add(name, {"Type": "Pass", "Assign": assigned, "Next": site.following})


def branching(site: Site, name: str, rules: list[tuple[str | bool, ASL]]) -> tuple[str, list[ASL]]:
    """The rules of a Choice called ``name``, evaluated beforehand where a condition can fail.

    Args:
        rules: conditions of a definition, each with the other fields of its rule.

    Returns:
        The state to begin with, and the rules.
    """
    if not site.region.routes or not any(condition_may_fail(when) for when, _ in rules):
        return name, [{"Condition": condition(when, site.names), **rest} for when, rest in rules]
    number = "0"
    for index, (when, _) in reversed(list(enumerate(rules, 1))):
        source = condition_source(when, site.names)
        text = str(source).lower() if isinstance(source, bool) else f"({source})"
        number = f"{text} ? {index} : {number}"
    first = compute(site.before(name), "case", expression(number))
    return first, [
        {"Condition": expression(f"{PASSED_ON} = {index}"), **rest}
        for index, (_, rest) in enumerate(rules, 1)
    ]


def _guarded(site: Site, name: str, value: Any) -> ASL:
    inner = site.whole.name(site.at, "value", f"{name}: value")
    branch = {"StartAt": inner, "States": {inner: {"Type": "Pass", "Output": value, "End": True}}}
    return {"Type": "Parallel", "Branches": [branch], **catch_field(catchers(site.region))}
