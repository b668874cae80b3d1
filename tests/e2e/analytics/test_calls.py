"""API calls as facts: from the access log's lines, whatever way they come; every figure equals a
brute-force computation."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.analytics import backfill, on_api_calls
from statewright.analytics import calls, dashboards, querying
from statewright.analytics import settings as counting
from statewright.analytics.dashboards import View
from statewright.analytics.facts import Fact
from statewright.analytics.models import Query
from statewright.analytics.report_models import Dashboard
from statewright.aws import logs
from tests.e2e.analytics.rig import NOW, OTHER, USER, WORKFLOWS, WORKSPACE, Rig
from tests.support.server import Client, Server, until

ROUTES = ["/v1/workflows", "/v1/workflows/{workflow_id}", "/v1/reports"]
MEASURES = ["count", "failed", "failure_rate", "duration_avg", "duration_p50", "duration_p95", "people"]  # fmt: skip
COLUMNS = {"endpoint": "route", "method": "method", "status": "status"}


def line(number: int, at: datetime = NOW - timedelta(hours=1), **more: Any) -> dict[str, Any]:
    return {
        "id": str(UUID(int=number)),
        "at": int(at.timestamp() * 1000),
        "method": "GET",
        "route": ROUTES[0],
        "status": "200",
        "milliseconds": "12",
        "workspace": WORKSPACE,
        "kind": "user",
        "user": USER,
        **more,
    }


def delivered(told: Iterable[dict[str, Any] | str], kind: str = "DATA_MESSAGE") -> dict[str, Any]:
    """What CloudWatch Logs hands to a function."""
    messages = [one if isinstance(one, str) else json.dumps(one) for one in told]
    events = [{"id": str(n), "timestamp": 0, "message": text} for n, text in enumerate(messages)]
    data = json.dumps({"messageType": kind, "logGroup": "g", "logEvents": events})
    return {"awslogs": {"data": b64encode(gzip.compress(data.encode())).decode()}}


def ask(dimensions: list[str], grain: str | None = None, workspace: str = WORKSPACE) -> Any:
    period = {"since": NOW - timedelta(days=3), "until": NOW + timedelta(days=1)}
    wanted = {"dataset": "api_calls", "measures": MEASURES, "dimensions": dimensions}
    return querying.answer(
        workspace, Query.model_validate({**wanted, "period": period, "grain": grain})
    )


def brute_force(told: list[dict[str, Any]]) -> list[Any]:
    times = sorted(int(one["milliseconds"]) for one in told if one["milliseconds"] != "-")
    failed = sum(one["status"] >= "400" for one in told)
    found: list[Any] = [len(told), failed, failed / len(told)]
    found.append(sum(times) / len(times) if times else None)
    found += [times[int(share * (len(times) - 1))] if times else None for share in (0.5, 0.95)]
    return [*found, len({(one["kind"], one["user"]) for one in told})]


LINES = st.lists(
    st.builds(
        line,
        st.integers(0, 60),
        at=st.integers(0, 2 * 86_400_000).map(lambda ms: NOW - timedelta(milliseconds=ms)),
        method=st.sampled_from(["GET", "POST"]),
        route=st.sampled_from(ROUTES),
        status=st.sampled_from(["200", "201", "404", "429", "500"]),
        milliseconds=st.sampled_from(["0", "1", "-"]) | st.integers(2, 10**6).map(str),
        kind=st.sampled_from(["user", "service_account", "-"]),
        user=st.sampled_from([USER, WORKFLOWS[0]]),
    ),
    min_size=1,
    max_size=50,
    unique_by=lambda one: one["id"],
)


@settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=LINES, order=st.randoms(use_true_random=False))
def test_figures_equal_a_brute_force_computation(
    rig: Rig, told: list[dict[str, Any]], order: Any
) -> None:
    rig.empty()
    waiting = list(told)
    order.shuffle(waiting)
    while waiting:
        size = order.randint(1, 12)
        batch, waiting = waiting[:size], waiting[size:]
        on_api_calls.handler(delivered(batch), None)
        if order.random() < 0.3:
            assert on_api_calls.handler(delivered(batch), None) == {"facts": 0}
    for one in told:
        one["kind"] = one["kind"].replace("-", "user")
    for dimensions in ([], ["endpoint"], ["status", "method"], ["user"]):
        groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
        for one in told:
            names = {"user": f"{one['kind']}:{one['user']}"}
            names |= {name: one[column] for name, column in COLUMNS.items()}
            groups[tuple(names[name] for name in dimensions)].append(one)
        found = {tuple(row.dimensions): row.values for row in ask(dimensions).rows}
        assert found.keys() == groups.keys()
        for key, members in groups.items():
            wanted = brute_force(members)
            for measure, value, right in zip(MEASURES, found[key], wanted, strict=True):
                within = 0.02 if measure.startswith("duration_p") else 1e-9
                close = None if right is None else pytest.approx(right, rel=within, abs=1e-9)
                assert value == close, (key, measure)
    before = rig.roll_ups()
    counting.rebuild(WORKSPACE)
    assert rig.roll_ups() == before


def test_a_back_fill_from_the_log_gives_the_same_numbers(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [json.dumps(line(n, status="404" if n % 5 == 0 else "200")) for n in range(40)]
    on_api_calls.handler(delivered(told), None)
    counted = rig.roll_ups()
    pages = [told[:25], told[25:]]
    in_log = lambda group, *_: iter(pages if "api-calls" in group else [])  # noqa: E731
    monkeypatch.setattr(logs, "pages", in_log)
    day = {"since": "2025-11-20T00:00:00+00:00", "until": "2025-11-21T00:00:00+00:00"}
    assert backfill.handler(day, None) == {"facts": 0}
    for table in ("facts", "hours", "days", "hour_sketches", "day_sketches"):
        rig.sql(f"DELETE FROM analytics_{table}")
    assert backfill.handler(day, None) == {"facts": 40}
    assert rig.roll_ups() == counted


def test_lines_of_nobody_or_of_no_shape_count_nothing(rig: Rig) -> None:
    bad: list[dict[str, Any] | str] = [
        line(1, workspace="-"), "not JSON", "[]", "{}", '"text"', line(2, milliseconds="soon"),
        line(3, at=NOW - timedelta(days=900)), line(4, workspace=WORKFLOWS[0]), '{"workspace": 7}',
        json.dumps({**line(5), "at": "today"}), json.dumps({**line(7), "status": None, "user": {}, "id": []}),
    ]  # fmt: skip
    assert on_api_calls.handler(delivered([*bad, line(6)]), None) == {"facts": 2}
    probe = delivered(["CWL CONTROL MESSAGE: Checking health"], "CONTROL_MESSAGE")
    assert on_api_calls.handler(probe, None) == {"facts": 0}
    assert ask([], workspace=OTHER).totals.values[0] == 0


def test_a_look_changes_what_shows_calls_and_nothing_else(rig: Rig) -> None:
    query = {"dataset": "api_calls", "measures": ["count"]}
    place = {"title": "Calls", "x": 0, "y": 0, "width": 3, "height": 2, "query": query}
    own = Dashboard.model_validate(
        {"id": "calls", "name": "Calls", "description": "", "shared": True, "ready": True,
         "widgets": [place]}
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(dashboards.READY, "calls", own)

        def tags() -> list[str]:
            names = ("calls", "overview")
            return [dashboards.look(WORKSPACE, name, None, View()).tag for name in names]

        first = tags()
        calls.record([json.dumps(line(1))])
        second = tags()
        rig.ingest(Fact("change", "1", NOW, "changed", workspace_id=WORKSPACE, subject="x"))
        third = tags()
    assert first[0] != second[0]
    assert first[1] == second[1] != third[1]


def test_calls_of_a_running_server_are_counted(server: Server) -> None:
    owner = Client(server, "owner@calls.example").register()
    owner.ok("GET", "/v1/workflows")
    owner.request("GET", f"/v1/workflows/{WORKFLOWS[0]}")
    today = {"since": datetime.now(UTC) - timedelta(hours=1), "until": datetime.now(UTC) + timedelta(hours=1)}  # fmt: skip
    query = {
        "dataset": "api_calls",
        "measures": ["count", "people"],
        "dimensions": ["endpoint", "status"],
        "period": {name: at.isoformat() for name, at in today.items()},
    }

    def counted() -> dict[tuple[str, ...], list[float]]:
        rows = owner.ok("POST", "/v1/analytics/queries", query)["rows"]
        return {tuple(row["dimensions"]): row["values"] for row in rows}

    found = until(lambda: found if len(found := counted()) >= 2 else None, "the calls")
    assert found["/v1/workflows", "200"] == [1, 1]
    assert found["/v1/workflows/{workflow_id}", "404"] == [1, 1]
