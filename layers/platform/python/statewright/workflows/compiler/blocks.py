"""Steps to states. Each list of steps becomes a chain that ends where its caller says.

Variables are the memory between states: a step's result is assigned to a variable of its id. What
only one branch of a choice sets is null in the others, so later expressions can ask for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, assert_never

from statewright.workflows.actions.catalog import CATALOG
from statewright.workflows.compiler import tasks
from statewright.workflows.compiler.values import Names, asl_value, condition, expression
from statewright.workflows.definition import (
    Choose,
    ForEach,
    OnError,
    Parallel,
    Set,
    Step,
    Stop,
    Use,
    Wait,
    seconds,
)

ASL = dict[str, Any]


@dataclass(slots=True)
class Block:
    """A scope of states under construction, and which step each state belongs to."""

    bindings: dict[str, str]
    labels: dict[int, str]
    states: ASL = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    place: str = ""
    """Tells iterations of the loops around this block apart: the source of an expression."""

    def inner(self, names: Names, place: str) -> Block:
        """A scope below this one, such as a branch."""
        return Block(self.bindings, self.labels, {}, names, place)

    def add(self, name: str, state: ASL, pointer: str) -> None:
        """Adds a state that belongs to the step at ``pointer``."""
        self.states[name] = state
        self.bindings[name] = pointer

    def label(self, step: Step, kind: str) -> str:
        """A state name for a step: its name, its id, or its kind with a number."""
        label = step.name or step.id
        if label is None:
            label = self.labels.setdefault(id(step), f"{kind} {len(self.labels) + 1}")
        return label


def compile_steps(block: Block, steps: list[Step], at: str, following: str) -> str:
    """Adds the states of ``steps``; the last goes on to the state ``following``.

    Returns:
        The name of the first state, which is ``following`` where there are no steps.
    """
    entries = [_entry(block, step) for step in steps] + [following]
    for index, step in enumerate(steps):
        _compile_step(block, step, f"{at}/{index}", entries[index + 1])
    return entries[0]


def _entry(block: Block, step: Step) -> str:
    """The state at which a step begins: its guard, or itself."""
    label = block.label(step, _kind(step))
    return label if step.when is None else f"{label}?"


def _kind(step: Step) -> str:
    match step:
        case Wait():
            return "Wait"
        case Stop():
            return "Stop"
        case Choose():
            return "Choose"
        case _:
            return "Step"


def variables_of(steps: list[Step]) -> set[str]:
    """The variables that a list of steps sets in its own scope."""
    found: set[str] = set()
    for step in steps:
        match step:
            case Choose():
                for case in step.cases:
                    found |= variables_of(case.steps)
                found |= variables_of(step.otherwise)
            case Use() | Set() | ForEach() | Parallel():
                found.add(step.id)
                if not isinstance(step, Set) and isinstance(step.on_error, OnError):
                    found |= variables_of(step.on_error.steps) | {f"{step.id}_error"}
            case Wait() | Stop():
                pass
            case _:
                assert_never(step)
    return found


def _nulls(names: set[str]) -> ASL:
    return {"Assign": dict.fromkeys(sorted(names))} if names else {}


def _compile_step(block: Block, step: Step, at: str, following: str) -> None:
    if step.when is not None:
        guard: ASL = {
            "Type": "Choice",
            "Choices": [
                {
                    "Condition": condition(step.when, block.names),
                    "Next": block.label(step, _kind(step)),
                }
            ],
            "Default": following,
            **_nulls(variables_of([step])),
        }
        block.add(f"{block.label(step, _kind(step))}?", guard, at)
    match step:
        case Use():
            _use(block, step, at, following)
        case Set():
            value = asl_value(step.set, block.names)
            state: ASL = {"Type": "Pass", "Assign": {step.id: value}, "Next": following}
            block.add(block.label(step, "Set"), state, at)
        case Choose():
            _choose(block, step, at, following)
        case ForEach():
            _for_each(block, step, at, following)
        case Parallel():
            _parallel(block, step, at, following)
        case Wait():
            block.add(block.label(step, "Wait"), _wait(block, step, following), at)
        case Stop():
            block.add(block.label(step, "Stop"), _stop(block, step), at)
        case _:
            assert_never(step)


def _use(block: Block, step: Use, at: str, following: str) -> None:
    own, result = tasks.task(step, CATALOG[step.use], block.names, block.place)
    value = (
        expression(result)
        if step.output is None
        else asl_value(step.output, replace(block.names, result=result))
    )
    state: ASL = {"Type": "Task", **own, "Assign": {step.id: value}, "Output": value}
    _finish(block, step, state, at, following)


def _finish(
    block: Block, step: Use | ForEach | Parallel, state: ASL, at: str, following: str
) -> None:
    """Adds Retry, Catch and Next, and the steps that handle an error."""
    if step.retry is not None:
        state["Retry"] = tasks.retriers(step.retry)
    if step.on_error is not None:
        state["Catch"] = [_catcher(block, step, at, following)]
        state["Assign"] |= dict.fromkeys(sorted(variables_of([step]) - {step.id}))
    state["Next"] = following
    block.add(block.label(step, "Step"), state, at)


def _catcher(block: Block, step: Use | ForEach | Parallel, at: str, following: str) -> ASL:
    assigned: ASL = {step.id: None}
    target = following
    if isinstance(step.on_error, OnError):
        error = f"{step.id}_error"
        assigned[error] = {
            "name": expression("$states.errorOutput.Error"),
            "cause": expression("$states.errorOutput.Cause"),
        }
        handler = Block(
            block.bindings,
            block.labels,
            block.states,
            replace(block.names, error=f"${error}"),
            block.place,
        )
        target = compile_steps(handler, step.on_error.steps, f"{at}/on_error/steps", following)
    return {
        "ErrorEquals": ["States.ALL"],
        "Assign": assigned,
        "Output": expression("$states.input"),
        "Next": target,
    }


def _choose(block: Block, step: Choose, at: str, following: str) -> None:
    branches = [case.steps for case in step.cases] + [step.otherwise]
    everything = set().union(*(variables_of(branch) for branch in branches))
    rules = []
    label = block.label(step, "Choose")
    state: ASL = {"Type": "Choice"}
    block.add(label, state, at)
    for index, case in enumerate(step.cases):
        rule: ASL = {
            "Condition": condition(case.when, block.names),
            **_nulls(everything - variables_of(case.steps)),
        }
        rule["Next"] = compile_steps(block, case.steps, f"{at}/choose/{index}/steps", following)
        rules.append(rule)
    last = f"{at}/choose/{len(step.choose) - 1}/otherwise"
    state["Choices"] = rules
    state["Default"] = compile_steps(block, step.otherwise, last, following)
    state |= _nulls(everything - variables_of(step.otherwise))


def _for_each(block: Block, step: ForEach, at: str, following: str) -> None:
    index = f"{step.item}_index"
    place = f'{block.place} & "." & ${index}' if block.place else f"${index}"
    inner = block.inner(replace(block.names, index=f"${index}"), place)
    label = block.label(step, "Step")
    first, last = f"{label}: each", f"{label}: result"
    start: ASL = {
        "Type": "Pass",
        "Assign": {
            step.item: expression("$states.input.value"),
            index: expression("$states.input.index"),
        },
    }
    inner.add(first, start, at)
    start["Next"] = compile_steps(inner, step.steps, f"{at}/steps", last)
    output = _last_value(step.steps) if step.output is None else asl_value(step.output, inner.names)
    inner.add(last, {"Type": "Pass", "Output": output, "End": True}, at)
    items = step.for_each
    state: ASL = {
        "Type": "Map",
        "Items": asl_value(items.strip() if isinstance(items, str) else items, block.names),
        "ItemSelector": {
            "value": expression("$states.context.Map.Item.Value"),
            "index": expression("$states.context.Map.Item.Index"),
        },
        "MaxConcurrency": step.concurrency,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "INLINE"},
            "StartAt": first,
            "States": inner.states,
        },
        "Assign": {step.id: expression("$states.result")},
    }
    _finish(block, step, state, at, following)


def _parallel(block: Block, step: Parallel, at: str, following: str) -> None:
    label = block.label(step, "Step")
    branches = []
    for name, steps in step.parallel.items():
        inner = block.inner(block.names, block.place)
        last = f"{label}: {name}"
        start = compile_steps(inner, steps, f"{at}/parallel/{name}", last)
        inner.add(last, {"Type": "Pass", "Output": _last_value(steps), "End": True}, at)
        branches.append({"StartAt": start, "States": inner.states})
    joined = {name: f"$states.result[{index}]" for index, name in enumerate(step.parallel)}
    if step.output is None:
        value: Any = {name: expression(source) for name, source in joined.items()}
    else:
        result = "{" + ", ".join(f"'{name}': {source}" for name, source in joined.items()) + "}"
        value = asl_value(step.output, replace(block.names, result=f"({result})"))
    state: ASL = {"Type": "Parallel", "Branches": branches, "Assign": {step.id: value}}
    _finish(block, step, state, at, following)


def _last_value(steps: list[Step]) -> Any:
    """What a branch or an iteration gives back: the value of its last step that has one."""
    for step in reversed(steps):
        if step.id is not None and not isinstance(step, Choose | Wait | Stop):
            return expression(f"${step.id}")
    return None


def _wait(block: Block, step: Wait, following: str) -> ASL:
    state: ASL = {"Type": "Wait"}
    if step.wait.for_ is not None:
        state["Seconds"] = seconds(step.wait.for_)
    else:
        state["Timestamp"] = asl_value(step.wait.until, block.names)
    state["Next"] = following
    return state


def _stop(block: Block, step: Stop) -> ASL:
    ending = step.stop
    if ending.status == "succeeded":
        output = asl_value(ending.output, block.names) if ending.output is not None else {}
        return {"Type": "Succeed", "Output": output}
    state: ASL = {"Type": "Fail", "Error": asl_value(ending.error or "Stopped", block.names)}
    if ending.cause is not None:
        state["Cause"] = asl_value(ending.cause, block.names)
    return state
