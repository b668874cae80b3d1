"""``choose``, ``parallel`` and ``try``: what is in reach where their paths part and meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from statewright.workflows.checks.actions import STATES_ERRORS
from statewright.workflows.checks.env import ERROR, After, Place, joined, restored, sometimes
from statewright.workflows.checks.inference import Env, Known
from statewright.workflows.checks.types import ANY, NULL, Type, record
from statewright.workflows.definition import (
    Case,
    Choose,
    Parallel,
    Step,
    Try,
    Use,
    active_steps,
    has_value,
    variables_of,
)
from statewright.workflows.suggestions import did_you_mean

if TYPE_CHECKING:
    from statewright.workflows.checks.flow import Flow

OTHER_ERRORS = frozenset({"Repeat.LimitReached"})


def choose(flow: Flow, step: Choose, place: Place) -> After:
    """Each case for itself, then what they have in common."""
    ends: list[After] = []
    for index, case in enumerate(step.choose):
        below = f"/choose/{index}"
        if isinstance(case, Case):
            flow.values.condition(case.when, f"{place.at}{below}/when", place.env)
            ends.append(flow.steps(case.steps, place.below(f"{below}/steps")))
        else:
            ends.append(flow.steps(case.otherwise, place.below(f"{below}/otherwise")))
    if len(step.cases) == len(step.choose):
        ends.append(After(place.env))
    return joined(ends, place.env, "the case that sets it is taken")


def parallel(flow: Flow, step: Parallel, place: Place) -> After:
    """Branches see what is before them, and behind them is their results by name."""
    fields: dict[str, Type] = {}
    ends = False
    for name, branch in step.parallel.items():
        after = flow.steps(branch, place.below(f"/parallel/{name}"))
        fields[name] = last_type(branch, after.env)
        ends = ends or after.ends
    kind = record(fields)
    if step.output is not None:
        kind = flow.output(step.output, kind, place)
    return flow.valued(step, kind, place, After(place.env, ends))


def last_type(steps: list[Step], env: Env) -> Type:
    """The type of what a branch or an iteration gives back."""
    for step in reversed(steps):
        if step.id is not None and has_value(step):
            return env[step.id].type if step.id in env else ANY
    return NULL


def tried(flow: Flow, step: Try, place: Place) -> After:
    """Clauses see what the steps have set before one failed; ``finally`` sees all of it."""
    trying = step.try_
    clauses = {name for clause in trying.catch for name in clause.on}
    tried_steps = flow.steps(trying.steps, place.below("/try/steps").handling(clauses))
    names = variables_of(trying.steps)
    broken = sometimes(tried_steps.env, place.env, names, "the steps before it succeed")
    ends = [tried_steps]
    for index, clause in enumerate(trying.catch):
        at = f"/try/catch/{index}"
        _names(flow, clause.on, trying.steps, f"{place.at}{at}/on")
        inside = place.below(f"{at}/steps", {**broken, clause.item: ERROR})
        after = flow.steps(clause.steps, inside)
        ends.append(After(restored(after.env, place.env, clause.item), after.ends))
    behind = joined(ends, broken, "the steps that set it are run")
    if not trying.finally_:
        return behind
    everything: Env = {name: Known(ANY) for after in ends for name in after.env} | dict(behind.env)
    unsure = sometimes(everything, place.env, variables_of([step]), "all went well")
    last = flow.steps(trying.finally_, place.below("/try/finally", unsure))
    new = {name: last.env[name] for name in variables_of(trying.finally_)}
    return After({**behind.env, **new}, behind.ends or last.ends)


def _names(flow: Flow, names: list[str], steps: list[Step], at: str) -> None:
    """Warns of error names that look much like one that the steps can fail with."""
    known = STATES_ERRORS | OTHER_ERRORS
    for _, step in active_steps(steps):
        if isinstance(step, Use):
            known |= flow.actions.errors_of(step.use)
    for index, name in enumerate(names):
        suggestion = None if name in known else did_you_mean(name, known)
        if suggestion is not None:
            detail = f"no step here is known to fail with '{name}'"
            flow.findings.warn("unknown-error", f"{at}/{index}", detail, suggestion)
