"""What the report says of a workflow, against what its executions do."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given

from asl.commands import Dispatch
from asl.definition import check_definition
from statewright.workflows.actions.catalog import CATALOG
from statewright.workflows.compiler.assemble import assemble
from statewright.workflows.compiler.report import Report, report
from statewright.workflows.parsing import parse_definition
from tests.properties.test_compiler import BODIES, BOUNDED, answer
from tests.support.engine import Fails, Run
from tests.support.reference import Failure
from tests.support.workflows import workflows


class Counting:
    """Performs the actions, and counts calls and failures."""

    def __init__(self) -> None:
        self.calls = 0
        self.failures = 0

    def __call__(self, dispatch: Dispatch) -> Any:
        self.calls += 1
        payload = dispatch.parameters.value["Payload"]
        try:
            return {"Payload": answer(payload["step"], payload["with"])}
        except Failure as error:
            self.failures += 1
            raise Fails(error.name, error.cause) from None


def run(source: dict[str, Any], body: Any) -> tuple[Report, Run, Counting]:
    asl, whole = assemble(parse_definition(source), CATALOG, 1, pinned=False)
    expected = report(asl, {loop.head: loop for loop in whole.loops}, express=False)
    machine, _ = check_definition(json.dumps(asl))
    assert machine is not None
    counting = Counting()
    trigger = {"type": "manual", "body": body}
    return expected, Run(machine, {"trigger": trigger, "vars": {}}, counting).to_end(), counting


def entered(done: Run) -> int:
    return sum(kind.endswith("StateEntered") for kind in done.kinds())


def within(found: int, bounds: tuple[int, int | None]) -> bool:
    return bounds[0] <= found and (bounds[1] is None or found <= bounds[1])


def calm(done: Run, counting: Counting) -> bool:
    """Whether no action and no expression has failed."""
    return counting.failures == 0 and "EvaluationFailed" not in done.kinds()


@BOUNDED
@given(workflows(), BODIES)
def test_an_execution_stays_within_the_report(source: dict[str, Any], body: Any) -> None:
    expected, done, counting = run(source, body)
    found = entered(done) + sum(kind == "TaskScheduled" for kind in done.kinds()) - counting.calls
    assert expected.worst is None or found <= expected.worst
    if calm(done, counting):
        assert within(entered(done), expected.transitions), (source, expected, entered(done))
        assert within(counting.calls, expected.invocations), (source, expected, counting.calls)


@BOUNDED
@given(workflows(undo=True), BODIES)
def test_with_undo_too(source: dict[str, Any], body: Any) -> None:
    expected, done, counting = run(source, body)
    assert expected.worst is None or entered(done) <= expected.worst
    if calm(done, counting):
        assert within(entered(done), expected.transitions), (source, expected, entered(done))
