"""How two definitions differ: step by step, by the steps' ids, as data and as text.

Steps are the same step if they have the same id, wherever they stand. A step without an id is known
by its kind and its count among its kind in its block. Moved is what stands in another block, or in
another order than the steps that stayed: as few steps as possible are called moved.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from statewright.workflows.life_cycle_models import Difference, FieldChange, StepChange
from statewright.workflows.plain_steps import Steps, blocks, kind_of, own_fields, states

_TEXT_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Placed:
    """A step where it stands: ``block`` is named by the step around it, not by its pointer."""

    key: str
    pointer: str
    block: str
    name: str
    kind: str
    fields: dict[str, Any]


def compare(
    before: dict[str, Any], after: dict[str, Any], names: tuple[str, str] = ("before", "after")
) -> Difference:
    """How to come from one definition to the other."""
    old, new = _placed(before), _placed(after)
    fields = list(_fields(_head(before), _head(after)))
    steps = list(_steps(old, new))
    return Difference(
        before=names[0],
        after=names[1],
        same=not fields and not steps,
        fields=fields,
        steps=steps,
        text="".join(_lines(fields, steps)),
    )


def _head(definition: dict[str, Any]) -> dict[str, Any]:
    """All but the steps; triggers by id, so that their order does not count."""
    head = {k: v for k, v in definition.items() if k not in {"steps", "asl", "statewright"}}
    head["triggers"] = {trigger["id"]: trigger for trigger in definition.get("triggers", [])}
    if "asl" in definition:
        head["asl"] = {k: v for k, v in definition["asl"].items() if k != "States"}
    return head


def _placed(definition: dict[str, Any]) -> dict[str, Placed]:
    found: Iterator[Placed]
    if "asl" in definition:
        found = (_state(*state) for state in states(definition["asl"]))
    else:
        found = _steps_of(definition.get("steps", []), "/steps", "")
    return {step.key: step for step in found}


def _state(pointer: str, name: str, state: dict[str, Any]) -> Placed:
    fields = {k: v for k, v in state.items() if k not in {"Branches", "ItemProcessor", "Iterator"}}
    block = pointer.rpartition("/States/")[0]
    return Placed(f"{block}/{name}", pointer, block, name, str(state.get("Type")), fields)


def _steps_of(steps: Steps, at: str, block: str) -> Iterator[Placed]:
    counts: dict[str, int] = defaultdict(int)
    for index, step in enumerate(steps):
        kind, pointer = kind_of(step), f"{at}/{index}"
        counts[kind] += "id" not in step
        key = step.get("id") or f"{block}/{kind}#{counts[kind]}"
        yield Placed(key, pointer, block, step.get("name") or key, kind, own_fields(step))
        for below, inner in blocks(step):
            yield from _steps_of(inner, pointer + below, f"{key}{below}")


def _steps(old: dict[str, Placed], new: dict[str, Placed]) -> Iterator[StepChange]:
    moved = _moved(old, new)
    for key, step in new.items():
        known = old.get(key)
        if known is None:
            yield _change(step, "added", after=step.pointer)
            continue
        fields = list(_fields(known.fields, step.fields))
        places = {"before": known.pointer, "after": step.pointer}
        if key in moved:
            kind = "moved_and_changed" if fields else "moved"
            yield _change(step, kind, fields=fields, **places)
        elif fields:
            yield _change(step, "changed", fields=fields, **places)
    for key, step in old.items():
        if key not in new:
            yield _change(step, "removed", before=step.pointer)


def _change(step: Placed, change: Any, **more: Any) -> StepChange:
    return StepChange(step=step.key, name=step.name, kind=step.kind, change=change, **more)


def _moved(old: dict[str, Placed], new: dict[str, Placed]) -> set[str]:
    """The steps in another block, and the fewest others whose move explains the new order."""
    both = [key for key in new if key in old]
    moved = {key for key in both if old[key].block != new[key].block}
    siblings: dict[str, list[str]] = defaultdict(list)
    for key in both:
        if key not in moved and new[key].kind[0].islower():  # the order of states means nothing
            siblings[new[key].block].append(key)
    place = {key: index for index, key in enumerate(old)}
    for keys in siblings.values():
        moved |= set(keys) - _longest_rise(keys, place)
    return moved


def _longest_rise(keys: list[str], place: dict[str, int]) -> set[str]:
    """The largest part of ``keys`` that stood in the same order before (patience sorting)."""
    tops: list[int] = []
    piles: list[str] = []
    below: dict[str, str | None] = {}
    for key in keys:
        at = bisect_left(tops, place[key])
        below[key] = piles[at - 1] if at else None
        tops[at : at + 1], piles[at : at + 1] = [place[key]], [key]
    kept: set[str] = set()
    key_: str | None = piles[-1] if piles else None
    while key_ is not None:
        kept.add(key_)
        key_ = below[key_]
    return kept


def _fields(before: Any, after: Any, at: str = "") -> Iterator[FieldChange]:
    """The values that differ; objects are entered, lists are compared as a whole."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            here = f"{at}/{key.replace('~', '~0').replace('/', '~1')}"
            if key not in after:
                yield FieldChange(field=here, before=before[key], absent="after")
            elif key not in before:
                yield FieldChange(field=here, after=after[key], absent="before")
            else:
                yield from _fields(before[key], after[key], here)
    elif json.dumps(before, sort_keys=True) != json.dumps(after, sort_keys=True):
        yield FieldChange(field=at, before=before, after=after)  # 1 is not true, unlike in Python


# -- as text ---------------------------------------------------------------------------------------

_SIGNS = {"added": "+", "removed": "-", "moved": ">", "changed": "~", "moved_and_changed": ">"}


def _lines(fields: list[FieldChange], steps: list[StepChange]) -> Iterator[str]:
    for field in fields:
        yield f"~ {_field(field)}\n"
    for step in steps:
        title = step.step if step.name == step.step else f"{step.step} ({step.name})"
        where = step.after or step.before
        moved = f"from {step.before} to {step.after}" if _SIGNS[step.change] == ">" else where
        yield f"{_SIGNS[step.change]} {step.kind} {title} {moved}\n"
        for field in step.fields:
            yield f"    {_field(field)}\n"


def _field(field: FieldChange) -> str:
    match field.absent:
        case "before":
            return f"{field.field}: + {_shown(field.after)}"
        case "after":
            return f"{field.field}: - {_shown(field.before)}"
        case None:
            return f"{field.field}: {_shown(field.before)} → {_shown(field.after)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _TEXT_LIMIT else f"{text[: _TEXT_LIMIT - 1]}…"
