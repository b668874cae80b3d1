"""`docs/costs.md` says what the script reckons, and the script reckons as its parts say."""

from __future__ import annotations

import importlib
import re
import sys
from types import ModuleType

import pytest

from statewright.workflows.compiler import compile_definition
from statewright.workflows.parsing import parse_definition
from tests.support.server import ROOT

NUMBER = re.compile(r"\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def costs() -> ModuleType:
    sys.path.insert(0, str(ROOT / "bench"))
    try:
        return importlib.import_module("costs")
    finally:
        sys.path.remove(str(ROOT / "bench"))


def test_the_page_is_what_the_script_says(costs: ModuleType) -> None:
    """But for what a function more or less makes of it."""
    page = costs.PAGE.read_text()
    made = costs.page_with(page, costs.findings())
    assert NUMBER.sub("0", page) == NUMBER.sub("0", made), "python bench/costs.py --write"
    for old, new in zip(NUMBER.findall(page), NUMBER.findall(made), strict=True):
        assert float(old) == pytest.approx(float(new), rel=0.1, abs=0.011)


def test_a_shape_is_express_exactly_where_the_compiler_lets_it(costs: ModuleType) -> None:
    for shape in costs.SHAPES:
        report = compile_definition(parse_definition(shape.definition)).report
        assert (shape.seconds is None) == (report.express is not None), shape.name
        assert report.transitions[1] is not None


def test_a_bill_is_the_sum_of_what_is_counted(costs: ModuleType) -> None:
    """By hand: 1,000 executions of which each takes an endpoint, a step and a queue's message."""
    loop = costs.SHAPES[2]
    calls = {
        "workflows-receive-webhook": 1,
        "steps-http-request": 1,
        "workflows-on-execution-status": 1,
    }
    found = costs.per_thousand(loop, calls, express=True)
    assert found["Step Functions"] == pytest.approx(0.001 + 1000 * 5 / 16 * 0.00001667)
    assert found["Lambda"] == pytest.approx(0.0006 + 1000 * 0.5 * (0.3 + 2 * 0.1) * 0.0000133334)
    assert found["API Gateway"] == pytest.approx(0.0035)
    assert found["SQS, SNS"] == pytest.approx(0.0012)
    standard = costs.per_thousand(loop, calls, express=False)
    assert standard["Step Functions"] > 100 * found["Step Functions"]


def test_what_is_counted_is_of_the_template(costs: ModuleType) -> None:
    known = costs.functions()
    assert set().union(*map(set, costs.json.loads(costs.CALLS.read_text()))) <= known.keys()
    path = {name for name, one in known.items() if one.path}
    assert {"auth-authorize", "workflows-receive-webhook", "steps-http-request"} <= path
    assert "workflows-list-workflows" not in path
    assert costs.snapshots("path") < costs.snapshots("all") / 10


def test_a_plan_s_price_is_by_what_it_counts(costs: ModuleType) -> None:
    loop = costs.SHAPES[2]
    priced = {plan.peer: costs.of_peer(plan, loop) for plan in costs.PEERS}
    assert priced["Temporal Cloud"] == pytest.approx(1000 * 101 * 50 / 1_000_000)
    assert priced["Zapier"] == pytest.approx(1000 * 100 * 489 / 100_000)
