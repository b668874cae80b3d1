"""``repeat``: a loop of a Choice, with a Wait between the rounds, and a variable that counts them.

The steps stand in the scope of the loop itself, so a round sees what the round before has set.
"""

from __future__ import annotations

from dataclasses import replace

from statewright.workflows.compiler.errors import raising_plain
from statewright.workflows.compiler.evaluate import branching
from statewright.workflows.compiler.scope import Loop
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.values import ASL, Names, condition_source, expression
from statewright.workflows.definition import Repeat, Rounds, seconds, variables_of

LIMIT_REACHED = "Repeat.LimitReached"
"""The error of a loop that still has to go on after ``max`` rounds."""


def compile_repeat(site: Site, step: Repeat) -> str:
    """Adds the loop. ``$index`` is the number of rounds before the one at hand."""
    rounds = site.variable("Rounds")
    site.scope.unset |= variables_of([step])
    place = f"{site.region.place} & '.' & ${rounds}" if site.region.place else f"${rounds}"
    region = replace(site.region, names=_counting(site, f"(${rounds} - 1)"), place=place)
    loop = _while if step.repeat.while_ is not None else _until
    return loop(site.within(region), step.repeat, rounds)


def _counting(site: Site, index: str) -> Names:
    return site.names.but(index=index)


def _until(site: Site, loop: Rounds, rounds: str) -> str:
    """Runs the steps, then asks."""
    again = site.whole.name(site.at, "again?")
    full = f"{{% ${rounds} = {loop.max} %}}"
    rules: list[tuple[str | bool, ASL]] = []
    if loop.until is None:
        rules.append((full, {"Next": site.following}))
    else:
        rules += [(loop.until, {"Next": site.following}), (full, _too_often(site, loop))]
    first, choices = branching(site, again, rules)
    entry = site.chain("/repeat/steps", loop.steps, first)
    next_round = {"Assign": {rounds: expression(f"${rounds} + 1")}}
    site.add(
        again,
        {"Type": "Choice", "Choices": choices, "Default": _pause(site, loop, entry), **next_round},
    )
    least = loop.max - 1 if loop.until is None else 0
    site.whole.loops.append(Loop(entry, least, loop.max - 1, tail=again))
    return site.own({"Type": "Pass", "Assign": {rounds: 1}, "Next": entry})


def _while(site: Site, loop: Rounds, rounds: str) -> str:
    """Asks, then runs the steps. ``$index`` in the question is the number of rounds so far."""
    assert loop.while_ is not None
    asking = site.within(replace(site.region, names=_counting(site, f"${rounds}")))
    again = site.whole.name(site.at, "again?")
    rules: list[tuple[str | bool, ASL]] = [
        (_and(loop.while_, f"${rounds} = {loop.max}"), _too_often(site, loop)),
        (loop.while_, {"Assign": {rounds: expression(f"${rounds} + 1")}}),
    ]
    first, choices = branching(asking, again, rules)
    site.add(again, {"Type": "Choice", "Choices": choices, "Default": site.following})
    entry = site.chain("/repeat/steps", loop.steps, _pause(site, loop, first))
    choices[-1]["Next"] = entry
    site.whole.loops.append(Loop(first, 0, loop.max))
    return site.own({"Type": "Pass", "Assign": {rounds: 0}, "Next": first})


def _and(when: str | bool, further: str) -> str | bool:
    source = condition_source(when, Names())
    if isinstance(source, bool):
        return f"{{% {further} %}}" if source else False
    return f"{{% ({source}) and {further} %}}"


def _pause(site: Site, loop: Rounds, following: str) -> str:
    if loop.every is None:
        return following
    state = {"Type": "Wait", "Seconds": seconds(loop.every), "Next": following}
    return site.further("pause", state)


def _too_often(site: Site, loop: Rounds) -> ASL:
    """The part of a rule that fails the loop."""
    left = raising_plain(site, LIMIT_REACHED, f"still not done after {loop.max} rounds")
    return {**({"Assign": left.assign} if left.assign else {}), "Next": left.target}
