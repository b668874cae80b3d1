"""Which names the steps of a distributed loop take from above it."""

from __future__ import annotations

from statewright.workflows.compiler.site import Site
from statewright.workflows.definition import ForEach, Try, Use, every_step
from statewright.workflows.expressions import expressions_in, strings_in, variables

_OWN = frozenset({"index", "result", "states"})


def outer_names(site: Site, step: ForEach) -> dict[str, str]:
    """Names → their source above the loop."""
    inside = {"steps": [s.model_dump(by_alias=True) for s in step.steps], "output": step.output}
    used: set[str] = set()
    for _, text in strings_in(inside):
        for expression in expressions_in(text):
            used |= variables(expression)
    steps = [inner for _, inner in every_step(step.steps)]
    own = {inner.id for inner in steps} | {step.item} | _OWN
    own |= {inner.item for inner in steps if isinstance(inner, ForEach)}
    own |= {c.item for inner in steps if isinstance(inner, Try) for c in inner.try_.catch}
    if any(isinstance(inner, Use) for inner in steps):
        used |= {"execution", "vars"}  # calls name the one, and a child workflow gets the other
    own |= {"error"} - site.names.sources.keys()  # else it is that of a handler inside
    above = {name: site.names.source(f"${name}") for name in sorted(used - own)}
    if site.region.place:
        above["place"] = site.region.place
    return above
