"""Goes through the steps as an execution would, with the names that are in reach at each place.

It knows each name's type, and whether all paths that lead to a place have set it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, assert_never

from statewright.workflows.actions.action import Action
from statewright.workflows.checks import branches, loops
from statewright.workflows.checks.actions import Actions, result_of
from statewright.workflows.checks.agents import check_agent
from statewright.workflows.checks.env import ERROR, After, Place, restored, sometimes
from statewright.workflows.checks.findings import Findings
from statewright.workflows.checks.inference import Known
from statewright.workflows.checks.types import NULL, TEXT, Type, either
from statewright.workflows.checks.values import Values
from statewright.workflows.definition import (
    Catching,
    Choose,
    ForEach,
    Holding,
    OnError,
    Parallel,
    Repeat,
    Set,
    Step,
    Stop,
    Try,
    Use,
    Wait,
    kind_of,
    variables_of,
)


class Flow:
    """The walk through the steps."""

    def __init__(self, findings: Findings, values: Values, actions: Actions):
        self.findings, self.values, self.actions = findings, values, actions

    def silently(self) -> Flow:
        """The same walk, which says nothing."""
        findings = Findings()
        values = self.values.reporting_to(findings)
        return Flow(findings, values, self.actions.reporting_to(findings, values))

    def steps(self, steps: list[Step], place: Place) -> After:
        """Checks a list of steps and returns what is in reach behind it."""
        env, ended = place.env, False
        for index, step in enumerate(steps):
            here = replace(place, at=f"{place.at}/{index}", env=env)
            if ended:
                detail = "is never reached: the step before it ends the workflow"
                self.findings.error("unreachable", here.at, detail)
            after = self._step(step, here)
            env, ended = after.env, ended or after.ends
        return After(env, ended)

    def _step(self, step: Step, place: Place) -> After:
        """A step with its condition: what it sets is null where it is skipped."""
        self.values.condition(step.when, f"{place.at}/when", place.env)
        after = self._handled(step, place)
        names = variables_of([step])
        if step.disabled:
            return After(sometimes(after.env, place.env, names, "its step is enabled"))
        if step.when is None:
            return after
        label = step.name or step.id or kind_of(step)
        holds = f"the condition of '{label}' holds"
        return After(sometimes(after.env, place.env, names, holds))

    def _handled(self, step: Step, place: Place) -> After:
        handler = step.on_error if isinstance(step, Catching) else None
        if handler is None:
            return self._kind(step, place)
        after = self._kind(step, place.handling(["States.ALL"]))
        label, own = step.name or step.id or kind_of(step), variables_of([step])
        if isinstance(handler, OnError):
            own -= variables_of(handler.steps)
        succeeds = sometimes(after.env, place.env, own, f"'{label}' succeeds")
        if not isinstance(handler, OnError):
            return After(succeeds)
        inside = place.below("/on_error/steps", {**succeeds, "error": ERROR})
        handled = self.steps(handler.steps, inside)
        if not handled.ends:
            new = variables_of(handler.steps)
            env = restored(handled.env, place.env, "error")
            return After(sometimes(env, place.env, new, f"'{label}' fails"))
        return after

    def _kind(self, step: Step, place: Place) -> After:
        match step:
            case Use():
                return self._use(step, place)
            case Set():
                kind = self.values.type_of(step.set, f"{place.at}/set", place.env)
                return self.valued(step, kind, place, After(place.env))
            case Choose():
                return self._holding(step, place, branches.choose(self, step, place))
            case ForEach():
                return loops.for_each(self, step, place)
            case Parallel():
                return branches.parallel(self, step, place)
            case Repeat():
                return self._holding(step, place, loops.repeat(self, step, place))
            case Wait():
                return self._wait(step, place)
            case Try():
                return self._holding(step, place, branches.tried(self, step, place))
            case Stop():
                return self._stop(step, place)
            case _:
                assert_never(step)

    def _use(self, step: Use, place: Place) -> After:
        action = self.actions.call(step, place.at, place.env)
        if action is not None and action.integration == "workflow":
            self.actions.child_input(step, place.at, place.env)
        if action is not None and action.integration == "agent":
            check_agent(self.actions, step, place.at, place.env)
        self._unhandled(action, place)
        kind = result_of(action, step.inputs)
        if step.output is not None:
            kind = self.output(step.output, kind, place)
        return self.valued(step, kind, place, After(place.env))

    def _unhandled(self, action: Action | None, place: Place) -> None:
        if action is None or place.handled & {"States.ALL", "States.TaskFailed"}:
            return
        left = [name for name in action.errors if name not in place.handled]
        if left:
            detail = f"can fail with {', '.join(left)}, which nothing here handles"
            self.findings.note("unhandled-error", place.at, detail)

    def output(self, output: Any, result: Type, place: Place) -> Type:
        """The type of an ``output``, which sees ``$result``."""
        named = {**place.env, "result": Known(result)}
        return self.values.type_of(output, f"{place.at}/output", named)

    def valued(
        self, step: Use | Set | ForEach | Parallel | Holding, kind: Type, place: Place, after: After
    ) -> After:
        """What is in reach behind a step that has a value; checks how it is undone."""
        assert step.id is not None
        env = {**after.env, step.id: Known(kind)}
        if step.undo is not None:
            self.actions.call(step.undo, f"{place.at}/undo", env)
        if "pin" in step.model_fields_set:
            self.values.type_of(step.pin, f"{place.at}/pin", place.env)
        return After(env, after.ends)

    def _holding(self, step: Holding, place: Place, after: After) -> After:
        if "output" in step.model_fields_set:
            kind = self.values.type_of(step.output, f"{place.at}/output", after.env)
            return self.valued(step, kind, place, after)
        if step.undo is not None:
            self.actions.call(step.undo, f"{place.at}/undo", after.env)
        return after

    def _wait(self, step: Wait, place: Place) -> After:
        if step.wait.until is not None:
            self.values.must_be(TEXT, step.wait.until, f"{place.at}/wait/until", place.env)
        return After(place.env)

    def _stop(self, step: Stop, place: Place) -> After:
        at, ending = f"{place.at}/stop", step.stop
        self.values.type_of(ending.output, f"{at}/output", place.env)
        for name, value in (("error", ending.error), ("cause", ending.cause)):
            if value is not None:
                self.values.must_be(either(TEXT, NULL), value, f"{at}/{name}", place.env)
        return After(place.env, ends=True)
