"""``stop``: the end of the workflow, from wherever it stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from statewright.workflows.compiler.errors import across, undo_part
from statewright.workflows.compiler.evaluate import PASSED_ON, compute, needs_guard
from statewright.workflows.compiler.region import Across, Ends, Reported, Status, Through
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.values import ASL, asl_value, expression
from statewright.workflows.definition import Ending, Step, Stop, active_steps


def statuses(steps: Iterable[Step]) -> set[Status]:
    """The kinds of stop that stand in steps, however deep."""
    return {step.stop.status for _, step in active_steps(list(steps)) if isinstance(step, Stop)}


def compile_stop(site: Site, step: Stop) -> str:
    """Adds the state that ends the workflow, or that sets out to."""
    ending = _ending(step.stop)
    if not needs_guard(site, ending):
        return _leave(site, asl_value(ending, site.names), site.label)
    computed = {key: expression(f"{PASSED_ON}.{key}") for key in ending}
    own = _leave(site, {**computed, "stop": step.stop.status}, site.label)
    return compute(site.before(own), "ending", asl_value(ending, site.names))


def _ending(stop: Ending) -> dict[str, Any]:
    if stop.status == "succeeded":
        return {"stop": stop.status, "output": {} if stop.output is None else stop.output}
    return {"stop": stop.status, "name": stop.error or "Stopped", "cause": stop.cause or ""}


def _leave(site: Site, ending: ASL, name: str) -> str:
    region, way = site.region, site.region.stopping
    failed = ending["stop"] == "failed"
    if isinstance(way, Through):
        emptied = dict.fromkeys(way.resets)
        state: ASL = {"Type": "Pass", "Assign": {**emptied, way.variable: ending}}
        return site.add(name, {**state, "Next": way.target})
    if isinstance(way, Reported):
        output = {"stopped": ending, **undo_part(region)}
        return site.add(name, {"Type": "Pass", "Output": output, "End": True})
    if isinstance(way, Across) and not (way.plainly and failed):
        target = across(site, "$states.input")
        return site.add(name, {"Type": "Pass", "Output": ending, "Next": target})
    resort = region.last_resort
    if isinstance(way, Ends) and failed and resort is not None and region.armed:
        error = {"name": ending["name"], "cause": ending["cause"]}
        emptied = dict.fromkeys(resort.resets)
        state = {"Type": "Pass", "Assign": {**emptied, resort.variable: error}}
        return site.add(name, {**state, "Next": resort.target})
    return site.add(name, _end(ending))


def _end(ending: ASL) -> ASL:
    if ending["stop"] == "succeeded":
        return {"Type": "Succeed", "Output": ending["output"]}
    cause = {"Cause": ending["cause"]} if ending["cause"] else {}
    return {"Type": "Fail", "Error": ending["name"], **cause}
