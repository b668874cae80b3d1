"""Random workflows: what they compile to is valid, and does what the definition says."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asl.commands import Dispatch
from asl.definition import check_definition
from asl.execution import Status
from statewright.workflows.actions.catalog import CATALOG
from statewright.workflows.compiler.assemble import assemble
from statewright.workflows.parsing import parse_definition
from tests.support.engine import Fails, Run
from tests.support.reference import QUERY, Failure, Outcome, outcomes
from tests.support.workflows import workflows

BOUNDED = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
BODIES = st.sampled_from([1, 2, "x", None, {"x": 1}, [1, 2]])


def answer(step: str, inputs: dict[str, Any]) -> Any:
    """An action whose inputs say what becomes of it."""
    body = inputs["body"]
    if body.get("fail"):
        raise Failure(body["fail"], "because")
    if inputs["url"] == "undo" and body["of"] == [2]:
        raise Failure("Http.ClientError", "cannot be undone")
    return body.get("value")


def run_on_the_engine(source: dict[str, Any], trigger: Any) -> Outcome:
    asl, _ = assemble(parse_definition(source), CATALOG, 1, pinned=False)
    text = json.dumps(asl)
    machine, findings = check_definition(text)
    assert findings == [], (findings, text)
    assert machine is not None
    undone: dict[tuple[int, ...], tuple[str, str]] = {}  # by iteration: retries count once

    def perform(dispatch: Dispatch) -> Any:
        payload = dispatch.parameters.value["Payload"]
        if payload["with"]["url"] == "undo":
            undone[dispatch.path] = (payload["step"], json.dumps(payload["with"]["body"]))
        try:
            return {"Payload": answer(payload["step"], payload["with"])}
        except Failure as error:
            raise Fails(error.name, error.cause) from None

    run = Run(machine, {"trigger": trigger, "vars": {}}, perform).to_end()
    return outcome_of(run, tuple(undone.values()))


def outcome_of(run: Run, undone: tuple[tuple[str, str], ...]) -> Outcome:
    execution = run.execution
    assert execution.status in {Status.SUCCEEDED, Status.FAILED}
    if execution.failure is not None:
        name, cause = execution.failure.error, execution.failure.cause or ""
        return Outcome("FAILED", None, name, None if name == QUERY else cause, undone)
    return Outcome("SUCCEEDED", json.dumps(run.output, sort_keys=True), None, None, undone)


def agree(source: dict[str, Any], body: Any) -> None:
    trigger = {"type": "manual", "body": body}
    expected = outcomes(parse_definition(source), trigger, answer)
    found = run_on_the_engine(source, trigger)
    assert found in expected, (json.dumps(source), found, expected)


@BOUNDED
@given(workflows(), BODIES)
def test_the_engine_does_what_the_definition_says(source: dict[str, Any], body: Any) -> None:
    agree(source, body)


@BOUNDED
@given(workflows(undo=True), BODIES)
def test_what_fails_is_undone_in_reverse(source: dict[str, Any], body: Any) -> None:
    agree(source, body)
