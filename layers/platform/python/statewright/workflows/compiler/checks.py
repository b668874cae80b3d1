"""What can be known to be wrong before a workflow is published.

Each finding has a JSON pointer, a sentence and, where a near name exists, a suggestion.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from statewright.errors import Issue
from statewright.workflows.actions.catalog import CATALOG
from statewright.workflows.definition import (
    Choose,
    Definition,
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
from statewright.workflows.expressions import expressions_in, is_expression, syntax_error, variables

_ALWAYS = frozenset({"trigger", "vars", "execution"})


def check(definition: Definition) -> list[Issue]:
    """Everything that is wrong with a definition that parses."""
    checker = _Checker()
    checker.schema(definition.input, "/input")
    known = checker.steps(definition.steps, "/steps", _ALWAYS, top=True)
    checker.value(definition.output, "/output", known)
    checker.distinct_names()
    return checker.issues


class _Checker:
    """Walks a definition with the names that are in reach at each place."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self.ids: dict[str, str] = {}
        self.names: dict[str, str] = {}

    def say(self, pointer: str, detail: str, suggestion: str | None = None) -> None:
        self.issues.append(Issue(pointer, detail, suggestion))

    def schema(self, schema: Any, at: str) -> None:
        if schema is None:
            return
        try:
            jsonschema_rs.validator_for(schema)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            self.say(at, f"is not a JSON Schema: {str(error).splitlines()[0]}")

    def distinct_names(self) -> None:
        for name, at in self.names.items():
            if name in {"Start", "Done"}:
                self.say(at, f"the name '{name}' is used by the compiled workflow")

    def steps(
        self, steps: list[Step], at: str, known: frozenset[str], *, top: bool
    ) -> frozenset[str]:
        """Checks a list of steps and returns the names in reach after it."""
        for index, step in enumerate(steps):
            here = f"{at}/{index}"
            self.identity(step, here)
            self.value(step.when, f"{here}/when", known)
            known = self.step(step, here, known, top=top)
            if isinstance(step, Stop) and step.when is None and index + 1 < len(steps):
                self.say(
                    f"{at}/{index + 1}", "is never reached: the step before it ends the workflow"
                )
        return known

    def identity(self, step: Step, at: str) -> None:
        label = step.name or step.id
        if step.id is not None:
            if step.id in self.ids:
                self.say(f"{at}/id", f"the id '{step.id}' is taken by {self.ids[step.id]}")
            self.ids.setdefault(step.id, at)
        if label is not None:
            if label in self.names:
                self.say(at, f"the name '{label}' is taken by {self.names[label]}")
            self.names.setdefault(label, at)

    def step(self, step: Step, at: str, known: frozenset[str], *, top: bool) -> frozenset[str]:
        match step:
            case Use():
                return self.use(step, at, known, top=top)
            case Set():
                self.value(step.set, f"{at}/set", known)
                return known | {step.id}
            case Choose():
                return self.choose(step, at, known, top=top)
            case ForEach():
                self.value(step.for_each, f"{at}/for_each", known, whole=True)
                self.loop_variable(step, at)
                inner = self.steps(
                    step.steps, f"{at}/steps", known | {step.item, "index"}, top=False
                )
                self.value(step.output, f"{at}/output", inner)
                return self.handled(step, at, known, top=top)
            case Parallel():
                for name, branch in step.parallel.items():
                    self.steps(branch, f"{at}/parallel/{name}", known, top=False)
                self.value(step.output, f"{at}/output", known | {"result"})
                return self.handled(step, at, known, top=top)
            case Wait():
                self.value(step.wait.until, f"{at}/wait/until", known)
                return known
            case Stop():
                self.stop(step, at, known, top=top)
                return known
        raise AssertionError(step)

    def loop_variable(self, step: ForEach, at: str) -> None:
        if step.item in self.ids:
            self.say(f"{at}/as", f"the name '{step.item}' is taken by {self.ids[step.item]}")
        self.ids.setdefault(step.item, at)

    def use(self, step: Use, at: str, known: frozenset[str], *, top: bool) -> frozenset[str]:
        self.value(step.inputs, f"{at}/with", known)
        self.value(step.output, f"{at}/output", known | {"result"})
        action = CATALOG.get(step.use)
        if action is None:
            self.say(f"{at}/use", f"there is no action '{step.use}'", _near(step.use, CATALOG))
        else:
            self.inputs(step.inputs, action.inputs, f"{at}/with")
        if step.use == "human.approval" and isinstance(step.inputs.get("expires", "7d"), str):
            try:
                seconds(step.inputs.get("expires", "7d"))
            except ValueError as error:
                self.say(f"{at}/with/expires", str(error))
        return self.handled(step, at, known, top=top)

    def handled(
        self, step: Use | ForEach | Parallel, at: str, known: frozenset[str], *, top: bool
    ) -> frozenset[str]:
        after = known | {step.id}
        if isinstance(step.on_error, OnError):
            here = f"{at}/on_error/steps"
            after |= self.steps(step.on_error.steps, here, known | {"error"}, top=top) - {"error"}
        return after

    def choose(self, step: Choose, at: str, known: frozenset[str], *, top: bool) -> frozenset[str]:
        after = known
        for index, case in enumerate(step.cases):
            here = f"{at}/choose/{index}"
            self.value(case.when, f"{here}/when", known)
            after |= self.steps(case.steps, f"{here}/steps", known, top=top)
        last = f"{at}/choose/{len(step.choose) - 1}/otherwise"
        return after | self.steps(step.otherwise, last, known, top=top)

    def stop(self, step: Stop, at: str, known: frozenset[str], *, top: bool) -> None:
        self.value(step.stop.output, f"{at}/stop/output", known)
        self.value(step.stop.error, f"{at}/stop/error", known)
        self.value(step.stop.cause, f"{at}/stop/cause", known)
        if step.stop.status == "succeeded" and not top:
            self.say(
                f"{at}/stop", "a succeeded end inside for_each or parallel is not supported yet"
            )

    def inputs(self, given: dict[str, Any], schema: dict[str, Any], at: str) -> None:
        """Checks literal inputs against the action's schema; expressions are let through."""
        for name in given.keys() - schema["properties"].keys():
            self.say(
                f"{at}/{name}", "is not an input of this action", _near(name, schema["properties"])
            )
        for name in schema["required"]:
            if name not in given:
                self.say(f"{at}/{name}", "is required")
        for name, value in given.items():
            wanted = schema["properties"].get(name)
            if wanted is not None and not _dynamic(value):
                for error in jsonschema_rs.iter_errors(wanted, value):
                    self.say(f"{at}/{name}", error.message)

    def value(self, value: Any, at: str, known: frozenset[str], *, whole: bool = False) -> None:
        """Checks every expression in a value."""
        if whole and isinstance(value, str) and not is_expression(value):
            self.say(at, "must be a list or one expression, {% … %}")
        for pointer, text in _strings(value, at):
            for expression in expressions_in(text):
                self.expression(expression, pointer, known)

    def expression(self, expression: str, at: str, known: frozenset[str]) -> None:
        problem = syntax_error(expression)
        if problem is not None:
            self.say(at, f"is not valid JSONata: {problem}")
            return
        for name in sorted(variables(expression) - known):
            near = _near(name, known)
            self.say(
                at,
                f"nothing here is called ${name}",
                f"did you mean ${near}?" if near else None,
            )


def _near(name: str, candidates: Any) -> str | None:
    return next(iter(difflib.get_close_matches(name, list(candidates), 1, 0.6)), None)


def _dynamic(value: Any) -> bool:
    return any(next(expressions_in(text), None) is not None for _, text in _strings(value, ""))


def _strings(value: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(item, f"{at}/{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _strings(item, f"{at}/{index}")
