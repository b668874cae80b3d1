"""Going through a stored definition's steps as plain values: JSON, not models.

What is stored was valid when it was stored; definitions of years ago are shown and compared too.
An imported state machine (``asl``) has states in the place of steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from statewright.workflows.definition import KINDS

Steps = list[dict[str, Any]]


def blocks(step: dict[str, Any]) -> Iterator[tuple[str, Steps]]:
    """The lists of steps directly inside a step, each with its pointer below the step."""
    for number, case in enumerate(step.get("choose", [])):
        name = "steps" if "steps" in case else "otherwise"
        yield f"/choose/{number}/{name}", case[name]
    if "for_each" in step:
        yield "/steps", step["steps"]
    if "repeat" in step:
        yield "/repeat/steps", step["repeat"]["steps"]
    if "try" in step:
        trying = step["try"]
        yield "/try/steps", trying["steps"]
        for index, clause in enumerate(trying.get("catch", [])):
            yield f"/try/catch/{index}/steps", clause["steps"]
        yield "/try/finally", trying.get("finally", [])
    for name, branch in step.get("parallel", {}).items():
        yield f"/parallel/{name}", branch
    if isinstance(step.get("on_error"), dict):
        yield "/on_error/steps", step["on_error"]["steps"]


def walk(steps: Steps, at: str = "/steps") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step with its pointer, parents before their children."""
    for index, step in enumerate(steps):
        here = f"{at}/{index}"
        yield here, step
        for below, inner in blocks(step):
            yield from walk(inner, here + below)


def kind_of(step: dict[str, Any]) -> str:
    """The kind's key, such as ``for_each``."""
    return next(kind for kind in KINDS if kind in step)


def own_fields(step: dict[str, Any]) -> dict[str, Any]:
    """A step without the steps inside it."""
    fields = dict(step)
    if "choose" in step:
        fields["choose"] = [case.get("when", "otherwise") for case in step["choose"]]
    if "for_each" in step:
        del fields["steps"]
    if "repeat" in step:
        fields["repeat"] = {k: v for k, v in step["repeat"].items() if k != "steps"}
    if "try" in step:
        clauses = step["try"].get("catch", [])
        fields["try"] = {
            "catch": [{k: v for k, v in clause.items() if k != "steps"} for clause in clauses]
        }
    if "parallel" in step:
        fields["parallel"] = list(step["parallel"])
    if isinstance(step.get("on_error"), dict):
        fields["on_error"] = "steps"
    return fields


def states(machine: dict[str, Any], at: str = "/asl") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every state of a state machine: its pointer, its name and itself, parents first."""
    for name, state in machine.get("States", {}).items():
        here = f"{at}/States/{name.replace('~', '~0').replace('/', '~1')}"
        yield here, name, state
        for index, branch in enumerate(state.get("Branches", [])):
            yield from states(branch, f"{here}/Branches/{index}")
        for inner in ("ItemProcessor", "Iterator"):
            if inner in state:
                yield from states(state[inner], f"{here}/{inner}")
