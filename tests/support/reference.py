"""What a definition means, by direct recursion over it: the compiler's and the engine's oracle.

It shares nothing with either but the definition's models and the JSONata library. Where several
branches fail, any of them may be the first to end the others, so a run asks ``choose`` which one
it was, and :func:`outcomes` tries every answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jsonata

from statewright.workflows import definition as d
from statewright.workflows.expressions import expressions_in, is_expression, source_of

Answer = Callable[[str, dict[str, Any]], Any]
"""Performs an action: (step id, inputs) → result, or raises :class:`Failure`."""
QUERY = "States.QueryEvaluationError"


class Failure(Exception):
    """An error on its way up."""

    def __init__(self, name: str, cause: str = ""):
        super().__init__(name, cause)
        self.name, self.cause = name, cause

    @property
    def value(self) -> dict[str, str]:
        return {"name": self.name, "cause": self.cause}


class Stopped(Exception):
    """The end of the workflow on its way up."""

    def __init__(self, status: str, output: Any = None, name: str = "", cause: str = ""):
        super().__init__(status)
        self.status, self.output, self.failure = status, output, Failure(name, cause)


@dataclass(frozen=True)
class Outcome:
    """How an execution ended, and which steps were undone, in order."""

    status: str
    output: str | None
    error: str | None
    cause: str | None
    undone: tuple[tuple[str, str], ...]


@dataclass
class Scope:
    """Variables of a scope, and what it has to undo."""

    variables: dict[str, Any]
    log: list[tuple[d.Step, dict[str, Any]]] = field(default_factory=list)

    def below(self, **more: Any) -> Scope:
        return Scope({**self.variables, **more})


def outcomes(workflow: d.Definition, trigger: Any, answer: Answer, most: int = 200) -> set[Outcome]:
    """Every way in which the workflow may end."""
    found: set[Outcome] = set()
    waiting: list[list[int]] = [[]]
    while waiting and most > 0:
        most -= 1
        script = waiting.pop()
        asked: list[int] = []

        def choose(options: int, script: list[int] = script, asked: list[int] = asked) -> int:
            asked.append(options)
            return script[len(asked) - 1] if len(asked) <= len(script) else 0

        found.add(Reference(workflow, answer, choose).run(trigger))
        for place in range(len(script), len(asked)):
            prefix = script + [0] * (place - len(script))
            waiting += [[*prefix, other] for other in range(1, asked[place])]
    assert not waiting, "too many ways to end"
    return found


class Reference:
    def __init__(self, workflow: d.Definition, answer: Answer, choose: Callable[[int], int]):
        self.workflow, self.answer, self.choose = workflow, answer, choose
        self.undone: list[tuple[str, str]] = []

    def run(self, trigger: Any) -> Outcome:
        unset = dict.fromkeys(variables_of(self.workflow.steps))
        scope = Scope({**unset, "trigger": trigger, "vars": {}})
        try:
            self.steps(self.workflow.steps, scope)
            output = {} if self.workflow.output is None else value(self.workflow.output, scope)
            return self.end("SUCCEEDED", output)
        except Stopped as stop:
            if stop.status == "succeeded":
                return self.end("SUCCEEDED", stop.output)
            failure = stop.failure
        except Failure as error:
            failure = error
        left = self.undo(scope.log)
        cause = failure.cause + (f" (not undone: {', '.join(left)})" if left else "")
        return self.end("FAILED", None, failure.name, cause)

    def end(self, status: str, output: Any, name: str | None = None, cause: str = "") -> Outcome:
        text = None if status == "FAILED" else json.dumps(output, sort_keys=True)
        known = cause if name is not None and name != QUERY else None
        return Outcome(status, text, name, known, tuple(self.undone))

    def undo(self, log: list[tuple[d.Step, dict[str, Any]]]) -> list[str]:
        left = []
        for step, inputs in reversed(log):
            undo = step.undo  # type: ignore[union-attr]
            assert undo is not None
            try:
                self.call(f"undo {step.id}", inputs, undo.retry)
            except Failure as error:
                left.append(f"{step.id}: {error.name}")
            self.undone.append((str(step.id), json.dumps(inputs["body"])))
        return left

    # -- steps --------------------------------------------------------------------------------

    def steps(self, steps: list[d.Step], scope: Scope) -> None:
        for step in steps:
            if step.disabled or (step.when is not None and not self.holds(step.when, scope)):
                for name in variables_of([step]):
                    scope.variables[name] = None
            else:
                self.handled(step, scope)

    def holds(self, when: str | bool, scope: Scope) -> bool:
        if isinstance(when, bool):
            return when
        found = text(when, scope, nothing=False)
        return truth(found)

    def handled(self, step: d.Step, scope: Scope) -> None:
        handler = step.on_error if isinstance(step, d.Catching) else None
        try:
            self.retried(step, scope)
        except Failure as error:
            if handler is None:
                raise
            if has_value(step):
                scope.variables[str(step.id)] = None
            if handler != "continue":
                self.with_error(handler.steps, scope, "error", error)

    def retried(self, step: d.Step, scope: Scope) -> None:
        retry = getattr(step, "retry", None)
        attempts = 0 if retry is None or isinstance(step, d.Use) else retry.attempts
        while True:
            try:
                self.finished(step, scope)
                return
            except Failure as error:
                if attempts == 0 or not fits(retry.on, error.name):
                    raise
                attempts -= 1

    def finished(self, step: d.Step, scope: Scope) -> None:
        result = self.kind(step, scope)
        if isinstance(step, d.Holding):
            result = value(step.output, scope) if has_value(step) else None
        undo = getattr(step, "undo", None)
        entry = None
        if undo is not None:
            seen = Scope({**scope.variables, str(step.id): result})
            entry = (step, value(undo.inputs, seen))
        if has_value(step):
            scope.variables[str(step.id)] = result
        if entry is not None:
            scope.log.append(entry)

    def kind(self, step: d.Step, scope: Scope) -> Any:
        match step:
            case d.Use():
                result = self.call(step.id, value(step.inputs, scope), step.retry)
                named = Scope({**scope.variables, "result": result})
                return result if step.output is None else value(step.output, named)
            case d.Set():
                return value(step.set, scope)
            case d.Choose():
                return self.choose_case(step, scope)
            case d.ForEach():
                return self.for_each(step, scope)
            case d.Parallel():
                return self.parallel(step, scope)
            case d.Repeat():
                return self.repeat(step, scope)
            case d.Wait():
                return None
            case d.Try():
                return self.try_(step, scope)
            case d.Stop():
                raise self.stopped(step.stop, scope)

    def call(self, step: str, inputs: dict[str, Any], retry: d.Retry | None) -> Any:
        attempts = 0 if retry is None else retry.attempts
        while True:
            try:
                return self.answer(step, inputs)
            except Failure as error:
                if attempts == 0 or retry is None or not fits(retry.on, error.name):
                    raise
                attempts -= 1

    def stopped(self, ending: d.Ending, scope: Scope) -> Stopped:
        if ending.status == "succeeded":
            output = {} if ending.output is None else value(ending.output, scope)
            return Stopped("succeeded", output)
        name = value(ending.error or "Stopped", scope)
        return Stopped("failed", None, name, value(ending.cause or "", scope))

    def choose_case(self, step: d.Choose, scope: Scope) -> None:
        branches = [case.steps for case in step.cases] + [step.otherwise]
        held = (i for i, case in enumerate(step.cases) if self.holds(case.when, scope))
        taken = branches[next(held, len(step.cases))]
        everything = set().union(*(variables_of(branch) for branch in branches))
        for name in everything - variables_of(taken):
            scope.variables[name] = None
        self.steps(taken, scope)

    def repeat(self, step: d.Repeat, scope: Scope) -> None:
        loop = step.repeat
        outer = scope.variables.get("index")
        try:
            self.rounds(loop, scope)
        finally:
            scope.variables["index"] = outer

    def rounds(self, loop: d.Rounds, scope: Scope) -> None:
        rounds = 0
        while loop.while_ is None or self.asked(loop.while_, scope, rounds):
            if rounds == loop.max:
                raise Failure("Repeat.LimitReached", f"still not done after {loop.max} rounds")
            scope.variables["index"] = rounds
            self.steps(loop.steps, scope)
            rounds += 1
            if loop.while_ is None and loop.until is None and rounds == loop.max:
                break
            if loop.until is not None and self.asked(loop.until, scope, rounds - 1):
                break

    def asked(self, when: str | bool, scope: Scope, index: int) -> bool:
        scope.variables["index"] = index
        return self.holds(when, scope)

    def try_(self, step: d.Try, scope: Scope) -> None:
        try:
            self.caught(step.try_, scope)
        except (Failure, Stopped):
            self.steps(step.try_.finally_, scope)
            raise
        self.steps(step.try_.finally_, scope)

    def caught(self, trying: d.Trying, scope: Scope) -> None:
        try:
            self.steps(trying.steps, scope)
        except Failure as error:
            clause = next((c for c in trying.catch if fits(c.on, error.name)), None)
            if clause is None:
                raise
            self.with_error(clause.steps, scope, clause.item, error)

    def with_error(self, steps: list[d.Step], scope: Scope, name: str, error: Failure) -> None:
        before = scope.variables.get(name)
        scope.variables[name] = error.value
        try:
            self.steps(steps, scope)
        finally:
            scope.variables[name] = before

    # -- branches and rounds ------------------------------------------------------------------

    def parallel(self, step: d.Parallel, scope: Scope) -> Any:
        children = [
            lambda s, steps=steps: self.branch(steps, s) for steps in step.parallel.values()
        ]
        inside = [inner for steps in step.parallel.values() for inner in steps]
        results = self.fan_out(step, [scope.below() for _ in children], children, inside, scope)
        result = dict(zip(step.parallel, results, strict=True))
        if step.output is None:
            return result
        return value(step.output, Scope({**scope.variables, "result": result}))

    def for_each(self, step: d.ForEach, scope: Scope) -> Any:
        items = listed(step, scope)
        scopes = [scope.below(**{step.item: item, "index": i}) for i, item in enumerate(items)]

        def one(inner: Scope) -> Any:
            last = self.branch(step.steps, inner)
            return last if step.output is None else value(step.output, inner)

        return self.fan_out(step, scopes, [one] * len(items), step.steps, scope)

    def branch(self, steps: list[d.Step], scope: Scope) -> Any:
        for name in variables_of(steps):
            scope.variables.setdefault(name, None)
        self.steps(steps, scope)
        named = [step.id for step in steps if has_value(step)]
        return scope.variables[str(named[-1])] if named else None

    def fan_out(
        self, step: d.ForEach | d.Parallel, scopes: list[Scope], run: list[Any], inside: list[d.Step], scope: Scope
    ) -> list[Any]:  # fmt: skip
        results: list[Any] = []
        abrupt: list[Failure | Stopped] = []
        for child, body in zip(scopes, run, strict=True):
            try:
                results.append(body(child))
            except (Failure, Stopped) as end:
                results.append(None)
                abrupt.append(end)
            scope.log += child.log
        if not reports(step, inside):
            if abrupt:
                raise abrupt[self.choose(len(abrupt))]
            return results
        stops = [end for end in abrupt if isinstance(end, Stopped)]
        if stops:
            raise stops[0]
        if len(abrupt) > tolerated(step, len(results)):
            raise abrupt[0]
        return results


def reports(step: d.ForEach | d.Parallel, inside: list[d.Step]) -> bool:
    undoes = d.contains(inside, lambda inner: getattr(inner, "undo", None) is not None)
    if isinstance(step, d.Parallel):
        return undoes
    return undoes or step.tolerate is not None or step.concurrency > 40


def tolerated(step: d.ForEach | d.Parallel, total: int) -> float:
    tolerate = step.tolerate if isinstance(step, d.ForEach) else None
    if tolerate is None:
        return 0
    return (
        tolerate.count if tolerate.count is not None else (tolerate.percentage or 0) * total / 100
    )


def listed(step: d.ForEach, scope: Scope) -> list[Any]:
    source = step.for_each
    assert not isinstance(source, d.File)
    plain = isinstance(source, str) and re.fullmatch(r"\$\w+(\.\w+)*", source.strip("{% }"))
    if isinstance(source, list):
        items = value(source, scope)
    elif plain and step.batch is None:
        items = value(source, scope)
        if not isinstance(items, list):
            raise Failure(QUERY)
    else:
        items = text(source, scope, nothing=[])
        items = items if isinstance(items, list) else [items]
    if step.batch is None:
        return list(items)
    return [items[i : i + step.batch.size] for i in range(0, len(items), step.batch.size)]


def fits(names: list[str], error: str) -> bool:
    timeouts = {"States.Timeout", "States.HeartbeatTimeout"}
    return "States.ALL" in names or error in names or ("States.TaskFailed" in names and error not in timeouts)  # fmt: skip


def has_value(step: d.Step) -> bool:
    if isinstance(step, d.Wait | d.Stop):
        return False
    return not isinstance(step, d.Holding) or "output" in step.model_fields_set


def variables_of(steps: list[d.Step]) -> set[str]:
    found = {str(step.id) for step in steps if has_value(step)}
    for step in steps:
        for block in d.blocks_of(step):
            found |= set() if block.scope else variables_of(block.steps)
    return found


# -- values -------------------------------------------------------------------------------------


def value(source: Any, scope: Scope) -> Any:
    if isinstance(source, str):
        return text(source, scope)
    if isinstance(source, dict):
        return {key: value(item, scope) for key, item in source.items()}
    if isinstance(source, list):
        return [value(item, scope) for item in source]
    return source


_FAIL = object()


def text(source: str, scope: Scope, nothing: Any = _FAIL) -> Any:
    if is_expression(source):
        found = jsonata_value(source_of(source), scope)
        if found is not jsonata.UNDEFINED:
            return found
        if nothing is _FAIL:
            raise Failure(QUERY)
        return nothing
    parts = source.split("{%")
    if len(parts) == 1:
        return source
    expressions = list(expressions_in(source))
    joined = parts[0]
    for expression, part in zip(expressions, parts[1:], strict=True):
        found = jsonata_value(expression, scope)
        joined += "" if found is jsonata.UNDEFINED else as_text(found)
        joined += part.partition("%}")[2]
    return joined


def as_text(found: Any) -> str:
    return str(evaluate("$string($v)", {"v": found}))


def truth(found: Any) -> bool:
    return evaluate("$v ? true : false", {"v": found}) is True


def jsonata_value(source: str, scope: Scope) -> Any:
    return evaluate(source, scope.variables)


def evaluate(source: str, bindings: dict[str, Any]) -> Any:
    compiled = jsonata.Jsonata(source)
    compiled.set_output_convert_nulls(False)
    try:
        return compiled.evaluate(None, bindings)
    except jsonata.JsonataError:
        raise Failure(QUERY) from None
