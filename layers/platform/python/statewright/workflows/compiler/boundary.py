"""What lies between a step and the scopes below it: the branches of a parallel, a loop's rounds.

Variables end at such a boundary, and so does an error: all that comes out of a scope that fails is
the error's name and cause. That is enough for most. Where more has to come out (what there is to
undo, failures that are tolerated), the scopes below *report*: they never fail, and their result is

    {value: [...], undo: [...]}      done; the value in a list of one, so that lists stay lists
    {failed: {name, cause}, undo: [...]}
    {stopped: {stop, …}, undo: [...]}

and the step looks at the results when all have ended.
"""

from __future__ import annotations

from typing import Any

from statewright.workflows.compiler.errors import (
    Exit,
    catchers,
    choice,
    raising,
    stopping,
    undo_part,
)
from statewright.workflows.compiler.evaluate import PASSED_ON, assign, compute, needs_guard
from statewright.workflows.compiler.region import (
    ANY,
    STOP,
    Across,
    Ends,
    Region,
    Reported,
    Route,
    Status,
)
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.stops import statuses
from statewright.workflows.compiler.undo import logged
from statewright.workflows.compiler.values import ASL, Names, asl_value, expression, value_source
from statewright.workflows.definition import ForEach, Parallel, Step, has_value

Fanning = ForEach | Parallel
RESULTS = "$states.input"
"""What the scopes have reported, in the states after the step."""
_FIRST_FAILURE = f"({RESULTS}.failed)[0]"
_FIRST_STOP = f"({RESULTS}.stopped)[0]"


def last_value(steps: list[Step]) -> Any:
    """What a branch or an iteration gives back: the value of its last step that has one."""
    for step in reversed(steps):
        if step.id is not None and has_value(step):
            return expression(f"${step.id}")
    return None


# -- scopes that fail and stop by themselves ----------------------------------------------------


def plain_region(site: Site, step: Fanning, names: Names, place: str) -> Region:
    """What surrounds the steps of such a scope."""
    unhandled = not site.region.handlers and step.retry is None
    above = site.region.stopping
    ends = isinstance(above, Ends) or (isinstance(above, Across) and above.plainly)
    return Region(names, place, stopping=Across(plainly=unhandled and ends))


def plain_catch(site: Site, region: Region, inside: list[Step]) -> tuple[list[ASL], bool]:
    """``Catch`` of the step, and whether a stop can come out of its scopes."""
    plainly = isinstance(region.stopping, Across) and region.stopping.plainly
    kinds: set[Status] = statuses(inside) - ({"failed"} if plainly else set())
    if not kinds:
        return catchers(site.region), False
    ending = site.variable("Stop")
    stop: ASL = {
        "ErrorEquals": [STOP],
        "Assign": {ending: expression("$parse($states.errorOutput.Cause)")},
        "Next": leaving(site, "stopping", stopping(site, f"${ending}", kinds)),
    }
    return [stop, *catchers(site.region)], True


def leaving(site: Site, role: str, exits: list[Exit]) -> str:
    """The state that takes one of several exits; the last of them needs no condition."""
    if len(exits) > 1:
        return site.further(role, choice(exits))
    only = exits[0]
    if not only.assign:
        return only.target
    return site.further(role, {"Type": "Pass", "Assign": only.assign, "Next": only.target})


# -- scopes that report -------------------------------------------------------------------------


def reporting_region(site: Site, inner: Site, names: Names, place: str, *, log: bool) -> Region:
    """What surrounds the steps of such a scope; adds the state that reports a failure."""
    failure = site.variable("Failure")
    gave_up = inner.whole.name(site.at, "gave up")
    region = Region(
        names,
        place,
        last_resort=Route(ANY, failure, gave_up),
        armed=True,
        stopping=Reported(),
        undo_log=site.variable("UndoLog") if log else "",
    )
    output = {"value": [None], "failed": expression(f"${failure}"), **undo_part(region)}
    inner.add(gave_up, {"Type": "Pass", "Output": output, "End": True})
    return region


def finish(inner: Site, role: str, value: Any) -> str:
    """Adds the state that ends a scope with its value; returns where that begins."""
    region = inner.region
    if not isinstance(region.stopping, Reported):
        output = asl_value(value, inner.names)
        return inner.further(role, {"Type": "Pass", "Output": output, "End": True})
    guarded = needs_guard(inner, value)
    result = expression(PASSED_ON) if guarded else asl_value(value, inner.names)
    report = {"value": [result], **undo_part(region)}
    end = inner.further(role, {"Type": "Pass", "Output": report, "End": True})
    if not guarded:
        return end
    return compute(inner.before(end), f"{role} value", asl_value(value, inner.names))


def collected(site: Site) -> ASL:
    """What a step assigns when its scopes have reported: all that there is to undo."""
    log = site.region.undo_log
    return {"Assign": {log: expression(f"[${log}, $states.result.undo]")}}


def look(site: Site, step: Fanning, value: Any, inside: list[Step], *, sure: bool) -> str:
    """Adds the Choice that looks at the reports: go on with ``value``, fail, or stop.

    Args:
        sure: whether the value cannot fail.
    """
    exits = stopping(site, _FIRST_STOP, statuses(inside))
    failed = _failed(step)
    for way_out in raising(site, _FIRST_FAILURE):
        when = f"{failed} and ({way_out.when})" if way_out.when else failed
        exits.append(Exit(way_out.target, way_out.assign, when))
    return site.further("all done?", choice([*exits, _done(site, step, value, sure=sure)]))


def _done(site: Site, step: Fanning, value: Any, *, sure: bool) -> Exit:
    assert step.id is not None
    undo = [] if step.undo is None else [step.undo.inputs]
    if needs_guard(site, *undo, *([] if sure else [value])):
        return Exit(assign(site, step, site.whole.name(site.at, "results"), value))
    result = asl_value(value, site.names)
    logging = logged(site.region, step, value_source(value, site.names))
    return Exit(site.following, {step.id: result, **logging})


def _failed(step: Fanning) -> str:
    """Source of: have more scopes failed than may?"""
    tolerated = step.tolerate if isinstance(step, ForEach) else None
    if tolerated is None:
        return f"$exists({RESULTS}.failed)"
    if tolerated.count is not None:
        return f"$count({RESULTS}.failed) > {tolerated.count}"
    share = f"{tolerated.percentage:g} * $count({RESULTS})"
    return f"$count({RESULTS}.failed) * 100 > {share}"
