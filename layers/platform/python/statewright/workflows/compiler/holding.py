"""What steps that hold steps have in common: a value, an undo, and being tried again.

``Retry`` exists on Task, Parallel and Map only, so a block is tried again by a loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from statewright.workflows.compiler.errors import Exit, choice, matches, raising
from statewright.workflows.compiler.evaluate import assign
from statewright.workflows.compiler.region import ANY, Route
from statewright.workflows.compiler.scope import Loop
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.values import ASL, expression
from statewright.workflows.definition import (
    Choose,
    Repeat,
    Retry,
    Try,
    has_value,
    seconds,
    variables_of,
)

H = TypeVar("H", Choose, Repeat, Try)


def holding(site: Site, step: H, body: Callable[[Site, H], str]) -> str:
    """Adds the states of a block by ``body``, and what its options ask for around them."""
    if step.retry is not None or step.on_error is not None:
        site.scope.unset |= variables_of([step])
    if step.retry is None:
        return _valued(site, step, body)
    return retried(site, step.retry, lambda again: _valued(again, step, body))


def _valued(site: Site, step: H, body: Callable[[Site, H], str]) -> str:
    if has_value(step) or step.undo is not None:
        name = site.whole.name(site.at, "result")
        site = site.before(assign(site, step, name, step.output))
    return body(site, step)


def retried(site: Site, retry: Retry, body: Callable[[Site], str]) -> str:
    """Adds a block's states and the loop that begins them anew when they fail."""
    again, pause = (site.whole.name(site.at, role) for role in ("try again?", "pause"))
    attempt, error = site.variable("Attempt"), site.variable("LastError")
    region = replace(site.region, handlers=(Route(ANY, error, again),))
    entry = body(site.within(region))
    begin: ASL = {"Type": "Pass", "Assign": {attempt: 1}, "Next": entry}
    first = site.further("first attempt", begin)
    fits = matches(retry.on, f"${error}.name")
    left = f"${attempt} <= {retry.attempts}"
    condition = left if fits == "true" else f"({fits}) and {left}"
    site.add(again, choice([Exit(pause, when=condition), *raising(site, f"${error}")]))
    wait: ASL = {"Type": "Wait", "Seconds": expression(_delay(retry, attempt))}
    site.add(pause, {**wait, "Assign": {attempt: expression(f"${attempt} + 1")}, "Next": entry})
    site.whole.loops.append(Loop(entry, 0, retry.attempts))
    return first


def _delay(retry: Retry, attempt: str) -> str:
    delay = f"{seconds(retry.interval)} * $power({retry.backoff:g}, ${attempt} - 1)"
    if retry.max_interval is not None:
        delay = f"$min([{delay}, {seconds(retry.max_interval)}])"
    if retry.jitter:
        delay = f"{delay} * $random()"
    return f"$floor($min([{delay}, 31536000]))"
