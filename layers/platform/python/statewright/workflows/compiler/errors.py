"""Errors on their way: natively through ``Catch``, and by hand where a variable holds one.

An error in a variable is ``{name, cause}``. A completion is an error, or the ending of a ``stop``:
``{stop: succeeded, output}`` or ``{stop: failed, name, cause}``; null stands for going on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import assert_never

from statewright.workflows.compiler.region import (
    ANY,
    STOP,
    Across,
    Ends,
    Region,
    Reported,
    Route,
    Status,
    Through,
)
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.values import ASL, expression
from statewright.workflows.expressions import quoted

_TIMEOUTS = ("States.Timeout", "States.HeartbeatTimeout")


def caught(variable: str, resets: Collection[str] = ()) -> ASL:
    """What a ``Catch`` assigns. A cause may be missing; text needs one."""
    cause = "$states.errorOutput.Cause ? $states.errorOutput.Cause : ''"
    error = {"name": expression("$states.errorOutput.Error"), "cause": expression(cause)}
    return {**dict.fromkeys(resets), **({variable: error} if variable else {})}


def catchers(region: Region) -> list[ASL]:
    """``Catch`` of a state in a region."""
    return [
        {
            "ErrorEquals": list(route.errors),
            **_assigning(caught(route.variable, route.resets)),
            "Output": expression("$states.input"),
            "Next": route.target,
        }
        for route in region.routes
    ]


def catch_field(rules: list[ASL]) -> ASL:
    """The field ``Catch``, where there is anything to catch."""
    return {"Catch": rules} if rules else {}


def matches(names: Collection[str], error: str) -> str:
    """Source of: does the error's name, itself a source, fit one of ``names``? As ASL judges."""
    if "States.ALL" in names:
        return "true"
    listed = ", ".join(quoted(name) for name in names)
    source = f"{error} in [{listed}]" if len(names) > 1 else f"{error} = {listed}"
    if "States.TaskFailed" in names:
        timeouts = ", ".join(quoted(name) for name in _TIMEOUTS)
        return f"{source} or $not({error} in [{timeouts}])"
    return source


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out: where to go, what to assign on the way, and under which condition."""

    target: str
    assign: ASL = field(default_factory=dict)
    when: str = ""


def choice(exits: list[Exit]) -> ASL:
    """A Choice between exits; the last one is taken where no other is."""
    *rules, last = exits
    state: ASL = {
        "Type": "Choice",
        "Choices": [
            {"Condition": expression(rule.when), **_assigning(rule.assign), "Next": rule.target}
            for rule in rules
        ],
        "Default": last.target,
        **_assigning(last.assign),
    }
    return state


def _assigning(assign: ASL) -> ASL:
    return {"Assign": assign} if assign else {}


def raising(site: Site, error: str) -> list[Exit]:
    """The exits of an error that the source ``error`` gives; the last is for every name."""
    exits = [
        Exit(route.target, _handed_over(route, error), _fits(route, error))
        for route in site.region.routes
    ]
    if not exits or exits[-1].when:
        exits.append(Exit(_fail(site, error)))
    return exits


def raising_plain(site: Site, name: str, cause: str) -> Exit:
    """The exit of an error whose name is known when the workflow is compiled."""
    for route in site.region.routes:
        if route.errors == ANY or {name, "States.TaskFailed"} & set(route.errors):
            error = {route.variable: {"name": name, "cause": cause}} if route.variable else {}
            return Exit(route.target, {**dict.fromkeys(route.resets), **error})
    return Exit(site.further("failed", {"Type": "Fail", "Error": name, "Cause": cause}))


def _handed_over(route: Route, error: str) -> ASL:
    kept = {route.variable: expression(error)} if route.variable else {}
    return {**dict.fromkeys(route.resets), **kept}


def _fits(route: Route, error: str) -> str:
    return "" if route.errors == ANY else matches(route.errors, f"{error}.name")


def stopping(site: Site, ending: str, kinds: Collection[Status]) -> list[Exit]:
    """The exits of a stop whose ending the source ``ending`` gives, one for each kind."""
    return [
        replace(_stopping(site, ending, kind), when=f"{ending}.stop = '{kind}'")
        for kind in sorted(kinds)
    ]


def _stopping(site: Site, ending: str, kind: Status) -> Exit:
    way = site.region.stopping
    match way:
        case Through(variable=variable, target=target, resets=resets):
            return Exit(target, {**dict.fromkeys(resets), variable: expression(ending)})
        case Reported():
            output = {"stopped": expression(ending), **undo_part(site.region)}
            return Exit(site.further("stopped", {"Type": "Pass", "Output": output, "End": True}))
        case Across(plainly=plainly):
            return Exit(
                _fail(site, ending) if plainly and kind == "failed" else across(site, ending)
            )
        case Ends():
            if kind == "failed":
                return failing_end(site, ending)
            end = {"Type": "Succeed", "Output": expression(f"{ending}.output")}
            return Exit(site.further("succeeded", end))
        case _:
            assert_never(way)


def across(site: Site, ending: str) -> str:
    """Adds the state that carries an ending out of its scope."""
    cause = expression(f"$string({ending})")
    return site.further("stopped", {"Type": "Fail", "Error": STOP, "Cause": cause})


def failing_end(site: Site, ending: str) -> Exit:
    """The exit of a failed stop at the top level: to the end, or to what has to be undone first."""
    resort = site.region.last_resort
    if resort is None or not site.region.armed:
        return Exit(_fail(site, ending))
    error = {"name": expression(f"{ending}.name"), "cause": expression(f"{ending}.cause")}
    return Exit(resort.target, {**dict.fromkeys(resort.resets), resort.variable: error})


def undo_part(region: Region) -> ASL:
    """What the result of a scope tells its parent to undo."""
    return {"undo": expression(f"${region.undo_log}")} if region.undo_log else {}


def _fail(site: Site, error: str) -> str:
    name, cause = expression(f"{error}.name"), expression(f"{error}.cause")
    return site.further("failed", {"Type": "Fail", "Error": name, "Cause": cause})
