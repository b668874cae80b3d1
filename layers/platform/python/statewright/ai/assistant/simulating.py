"""A definition run to its end with made-up results: no action is called, nothing is waited for.

The state machine is real, made for this run and thrown away; every ``use`` gives a sample instead
of working, so that what is tried are the expressions, the paths and the shapes between steps.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from statewright import world
from statewright.ai.assistant.making_up import made_up
from statewright.ai.assistant.models import Simulation
from statewright.ai.assistant.schemas import brief
from statewright.aws import states
from statewright.settings import settings
from statewright.workflows.actions.action import Action
from statewright.workflows.checks import Surroundings
from statewright.workflows.compiler import compile_definition
from statewright.workflows.executions import STATUS
from statewright.workflows.parsing import parse_definition
from statewright.workflows.plain_steps import walk
from statewright.workflows.step_view import step_runs
from statewright.workflows.test_runs import trigger_of

_EXPRESSION = re.compile(r"\{%(.*?)%\}", re.DOTALL)
_KEPT = frozenset({"id", "name", "note", "when", "disabled"})
_PATIENCE, _PAUSE = 30.0, 0.1
MOST_OF_A_RESULT = 20_000
"""Characters of an action's schema that a result is made up by."""
ROUNDS = 2
"""How often a ``repeat`` goes round: made-up results never change."""


def simulate(
    definition: dict[str, Any],
    samples: Mapping[str, Any],
    body: Any,
    surroundings: Surroundings,
) -> Simulation:
    """Runs a definition that compiles.

    Args:
        samples: step → what its action would give; made up by its schema where there is none.
        body: the trigger's.
    """
    standing = stand_in(definition, samples, surroundings.actions)
    variables = {name: f"sample {name}" for name in surroundings.variables or ()}
    parsed = parse_definition(standing)
    artefact = compile_definition(parsed, 0, replace(surroundings), pinned=True)
    text = artefact.deployed(lambda name, argument: argument or name)
    run_id = world.new_id()
    machine = states.create_machine(
        f"{settings().prefix}-test-{run_id}", text, settings().workflow_role_arn
    )
    try:
        content = {"trigger": trigger_of(body), "vars": variables}
        states.start(machine, run_id, json.dumps(content))
        execution = f"{machine.replace(':stateMachine:', ':execution:')}:{run_id}"
        described = _ended(execution)
        runs = step_runs(standing, artefact.bindings, states.history(execution))
    finally:
        states.delete_machine(machine)
    return Simulation(
        status=STATUS[described["status"]],
        input=body,
        output=described.get("output"),
        error=described.get("error"),
        cause=described.get("cause"),
        steps=[run.id or run.pointer for run in runs if run.status != "not_reached"],
    )


def _ended(execution: str) -> dict[str, Any]:
    for _ in range(int(_PATIENCE / _PAUSE)):
        described = states.describe(execution)
        if described["status"] != "RUNNING":
            return described
        world.pause(_PAUSE)
    states.stop_if_running(execution, "Stopped", "The simulation took too long.")
    return states.describe(execution)


def stand_in(
    definition: dict[str, Any], samples: Mapping[str, Any], actions: Mapping[str, Action]
) -> dict[str, Any]:
    """The definition with made-up results in the place of whatever works or waits."""
    changed = copy.deepcopy(definition)
    chosen = {"timeout": "5m", "mode": "standard"}
    changed["settings"] = chosen
    changed.pop("input", None)
    changed["triggers"] = [{"id": "simulated", "type": "manual"}]
    for _, step in list(walk(changed["steps"])):
        _replace(step, samples, actions)
    return changed


def _replace(
    step: dict[str, Any], samples: Mapping[str, Any], actions: Mapping[str, Action]
) -> None:
    step.pop("undo", None)
    if "wait" in step:
        step["wait"] = {"for": "1s"}
    if "repeat" in step:
        step["repeat"].pop("every", None)
        step["repeat"]["max"] = min(int(step["repeat"].get("max", ROUNDS)), ROUNDS)
    if "for_each" in step:
        step["concurrency"] = min(int(step.get("concurrency", 1)), 10)
        if isinstance(step["for_each"], dict):
            step["for_each"] = [samples.get(step["id"], {})]
    if "use" in step:
        action = actions[step["use"]]
        if action.native is None:
            _pin(step, plain(samples.get(step["id"], _made_up(action, step["id"]))))


def _made_up(action: Action, name: str) -> Any:
    return made_up(brief(action.result, action.definitions, MOST_OF_A_RESULT), name)


def _pin(step: dict[str, Any], result: Any) -> None:
    """The step gives its sample; where it reshapes it, the reshaping is run on the sample."""
    if "output" not in step:
        step["pin"] = result
        return
    kept = {key: value for key, value in step.items() if key in _KEPT}
    value = with_result(step["output"], result)
    step.clear()
    step.update(kept, set=value)


def with_result(output: Any, result: Any) -> Any:
    """An ``output`` whose expressions know ``$result``."""
    if isinstance(output, dict):
        return {key: with_result(value, result) for key, value in output.items()}
    if isinstance(output, list):
        return [with_result(value, result) for value in output]
    if not isinstance(output, str):
        return output
    literal = json.dumps(result, ensure_ascii=False).replace("%", "\\u0025")
    return _EXPRESSION.sub(lambda found: f"{{% ($result := {literal}; {found[1]}) %}}", output)


def plain(value: Any) -> Any:
    """A sample without expressions: it is data, whoever made it up."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value.replace("{%", "{ %") if isinstance(value, str) else value
