"""A whole definition to a whole state machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from statewright.workflows.actions.action import Action, Schema
from statewright.workflows.compiler import undo
from statewright.workflows.compiler.evaluate import PASSED_ON, compute, needs_guard
from statewright.workflows.compiler.region import Region
from statewright.workflows.compiler.scope import Compilation, Scope, in_order
from statewright.workflows.compiler.site import Site
from statewright.workflows.compiler.steps import compile_steps
from statewright.workflows.compiler.turn import WAITING, turn_state
from statewright.workflows.compiler.values import ASL, asl_value, expression
from statewright.workflows.definition import Definition, seconds

_CORRELATION = (
    "$states.input.trigger.correlation_id ? $states.input.trigger.correlation_id"
    " : $states.context.Execution.Name"
)
"""Source of the id that log lines carry: of what has caused the execution, else its own."""


def assemble(
    definition: Definition,
    actions: Mapping[str, Action],
    version: int,
    *,
    pinned: bool,
    workflows: Mapping[str, Schema | None] | None = None,
) -> tuple[ASL, Compilation]:
    """The state machine of a definition that the checks have nothing against.

    Args:
        pinned: whether steps with a ``pin`` give that value instead of running.
        workflows: the published ones, with the JSON Schema of their input where they have one.
    """
    whole = Compilation(actions, compile_steps, pinned, workflows or {})
    whole.label_steps(definition)
    scope = Scope(whole)
    region = Region()
    if undo.undoes(definition.steps):
        region = Region(last_resort=undo.last_resort(), undo_log=undo.LOG)
        undo.add_states(whole, scope, definition)
    end = _end(Site(scope, replace(region, armed=bool(region.undo_log)), "/output", ""), definition)
    first = compile_steps(scope, region, definition.steps, "/steps", end)
    initial = {**scope.initial(), **({undo.LOG: []} if region.undo_log else {})}
    if definition.settings.concurrency is not None and not pinned:
        scope.states[WAITING] = turn_state(definition.settings.concurrency, first)
        first = WAITING
    scope.states["Start"] = _start(definition, version, initial, first)
    asl: dict[str, Any] = {"Comment": definition.description or definition.name}
    asl |= {"QueryLanguage": "JSONata", "StartAt": "Start"}
    if definition.settings.timeout is not None:
        asl["TimeoutSeconds"] = seconds(definition.settings.timeout)
    asl["States"] = in_order(scope.states, "Start")
    return asl, whole


def _end(site: Site, definition: Definition) -> str:
    """Adds ``Done``. In a saga, an output that cannot be computed undoes what is done."""
    site.whole.labels[site.at] = "Done"
    output = {} if definition.output is None else asl_value(definition.output, site.names)
    if not needs_guard(site, definition.output):
        return site.own({"Type": "Succeed", "Output": output})
    done = site.own({"Type": "Succeed", "Output": expression(PASSED_ON)})
    return compute(site.before(done), "output", output)


def _start(definition: Definition, version: int, initial: ASL, first: str) -> ASL:
    return {
        "Type": "Pass",
        "Comment": "Keeps what started the workflow",
        "Assign": {
            "trigger": expression("$states.input.trigger"),
            "vars": expression("$states.input.vars"),
            "execution": {
                "id": expression("$states.context.Execution.Name"),
                "correlation_id": expression(_CORRELATION),
                "started_at": expression("$states.context.Execution.StartTime"),
                "workflow": definition.name,
                "version": version,
            },
            **initial,
        },
        "Output": {},
        "Next": first,
    }
