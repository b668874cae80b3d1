"""One step tried by itself, at once: TestState with values for the names that the step reads.

The step is compiled as publishing would compile it, behind ``set`` steps that give these names
their values; so the checks know them, and the state that is tried is the one that would run.
https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from statewright import world
from statewright.aws import states
from statewright.db import load_queries, tenant
from statewright.errors import ConflictError
from statewright.integrations import connections
from statewright.settings import settings
from statewright.workflows import cutting, drafts
from statewright.workflows.compiler import Artefact, compile_definition
from statewright.workflows.definition import AGENT
from statewright.workflows.parsing import parse_definition
from statewright.workflows.placeholders import values_for
from statewright.workflows.plain_steps import kind_of
from statewright.workflows.surroundings import surroundings_of
from statewright.workflows.test_run_models import Mock, Trial, TrialRequest
from statewright.workflows.test_runs import trigger_of

_KINDS = frozenset({"use", "set", "wait"})
_STATUS: dict[str, Any] = {
    "SUCCEEDED": "succeeded",
    "FAILED": "failed",
    "CAUGHT_ERROR": "caught",
    "RETRIABLE": "retriable",
}
_sql = load_queries(__package__, "test_runs.sql")


def trial(
    workspace_id: str, user_id: str, workflow_id: str, step_id: str, request: TrialRequest
) -> Trial:
    """Tries one step of the draft that is one state: ``use``, ``set`` or ``wait``.

    Raises:
        InvalidError: there is no such step, or it does not compile.
        ConflictError: it is of another kind, or Step Functions cannot try it.
    """
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id)
        if "asl" in row["definition"]:
            raise ConflictError("Steps of an imported state machine cannot be tried.")
        part = cutting.alone(row["definition"], step_id, request.values)
        step = part["steps"][-1]
        if kind_of(step) not in _KINDS or step.get("use") == AGENT:
            raise ConflictError("Only use, set and wait can be tried. Send a test run with 'only'.")
        usable = connections.usable(session, user_id)
        parsed = parse_definition(part)
        surroundings = replace(surroundings_of(session, parsed), connections=usable)
        artefact = compile_definition(parsed, 0, surroundings)
        text = artefact.deployed(values_for(session, workspace_id, row["id"]))
        variables = (session.one(_sql.get_variables) or {})["variables"]
    known = {"trigger": trigger_of(request.input), "vars": variables, **_execution(part)}
    state = json.loads(text)["States"][_state_of(artefact, len(part["steps"]) - 1)]
    answer = states.test_state(
        json.dumps({"QueryLanguage": "JSONata", **state}),
        settings().workflow_role_arn,
        {**known, **request.values},
        None if request.mock is None else _stand_in(request.mock, artefact, part),
    )
    return _trial(step_id, answer)


def _execution(definition: dict[str, Any]) -> dict[str, Any]:
    facts = {
        "id": "test",
        "correlation_id": "test",
        "started_at": world.now().isoformat(),
        "version": 0,
    }
    return {"execution": {**facts, "workflow": definition["name"]}}


def _state_of(artefact: Artefact, index: int) -> str:
    wanted = f"/steps/{index}"
    return next(state for state, pointer in artefact.bindings.items() if pointer == wanted)


def _stand_in(mock: Mock, artefact: Artefact, part: dict[str, Any]) -> dict[str, Any]:
    """A mock as TestState takes it: the integration's answer, in which the result lies."""
    if mock.error is not None:
        return {"errorOutput": {"error": mock.error, "cause": mock.cause}}
    state = artefact.asl["States"][_state_of(artefact, len(part["steps"]) - 1)]
    resource = str(state.get("Resource", ""))
    answer = {"Payload": mock.result} if resource.endswith("lambda:invoke") else mock.result
    return {"result": json.dumps(answer), "fieldValidationMode": "NONE"}


def _trial(step_id: str, answer: dict[str, Any]) -> Trial:
    data = answer.get("inspectionData", {})
    variables = json.loads(data.get("variables") or "{}")
    output = answer.get("output")
    return Trial(
        step=step_id,
        status=_STATUS[answer["status"]],
        output=variables.get(step_id, None if output is None else json.loads(output)),
        error=answer.get("error"),
        cause=answer.get("cause"),
        arguments=json.loads(data["afterArguments"]) if "afterArguments" in data else None,
        variables={name: value for name, value in variables.items() if name == step_id},
    )
