"""Steps to states. Each list of steps becomes a chain that goes on where its caller says.

Variables are the memory between states: a step's result is assigned to a variable of its id. What
a choice or a condition passes by is null, so later expressions can ask for it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from statewright.workflows.compiler import choose, each, parallel, repeat, stops, tries, use, waits
from statewright.workflows.compiler.evaluate import assign, branching
from statewright.workflows.compiler.holding import holding
from statewright.workflows.compiler.region import ANY, Region, Route
from statewright.workflows.compiler.scope import Scope
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.undo import undoes
from statewright.workflows.compiler.values import asl_value, nulls
from statewright.workflows.definition import (
    Catching,
    Choose,
    ForEach,
    OnError,
    Parallel,
    Repeat,
    Set,
    Step,
    Stop,
    Try,
    Use,
    Wait,
    has_value,
    variables_of,
)


def compile_steps(scope: Scope, region: Region, steps: list[Step], at: str, following: str) -> str:
    """Adds the states of ``steps``; the last goes on to the state ``following``.

    Returns:
        The name of the first state, which is ``following`` where there are no steps.
    """
    armed = [region.armed]
    for step in steps:
        armed.append(armed[-1] or (bool(region.undo_log) and undoes([step])))
    for index in reversed(range(len(steps))):
        step = steps[index]
        # Inside a step that holds steps, some of them may have completed when another fails.
        holds = not isinstance(step, Use | Set)
        region = replace(region, armed=armed[index + 1] if holds else armed[index])
        following = _compile_step(Site(scope, region, f"{at}/{index}", following), step)
    return following


def _compile_step(site: Site, step: Step) -> str:
    if step.disabled:
        emptied = nulls(variables_of([step]))
        state = {"Type": "Pass", "Comment": "Disabled", **emptied, "Next": site.following}
        return site.own(state)
    if site.whole.pinned and "pin" in step.model_fields_set:
        entry = _pinned(site, step)
    else:
        entry = _compile_kind(_handling(site, step), step)
    if step.note is not None and site.label in site.scope.states:
        own = site.scope.states[site.label]
        site.own({"Type": own["Type"], "Comment": step.note, **own})
    return entry if step.when is None else _guard(site, step, entry)


def _compile_kind(site: Site, step: Step) -> str:
    match step:
        case Use():
            return use.compile_use(site, step)
        case Set():
            return assign(site, step, site.label, step.set)
        case Choose():
            return holding(site, step, choose.compile_choose)
        case ForEach():
            return each.compile_for_each(site, step)
        case Parallel():
            return parallel.compile_parallel(site, step)
        case Repeat():
            return holding(site, step, repeat.compile_repeat)
        case Wait():
            return waits.compile_wait(site, step)
        case Try():
            return holding(site, step, tries.compile_try)
        case Stop():
            return stops.compile_stop(site, step)
        case _:
            assert_never(step)


def _pinned(site: Site, step: Step) -> str:
    """The step's sample output in place of the step."""
    assert step.id is not None
    pin = asl_value(getattr(step, "pin", None), site.names)
    assigned = {**dict.fromkeys(sorted(variables_of([step]))), step.id: pin}
    state = {"Type": "Pass", "Comment": "Pinned", "Assign": assigned, "Next": site.following}
    return site.own(state)


def _handling(site: Site, step: Step) -> Site:
    """The place of a step whose errors its own ``on_error`` takes."""
    if not isinstance(step, Catching) or step.on_error is None:
        return site
    resets = (step.id,) if step.id is not None and has_value(step) else ()
    if not isinstance(step.on_error, OnError):
        return site.within(site.region.with_handlers(Route(ANY, "", site.following, resets)))
    site.scope.unset |= variables_of(step.on_error.steps)
    error = site.variable("Error")
    handler = site.within(replace(site.region, names=site.names.but(error=f"${error}")))
    target = handler.chain("/on_error/steps", step.on_error.steps)
    return site.within(site.region.with_handlers(Route(ANY, error, target, resets)))


def _guard(site: Site, step: Step, entry: str) -> str:
    """The Choice that lets a step run, or leaves its variables empty."""
    assert step.when is not None
    name = site.whole.name(site.at, "when", f"{site.label}?")
    first, rules = branching(site, name, [(step.when, {"Next": entry})])
    emptied = nulls(variables_of([step]))
    site.add(name, {"Type": "Choice", "Choices": rules, "Default": site.following, **emptied})
    return first
