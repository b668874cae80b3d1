"""``for_each`` and ``repeat``: what is in reach in their rounds and behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statewright.workflows.checks.branches import last_type
from statewright.workflows.checks.env import After, Place, restored, sometimes
from statewright.workflows.checks.inference import Env, Known
from statewright.workflows.checks.types import (
    ANY,
    LIST,
    NULL,
    NUMBER,
    TEXT,
    Type,
    describe,
    either,
    item_of,
    listing,
    overlaps,
)
from statewright.workflows.definition import File, ForEach, Repeat, variables_of

if TYPE_CHECKING:
    from statewright.workflows.checks.flow import Flow


def for_each(flow: Flow, step: ForEach, place: Place) -> After:
    """Rounds see their element; behind the loop is the list of their values."""
    items = _items(flow, step, place)
    item = listing(items) if step.batch is not None else items
    inner = {**place.env, step.item: Known(item), "index": Known(NUMBER)}
    inside = flow.steps(step.steps, place.below("/steps", inner))
    value = last_type(step.steps, inside.env)
    if step.output is not None:
        value = flow.values.type_of(step.output, f"{place.at}/output", inside.env)
    kind = listing(either(value, NULL) if step.tolerate is not None else value)
    if isinstance(step.for_each, File):
        kind = ANY
    return flow.valued(step, kind, place, After(place.env))


def _items(flow: Flow, step: ForEach, place: Place) -> Type:
    at = f"{place.at}/for_each"
    if isinstance(step.for_each, File):
        flow.values.must_be(TEXT, step.for_each.file, f"{at}/file", place.env)
        return ANY
    found = flow.values.type_of(step.for_each, at, place.env)
    if isinstance(step.for_each, str) and not _is_one_expression(step.for_each):
        flow.findings.error("type-mismatch", at, "must be a list or one expression, {% … %}")
        return ANY
    if not overlaps(found, LIST):
        detail = f"must be a list, but is {describe(found)}"
        flow.findings.error("type-mismatch", at, detail)
        return ANY
    return item_of(frozenset(atom for atom in found if overlaps(frozenset({atom}), LIST)))


def _is_one_expression(text: str) -> bool:
    stripped = text.strip()
    return stripped.startswith("{%") and stripped.find("%}") == len(stripped) - 2


def repeat(flow: Flow, step: Repeat, place: Place) -> After:
    """A round sees what the round before has set; the first one sees null.

    A first, silent walk finds out the types that a round leaves for the next.
    """
    loop, at = step.repeat, "/repeat/steps"
    names = variables_of(loop.steps)
    counted = {**place.env, "index": Known(NUMBER)}
    guess: Env = {**counted, **{name: Known(ANY) for name in names - counted.keys()}}
    left = flow.silently().steps(loop.steps, place.below(at, guess)).env
    start = dict(counted)
    for name in names:
        before = place.env[name].type if name in place.env else NULL
        start[name] = Known(either(before, left[name].type))
    flow.values.condition(loop.while_, f"{place.at}/repeat/while", start)
    after = flow.steps(loop.steps, place.below(at, start))
    flow.values.condition(loop.until, f"{place.at}/repeat/until", after.env)
    env = restored(after.env, place.env, "index")
    if loop.while_ is not None:
        return After(sometimes(env, place.env, names, "there has been a round"))
    return After(env, after.ends)
