"""Parts of a definition, to be tried out: up to a step, or one step by itself."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from statewright.errors import InvalidError, Issue
from statewright.workflows.plain_steps import Steps, blocks, walk
from statewright.workflows.suggestions import did_you_mean

Definition = dict[str, Any]


def with_pins(definition: Definition, pins: dict[str, Any]) -> Definition:
    """The definition with sample outputs, which stand in for the steps' own work.

    Raises:
        InvalidError: no step has such an id.
    """
    changed = copy.deepcopy(definition)
    steps = {step["id"]: step for _, step in walk(changed["steps"]) if "id" in step}
    for step_id, value in pins.items():
        if step_id not in steps:
            raise unknown_step(step_id, f"/pins/{step_id}", list(steps))
        steps[step_id]["pin"] = value
    return changed


def up_to(definition: Definition, step_id: str) -> Definition:
    """The definition cut off behind a step; in loops, behind it in each round.

    Outputs that are computed from what is cut off go with it.

    Raises:
        InvalidError: no step has this id.
    """
    cut = copy.deepcopy(definition)
    if not _cut(cut["steps"], step_id):
        known = [step["id"] for _, step in walk(cut["steps"]) if "id" in step]
        raise unknown_step(step_id, "/until", known)
    cut.pop("output", None)
    return cut


def _cut(steps: Steps, step_id: str) -> bool:
    for index, step in enumerate(steps):
        inside = any(_cut(inner, step_id) for _, inner in blocks(step))
        if inside:
            step.pop("output", None)
            if "try" in step:
                step["try"].pop("finally", None)
        if inside or step.get("id") == step_id:
            del steps[index + 1 :]
            return True
    return False


def alone(definition: Definition, step_id: str, values: dict[str, Any]) -> Definition:
    """A definition of one step, before which the names that it reads have values.

    Raises:
        InvalidError: no step has this id.
    """
    steps = {step["id"]: step for _, step in walk(definition["steps"]) if "id" in step}
    if step_id not in steps:
        raise unknown_step(step_id, "/only", list(steps))
    before = list(_sets({name: value for name, value in values.items() if name != step_id}))
    head = {k: v for k, v in definition.items() if k not in {"steps", "output", "triggers"}}
    return {**head, "steps": [*before, copy.deepcopy(steps[step_id])]}


def _sets(values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in values.items():
        yield {"id": name, "set": literal(value)}


def literal(value: Any) -> Any:
    """A value as a definition writes it: a text that looks like an expression stays a text."""
    if isinstance(value, dict):
        return {key: literal(part) for key, part in value.items()}
    if isinstance(value, list):
        return [literal(part) for part in value]
    if isinstance(value, str) and "{%" in value:
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        quoted = quoted.replace("{%", '{" & "%').replace("%}", '%" & "}')
        return '{% "' + quoted + '" %}'
    return value


def unknown_step(step_id: str, pointer: str, known: list[str]) -> InvalidError:
    """The error for a step that is not there."""
    detail = f"no step is called '{step_id}'"
    return InvalidError(f"{detail}.", (Issue(pointer, detail, did_you_mean(step_id, known)),))
