"""Going through a definition's steps without knowing each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import assert_never

from statewright.workflows.definition.options import OnError
from statewright.workflows.definition.steps import (
    KINDS,
    Catching,
    Choose,
    ForEach,
    Holding,
    Parallel,
    Repeat,
    Set,
    Step,
    Stop,
    Try,
    Use,
    Wait,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A list of steps inside a step; ``scope`` where its variables are its own."""

    at: str
    """Where it stands, below its step: a relative JSON pointer such as ``/choose/0/steps``."""
    steps: list[Step]
    scope: bool = False


def kind_of(step: Step) -> str:
    """The kind's key, such as ``for_each``."""
    return next(kind for kind, model in KINDS.items() if isinstance(step, model))


def blocks_of(step: Step) -> Iterator[Block]:
    """The lists of steps directly inside a step, in the order of the definition."""
    match step:
        case Choose():
            for index, case in enumerate(step.cases):
                yield Block(f"/choose/{index}/steps", case.steps)
            if len(step.cases) < len(step.choose):
                yield Block(f"/choose/{len(step.cases)}/otherwise", step.otherwise)
        case ForEach():
            yield Block("/steps", step.steps, scope=True)
        case Parallel():
            for name, branch in step.parallel.items():
                yield Block(f"/parallel/{name}", branch, scope=True)
        case Repeat():
            yield Block("/repeat/steps", step.repeat.steps)
        case Try():
            yield Block("/try/steps", step.try_.steps)
            for index, clause in enumerate(step.try_.catch):
                yield Block(f"/try/catch/{index}/steps", clause.steps)
            yield Block("/try/finally", step.try_.finally_)
        case Use() | Set() | Wait() | Stop():
            pass
        case _:
            assert_never(step)
    if isinstance(step, Catching) and isinstance(step.on_error, OnError):
        yield Block("/on_error/steps", step.on_error.steps)


def every_step(steps: list[Step], at: str = "/steps") -> Iterator[tuple[str, Step]]:
    """Every step with its JSON pointer, parents before their children."""
    for index, step in enumerate(steps):
        here = f"{at}/{index}"
        yield here, step
        for block in blocks_of(step):
            yield from every_step(block.steps, here + block.at)


def active_steps(steps: list[Step], at: str = "/steps") -> Iterator[tuple[str, Step]]:
    """Like :func:`every_step`, without what is disabled."""
    for index, step in enumerate(steps):
        if not step.disabled:
            here = f"{at}/{index}"
            yield here, step
            for block in blocks_of(step):
                yield from active_steps(block.steps, here + block.at)


def contains(steps: list[Step], wanted: Callable[[Step], bool]) -> bool:
    """Whether any of the steps that are not disabled, however deep, is wanted."""
    return any(wanted(step) for _, step in active_steps(steps))


def has_value(step: Step) -> bool:
    """Whether later expressions can ask for the step's id."""
    if isinstance(step, Wait | Stop):
        return False
    return not isinstance(step, Holding) or "output" in step.model_fields_set


def variables_of(steps: list[Step]) -> set[str]:
    """The variables that a list of steps sets in its own scope."""
    found: set[str] = set()
    for step in steps:
        if step.id is not None and has_value(step):
            found.add(step.id)
        for block in blocks_of(step):
            if not block.scope:
                found |= variables_of(block.steps)
    return found
