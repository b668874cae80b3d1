"""``parallel``: a Parallel, whose branches are joined by their names."""

from __future__ import annotations

from statewright.workflows.compiler import tasks
from statewright.workflows.compiler.boundary import (
    RESULTS,
    collected,
    finish,
    last_value,
    look,
    plain_catch,
    plain_region,
    reporting_region,
)
from statewright.workflows.compiler.errors import catch_field, catchers
from statewright.workflows.compiler.holding import retried
from statewright.workflows.compiler.region import STOP, Region
from statewright.workflows.compiler.scope import Scope, in_order
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.undo import logged, undoes
from statewright.workflows.compiler.values import ASL, asl_value, expression, value_source
from statewright.workflows.definition import Parallel, Step
from statewright.workflows.expressions import quoted

NEVER_AGAIN = {"ErrorEquals": [STOP], "MaxAttempts": 0}
"""A stop is no failure that one tries again."""


def compile_parallel(site: Site, step: Parallel) -> str:
    """Adds the Parallel."""
    inside = [inner for branch in step.parallel.values() for inner in branch]
    if not undoes(inside):
        return _plain(site, step, inside)
    if step.retry is None:
        return _reporting(site, step, inside)
    return retried(site, step.retry, lambda again: _reporting(again, step, inside))


def _plain(site: Site, step: Parallel, inside: list[Step]) -> str:
    region = plain_region(site, step, site.names, site.region.place)
    joined = {name: f"$states.result[{index}]" for index, name in enumerate(step.parallel)}
    value, source = _joined(site, step, joined)
    rules, stops = plain_catch(site, region, inside)
    retry = tasks.retriers(step.retry)
    state: ASL = {"Type": "Parallel", "Branches": _branches(site, step, region)}
    state["Assign"] = {step.id: value, **logged(site.region, step, source)}
    if retry:
        state["Retry"] = [NEVER_AGAIN, *retry] if stops else retry
    return site.own({**state, **catch_field(rules), "Next": site.following})


def _joined(site: Site, step: Parallel, sources: dict[str, str]) -> tuple[object, str]:
    """The value of the step, as ASL and as one expression."""
    result = "{" + ", ".join(f"{quoted(name)}: {s}" for name, s in sources.items()) + "}"
    if step.output is None:
        return {name: expression(source) for name, source in sources.items()}, result
    names = site.names.but(result=f"({result})")
    return asl_value(step.output, names), value_source(step.output, names)


def _reporting(site: Site, step: Parallel, inside: list[Step]) -> str:
    sources = {name: f"{RESULTS}[{i}].value[0]" for i, name in enumerate(step.parallel)}
    result = "{" + ", ".join(f"{quoted(name)}: {s}" for name, s in sources.items()) + "}"
    value = {name: expression(source) for name, source in sources.items()}
    named = site.within_names(result=f"({result})")
    plain = step.output is None
    target = look(named, step, value if plain else step.output, inside, sure=plain)
    branches = _branches(site, step, None)
    log = collected(site)
    state: ASL = {"Type": "Parallel", "Branches": branches, **log}
    return site.own({**state, **catch_field(catchers(site.region)), "Next": target})


def _branches(site: Site, step: Parallel, plain: Region | None) -> list[ASL]:
    return [_branch(site, name, steps, plain) for name, steps in step.parallel.items()]


def _branch(site: Site, name: str, steps: list[Step], plain: Region | None) -> ASL:
    """One branch: in the region given, or in one of its own that reports."""
    scope = Scope(site.whole)
    inner = site.inside(scope, plain or site.region)
    if plain is None:
        region = reporting_region(site, inner, site.names, site.region.place, log=True)
        inner = inner.within(region)
    last = finish(inner, name, last_value(steps))
    start = inner.chain(f"/parallel/{name}", steps, last)
    initial = {**scope.initial(), **({inner.region.undo_log: []} if plain is None else {})}
    if initial:
        begin: ASL = {"Type": "Pass", "Assign": initial, "Next": start}
        start = inner.further(f"{name} begins", begin)
    return {"StartAt": start, "States": in_order(scope.states, start)}
