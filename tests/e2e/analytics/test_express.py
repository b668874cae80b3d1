"""Express executions as facts: from their log's lines, whatever way they come; counts, durations and
cost equal a brute-force computation."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import chain
from math import ceil
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.analytics import backfill, keep_house, on_express_log
from statewright.ai.watching import measures as watching
from statewright.analytics import express, querying
from statewright.analytics import settings as counting
from statewright.analytics.models import Query
from statewright.aws import logs
from statewright.db import system
from tests.e2e.analytics.rig import NOW, OTHER, WORKFLOWS, WORKSPACE, Rig
from tests.e2e.analytics.test_calls import delivered
from tests.support.server import Client, Server, until

MEASURES = ["count", "succeeded", "failed", "stopped", "running", "duration_avg", "transitions", "cost", "cost_per_run"]  # fmt: skip
ENDS = {
    "ExecutionSucceeded": "succeeded",
    "ExecutionFailed": "failed",
    "ExecutionTimedOut": "timed_out",
    "ExecutionAborted": "stopped",
}
REQUEST, GB_SECOND = 1.00 / 1_000_000, 0.00001667


def run(
    number: int, milliseconds: int = 100, end: str = "ExecutionSucceeded", **more: Any
) -> dict[str, Any]:
    at = NOW - timedelta(seconds=number)
    return {"number": number, "at": at, "took": milliseconds, "end": end, "workflow": 0, **more}


def lines(one: dict[str, Any]) -> list[str]:
    """What Step Functions logs of an execution: its beginning, a state, its end."""
    workflow, number = WORKFLOWS[one["workflow"]], one["number"]
    arn = f"arn:aws:states:us-east-1:000000000000:express:statewright-express-{workflow}:x{number % 7}:{number}"
    start = int(one["at"].timestamp() * 1000)
    failed = {"error": "Mine", "cause": "because"} if one["end"] == "ExecutionFailed" else {}
    events = [
        (start, "ExecutionStarted", {"roleArn": "r"}),
        (start, "PassStateEntered", {"name": "a"}),
        (start + one["took"], one["end"], failed),
    ]
    return [
        json.dumps({"id": str(n), "type": kind, "details": details, "execution_arn": arn, "event_timestamp": str(at)})
        for n, (at, kind, details) in enumerate(events)
    ]  # fmt: skip


def ask(dimensions: list[str], dataset: str = "executions", workspace: str = WORKSPACE) -> Any:
    period = {"since": NOW - timedelta(days=3), "until": NOW + timedelta(days=1)}
    measures = MEASURES if dataset == "executions" else ["count"]
    wanted = {"dataset": dataset, "measures": measures, "dimensions": dimensions, "period": period}
    return querying.answer(workspace, Query.model_validate(wanted))


def brute_force(runs: list[dict[str, Any]]) -> list[Any]:
    """As AWS bills: a request, and each begun 100 ms in 64 MB."""
    ends = [one["end"] for one in runs]
    billed = sum(max(1, ceil(one["took"] / 100)) * 0.1 for one in runs)
    cost = len(runs) * REQUEST + billed * 64 / 1024 * GB_SECOND
    return [
        len(runs), ends.count("ExecutionSucceeded"),
        ends.count("ExecutionFailed") + ends.count("ExecutionTimedOut"), ends.count("ExecutionAborted"), 0,
        sum(one["took"] for one in runs) / len(runs), 0, cost, cost / len(runs),
    ]  # fmt: skip


RUNS = st.lists(
    st.builds(
        run,
        st.integers(1, 100_000),
        st.sampled_from([0, 1, 99, 100, 101, 300_000]) | st.integers(0, 5_000),
        st.sampled_from(sorted(ENDS)),
        workflow=st.sampled_from([0, 1]),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda one: one["number"],
)


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(runs=RUNS, order=st.randoms(use_true_random=False))
def test_figures_equal_a_brute_force_computation(
    rig: Rig, runs: list[dict[str, Any]], order: Any
) -> None:
    rig.empty()
    waiting = list(chain.from_iterable(lines(one) for one in runs))
    order.shuffle(waiting)
    while waiting:
        size = order.randint(1, 12)
        batch, waiting = waiting[:size], waiting[size:]
        on_express_log.handler(delivered(batch), None)
        if order.random() < 0.3:
            assert on_express_log.handler(delivered(batch), None) == {"facts": 0}
    assert ask([]).totals.values == pytest.approx(brute_force(runs))
    found = {tuple(row.dimensions): row.values for row in ask(["workflow", "status"]).rows}
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in runs:
        groups.setdefault((WORKFLOWS[one["workflow"]], ENDS[one["end"]]), []).append(one)
    assert found.keys() == groups.keys()
    for key, members in groups.items():
        assert found[key] == pytest.approx(brute_force(members))
    assert ask([], "triggers").totals.values == [len(runs)]
    sums = rig.roll_ups()
    counting.rebuild(WORKSPACE)
    assert rig.roll_ups() == sums


def test_standard_and_express_executions_are_billed_apart(rig: Rig) -> None:
    from statewright.analytics.facts import Fact

    rig.ingest(
        Fact(
            "execution", "s", NOW, "succeeded", 1, workflow_id=WORKFLOWS[0], via="manual", units=40
        )
    )
    on_express_log.handler(delivered(lines(run(5, 150))), None)
    count, *_, transitions, cost, _ = ask([]).totals.values
    expected = 40 * 0.000025 + REQUEST + 0.2 * 64 / 1024 * GB_SECOND
    assert (count, transitions, cost) == (2, 40, pytest.approx(expected))
    with system() as session:
        until_hour = NOW + timedelta(hours=1)
        series = watching.series_of(session, WORKSPACE, WORKFLOWS[0], until_hour)
    assert series["cost"].sum() == pytest.approx(expected), "watched cost is the same"


def test_errors_have_their_class_and_a_sample(rig: Rig) -> None:
    ends = ["ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"]
    told = [run(number, end=end) for number, end in enumerate(ends, 1)]
    on_express_log.handler(delivered(chain.from_iterable(map(lines, told))), None)
    rows = ask(["error", "trigger"]).rows
    assert {tuple(row.dimensions) for row in rows} == {
        ("Mine", "unknown"), ("States.Timeout", "unknown"), ("Stopped", "unknown")
    }  # fmt: skip
    details = rig.sql("SELECT detail FROM analytics_facts WHERE error = 'Mine'")
    assert details == [("because",)]


def test_what_is_no_line_of_an_express_workflow_is_left_out(rig: Rig) -> None:
    other = lines(run(1, workflow=2))
    bad = ["", "x", "[]", '{"type": 1}', json.dumps({"type": "ExecutionStarted"}),
           json.dumps({"type": "ExecutionStarted", "execution_arn": "a:b", "event_timestamp": "1"}),
           other[0].replace('"event_timestamp": "1', '"event_timestamp": "9e99'),
           other[0].replace(WORKFLOWS[2], "0190b0a0-0000-7000-8000-00000000ffff")]  # fmt: skip
    assert on_express_log.handler(delivered([*bad, *other]), None) == {"facts": 2}
    assert ask([]).totals.values[0] == 0
    assert ask([], workspace=OTHER).totals.values[0] == 1


def test_halves_wait_for_each_other_and_are_forgotten(rig: Rig) -> None:
    first, second = lines(run(1)), lines(run(2))
    assert on_express_log.handler(delivered(first[:1]), None) == {"facts": 0}
    assert on_express_log.handler(delivered(second[2:]), None) == {"facts": 0}
    assert on_express_log.handler(delivered([first[2], second[0]]), None) == {"facts": 4}
    rig.now = NOW + timedelta(days=4)
    keep_house.handler({}, None)
    assert rig.sql("SELECT count(*) FROM analytics_express") == [(0,)]
    assert on_express_log.handler(delivered(first), None) == {"facts": 0}, (
        "told whole, counted once"
    )


def test_a_back_fill_reads_the_log(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [*lines(run(1)), *lines(run(2))]
    on_express_log.handler(delivered(told), None)
    before = rig.roll_ups()
    rig.empty()
    asked: list[Any] = []

    def pages(*given: Any) -> list[list[str]]:
        asked.append(given)
        return [told[:2], told[2:]] if "express" in given[0] else []

    monkeypatch.setattr(logs, "pages", pages)
    span = {"since": "2025-11-19T00:00:00Z", "until": "2025-11-21T00:00:00Z"}
    assert backfill.handler(span, None) == {"facts": 4}
    assert rig.roll_ups() == before
    assert asked[-1][3] == express.PATTERN


def test_express_executions_of_a_running_server_are_counted(server: Server) -> None:
    owner = Client(server, "owner@express.example").register()
    definition = {
        "name": "Quick",
        "settings": {"mode": "express"},
        "triggers": [{"id": "h", "type": "webhook", "respond": "when_finished"}],
        "steps": [
            {"id": "double", "set": "{% $trigger.body.n * 2 %}"},
            {"when": "{% $double > 10 %}", "id": "no", "stop": {"status": "failed", "error": "Large"}},
        ],
    }  # fmt: skip
    made = owner.ok("POST", "/v1/workflows", {"definition": definition})
    version = owner.ok("POST", f"/v1/workflows/{made['id']}/versions", {})
    hook = f"/hooks/{next(iter(version['webhooks'].values())).rsplit('/', 1)[1]}"
    for number in (1, 2, 9):
        owner.request("POST", hook, {"n": number})
    owner.ok("POST", f"/v1/workflows/{made['id']}/executions", {"input": {"n": 1}})
    since, till = (datetime.now(UTC) + timedelta(hours=n) for n in (-1, 1))
    query = {
        "dataset": "executions",
        "measures": ["count", "cost"],
        "dimensions": ["version", "status", "error"],
        "period": {"since": since.isoformat(), "until": till.isoformat()},
    }

    def counted() -> Any:
        answer = owner.ok("POST", "/v1/analytics/queries", query)
        return answer if answer["totals"]["values"][0] == 4 else None

    found = until(counted, "the executions")
    values = {tuple(row["dimensions"]): row["values"][0] for row in found["rows"]}
    assert values == {("1", "succeeded", None): 3, ("1", "failed", "Large"): 1}
    assert found["totals"]["values"][1] >= 4 * REQUEST
