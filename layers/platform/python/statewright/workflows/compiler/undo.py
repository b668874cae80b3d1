"""The saga: what completed steps have to be undone, and how that is done.

Each step with an ``undo`` adds an entry to its scope's list as it completes: which step, and the
inputs of its undo action as they are then. Branches and iterations give their lists to the scope
above with their results, whatever became of them. At the end, one Map goes through the list from
its last entry to its first. ``docs/decisions/0015-try-and-undo-in-asl.md`` has the whole story.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from statewright.workflows.compiler import tasks
from statewright.workflows.compiler.errors import Exit, choice
from statewright.workflows.compiler.region import ANY, Region, Route
from statewright.workflows.compiler.scope import Compilation, Scope
from statewright.workflows.compiler.values import (
    ASL,
    Names,
    asl_value,
    expression,
    value_source,
)
from statewright.workflows.definition import (
    Definition,
    Step,
    Undo,
    active_steps,
    contains,
)
from statewright.workflows.expressions import is_dynamic, quoted

LOG = "undoLog"
FAILURE = "failure"
_ENTRY = "$states.input"


def undo_of(step: Step) -> Undo | None:
    """How a step is undone, if it is."""
    undo: Undo | None = getattr(step, "undo", None)
    return undo


def undoes(steps: list[Step]) -> bool:
    """Whether any of the steps, however deep, can be undone."""
    return contains(steps, lambda step: undo_of(step) is not None)


def last_resort() -> Route:
    """Where the errors of a workflow go that has anything to undo."""
    return Route(ANY, FAILURE, "Undo")


def logged(region: Region, step: Step, result: str) -> ASL:
    """What a step assigns as it completes, so that it can be undone.

    Args:
        result: source of the step's result, which ``$<its id>`` means in the undo's inputs.
    """
    undo = undo_of(step)
    if undo is None or step.id is None:
        return {}
    names = region.names.but(**{step.id: f"({result})"})
    entry = {"step": quoted(step.id), "with": value_source(_dynamic(undo), names)}
    if region.place:
        entry["place"] = f"'/' & {region.place}"
    fields = ", ".join(f"{quoted(key)}: {source}" for key, source in entry.items())
    return {region.undo_log: expression(f"[${region.undo_log}, {{{fields}}}]")}


def _dynamic(undo: Undo) -> dict[str, Any]:
    """The inputs that depend on the execution: the others are written where the action is."""
    return {name: value for name, value in undo.inputs.items() if is_dynamic(value)}


def add_states(whole: Compilation, top: Scope, definition: Definition) -> None:
    """Adds ``Undo``, which undoes what the list says, and ``Failed``, which ends the workflow."""
    inner = Scope(whole)
    which = "Undo: which step"
    exits = list(_undoing(inner, definition))
    # Every entry names one of these steps: the last rule needs no condition.
    states = {which: choice([*exits[:-1], Exit(exits[-1].target)])} if len(exits) > 1 else {}
    top.states["Undo"] = {
        "Type": "Map",
        "Comment": "Undoes the completed steps, the last one first",
        "Items": expression(f"$reverse(${LOG})"),
        "MaxConcurrency": 1,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "INLINE"},
            "StartAt": next(iter(states), exits[0].target),
            "States": {**states, **inner.states},
        },
        "Assign": {"notUndone": expression("[$states.result[$ != '']]")},
        "Next": "Failed",
    }
    cause = f"${FAILURE}.cause"
    with_rest = f"{cause} & ' (not undone: ' & $join($notUndone, ', ') & ')'"
    top.states["Failed"] = {
        "Type": "Fail",
        "Error": expression(f"${FAILURE}.name"),
        "Cause": expression(f"$count($notUndone) = 0 ? {cause} : {with_rest}"),
    }


def _undoing(inner: Scope, definition: Definition) -> Iterator[Exit]:
    for at, step in active_steps(definition.steps):
        undo = undo_of(step)
        if undo is not None and step.id is not None:
            target = _action(inner, at, step.id, undo)
            yield Exit(target, when=f"{_ENTRY}.step = {quoted(step.id)}")


def _action(inner: Scope, at: str, step: str, undo: Undo) -> str:
    """The Task that undoes a step; where it fails for good, the others are undone all the same."""
    whole = inner.whole
    name = whole.name(at, "undo", f"Undo {whole.labels[at]}")
    left = whole.name(at, "not undone", f"{name}: failed")
    action = whole.actions[undo.use]
    inputs = asl_value({**action.defaults, **undo.inputs}, Names())
    inputs |= {key: expression(f"{_ENTRY}.with.{_field(key)}") for key in _dynamic(undo)}
    key = f"$execution.id & {quoted(f'/{step}/undo')} & {_ENTRY}.place"
    own, _ = tasks.task(tasks.Call(step, action, inputs, key, Names(), undo.connection))
    inner.states[name] = {
        "Type": "Task",
        **own,
        "Retry": tasks.retriers(undo.retry),
        "Catch": [{"ErrorEquals": list(ANY), "Next": left}],
        "Output": "",
        "End": True,
    }
    output = expression(f"{quoted(step + ': ')} & {_ENTRY}.Error")
    inner.states[left] = {"Type": "Pass", "Output": output, "End": True}
    return name


def _field(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else f"`{name}`"
