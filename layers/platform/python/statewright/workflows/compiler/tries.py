"""``try``: every state inside that can fail catches, in the same scope.

With a ``finally``, whatever leaves the steps before it, an error or a stop, waits in a variable
(the completion) until they have run: null stands for going on.
"""

from __future__ import annotations

from dataclasses import replace

from statewright.workflows.compiler.errors import Exit, choice, raising, stopping
from statewright.workflows.compiler.region import ANY, Region, Route, Through
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.stops import statuses
from statewright.workflows.definition import Try, variables_of


def compile_try(site: Site, step: Try) -> str:
    """Adds the steps, the clauses that catch their errors, and what is done in any case."""
    site.scope.unset |= variables_of([step])
    inside = _with_finally(site, step) if step.try_.finally_ else site
    error = site.variable("Caught")
    routes = []
    for index, clause in enumerate(step.try_.catch):
        names = inside.names.but(**{clause.item: f"${error}"})
        handler = inside.within(replace(inside.region, names=names))
        target = handler.chain(f"/try/catch/{index}/steps", clause.steps)
        routes.append(Route(tuple(clause.on), error, target))
    tried = inside.within(inside.region.with_handlers(*routes))
    return tried.chain("/try/steps", step.try_.steps)


def _with_finally(site: Site, step: Try) -> Site:
    """Adds the steps of ``finally``; the place of the others, which all lead there."""
    completion = site.variable("Completion")
    site.scope.unset.add(completion)
    after = site.whole.name(site.at, "after finally")
    region = site.region.resetting(completion)
    afterwards = site.within(region)
    entry = afterwards.chain("/try/finally", step.try_.finally_, after)
    inner = Region(
        region.names,
        region.place,
        handlers=(Route(ANY, completion, entry),),
        armed=region.armed,
        stopping=Through(completion, entry),
        undo_log=region.undo_log,
    )
    exits = [Exit(site.following, when=f"${completion} = null")]
    kinds = statuses([*step.try_.steps, *(s for c in step.try_.catch for s in c.steps)])
    exits += stopping(afterwards, f"${completion}", kinds)
    exits += raising(afterwards, f"${completion}")
    site.add(after, choice(exits))
    return Site(site.scope, inner, site.at, entry)
