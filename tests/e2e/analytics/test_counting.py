"""What is counted: status events, histories, other services' records; what is kept and for how long."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from statewright.analytics import (
    compiling,
    executions,
    histories,
    keeping,
    performance,
    querying,
    reading,
    sources,
)
from statewright.analytics import settings as counting
from statewright.analytics.facts import Fact
from statewright.analytics.models import Query, Settings, Target
from statewright.analytics.periods import Span
from statewright.aws import states
from statewright.db import tenant
from statewright.errors import InvalidError
from statewright.settings import settings
from tests.e2e.analytics.rig import NOW, OTHER, USER, WORKFLOWS, WORKSPACE, Rig
from tests.support.server import until


def event(
    number: int, status: str = "SUCCEEDED", workflow: str = WORKFLOWS[0], **more: Any
) -> dict[str, Any]:
    began = int((NOW - timedelta(minutes=5)).timestamp() * 1000) + number
    return {
        "name": f"e{number}",
        "executionArn": f"arn:e{number}",
        "stateMachineArn": f"arn:m-{workflow}",
        "status": status,
        "startDate": began,
        "stopDate": None if status == "RUNNING" else began + 1_000 * number,
        "input": json.dumps({"trigger": {"type": "webhook", "body": {"customer": f"Zoë {number}"}}}),
        **more,
    }  # fmt: skip


def ask(
    rig: Rig, dataset: str, measures: list[str], workspace: str = WORKSPACE, **more: Any
) -> Any:
    query = {"dataset": dataset, "measures": measures, "period": {"last": 2}, **more}
    return querying.answer(workspace, Query.model_validate(query))


def test_executions_are_counted_once_however_they_are_told(rig: Rig) -> None:
    executions.record([event(3), event(3, "RUNNING"), event(3)])
    executions.record(
        [event(4, "RUNNING"), event(4, "FAILED", error="Http.404", cause="no such order")]
    )
    executions.record([event(4, "RUNNING"), event(5, "RUNNING"), event(6, workflow=WORKFLOWS[2])])
    answer = ask(rig, "executions", ["count", "succeeded", "failed", "running", "duration_p50"])
    assert answer.totals.values[:4] == [3, 1, 1, 1]
    assert answer.totals.values[4] == pytest.approx(3000, rel=0.02)
    assert ask(rig, "triggers", ["count"], dimensions=["trigger"]).rows[0].values == [3]
    assert ask(rig, "executions", ["count"], OTHER).totals.values == [1]


def test_a_workspace_sees_its_own_facts_only(rig: Rig) -> None:
    executions.record([event(6, workflow=WORKFLOWS[2])])
    for source in ("2025-11-19T00:00:00Z", "2025-11-19T00:30:00Z", "2025-11-19T01:00:00Z"):
        period = {"since": source, "until": "2025-11-21T00:00:00Z"}
        assert ask(rig, "executions", ["count", "duration_p95"], period=period).totals.values == [
            0,
            None,
        ]
    tables = rig.sql(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relrowsecurity"
        " AND relname ~ '^(analytics_|reports|dashboard|report_)'"
    )
    assert tables == []


def test_backfill_gives_the_same_numbers(rig: Rig) -> None:
    told = [
        event(1),
        event(2, "FAILED", error="X", cause="y"),
        event(3, "RUNNING"),
        event(4, "TIMED_OUT"),
    ]
    executions.record(told)
    counted = rig.roll_ups()
    for row in rig.sql(
        "SELECT key, workflow_id, version, status, at, duration_ms, error, detail FROM analytics_facts"
        " WHERE kind = 'execution'"
    ):
        key, workflow, version, status, at, duration, error, detail = row
        stopped = None if duration is None else at + timedelta(milliseconds=duration)
        rig.sql(
            "INSERT INTO executions VALUES (substr(%(k)s, 38), %(s)s, %(w)s, %(v)s, 'arn', %(st)s, 'webhook', %(at)s,"
            " %(stop)s, %(e)s, %(d)s)",
            k=key, s=WORKSPACE, w=workflow, v=version, st=status, at=at, stop=stopped,
            e=None if status == "timed_out" else error, d=detail,
        )  # fmt: skip
    span = (NOW - timedelta(days=1), NOW)
    assert executions.backfill(*span) == 0
    rig.sql("DELETE FROM analytics_facts")
    for table in ("hours", "days", "hour_sketches", "day_sketches"):
        rig.sql(f"DELETE FROM analytics_{table}")
    assert executions.backfill(*span) == 8
    assert rig.roll_ups() == counted


def _history(*steps: Any) -> Iterator[dict[str, Any]]:
    at = NOW - timedelta(minutes=5)
    for number, (kind, before, details) in enumerate(steps, 1):
        name = "state" + ("Entered" if "Entered" in kind else "Exited")
        key = f"{name}EventDetails" if "State" in kind else "taskFailedEventDetails"
        at += timedelta(seconds=1)
        yield {"id": number, "previousEventId": before, "type": kind, "timestamp": at, key: details}


STEPS = {"steps": [{"id": "fetch", "action": "http.request"}, {"id": "loop", "for_each": "x", "steps": [{"id": "one", "set": 1}]}]}  # fmt: skip
BINDINGS = {
    "Fetch": "/steps/0",
    "Fetch when": "/steps/0#when",
    "Loop": "/steps/1",
    "One": "/steps/1/steps/0",
}


def test_steps_are_counted_from_histories_with_retries_and_cost(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list(
        _history(
            ("TaskStateEntered", 0, {"name": "Fetch"}),
            ("TaskFailed", 1, {"error": "Http.Timeout", "cause": "took too long for Jürgen"}),
            ("TaskSucceeded", 2, {}),
            ("TaskStateExited", 3, {"name": "Fetch"}),
            ("MapStateEntered", 4, {"name": "Loop"}),
            ("PassStateEntered", 5, {"name": "One"}),
            ("PassStateEntered", 5, {"name": "One"}),
            ("PassStateExited", 7, {"name": "One"}),
            ("PassStateExited", 6, {"name": "One"}),
            ("MapStateExited", 9, {"name": "Loop"}),
        )
    )
    monkeypatch.setattr(states, "history", lambda arn: iter(told))
    record = "INSERT INTO executions VALUES ('e1', %(s)s, %(w)s, 1, 'arn:e1', 'succeeded', 'webhook', now(), now())"
    rig.sql(record, s=WORKSPACE, w=WORKFLOWS[0])
    rig.sql(
        "INSERT INTO workflow_versions (workflow_id, version, workspace_id, definition, asl, bindings, machine_arn,"
        " created_by, created_at) VALUES (%(w)s, 1, %(s)s, %(d)s, '{}', %(b)s, 'm', 'x', now()) ON CONFLICT DO NOTHING",
        w=WORKFLOWS[0], s=WORKSPACE, d=json.dumps(STEPS), b=json.dumps(BINDINGS),
    )  # fmt: skip
    executions.record([event(1)])
    assert histories.read_histories(lambda: True, 100) == 1
    assert histories.read_histories(lambda: True, 100) == 0
    answer = ask(rig, "steps", ["count", "failed", "retries", "duration_p50"], dimensions=["step"])
    found = {row.dimensions[0]: row.values for row in answer.rows}
    assert found["fetch"][:3] == [1, 0, 1]
    assert found["fetch"][3] == pytest.approx(3000, rel=0.02)
    assert found["one"][:3] == [2, 0, 0]
    assert found["one"][3] == pytest.approx(1000, rel=0.02)
    assert found["loop"][3] == pytest.approx(5000, rel=0.02)
    overall = ask(rig, "executions", ["retries", "transitions", "cost", "cost_per_run"])
    assert overall.totals.values == [1, 5, pytest.approx(0.000125), pytest.approx(0.000125)]
    before = rig.roll_ups()
    counting.rebuild(WORKSPACE)
    assert rig.roll_ups() == before


def test_targets_judge_what_ran_before_and_time_is_money(rig: Rig) -> None:
    executions.record([event(n) for n in (1, 2, 3, 4)] + [event(5, "FAILED")])
    counting.put_settings(WORKSPACE, Settings(hourly_rate=30, currency="EUR"))
    counting.put_target(WORKSPACE, WORKFLOWS[0], Target(target_ms=2_500, saved_minutes=15))
    assert ask(rig, "executions", ["within_target"]).totals.values == [None]
    assert [task for _, task in rig.started] == [{"judge": WORKFLOWS[0]}]
    assert counting.recount({"judge": WORKFLOWS[0]}) == 5
    measures = ["within_target", "saved_hours", "saved_money"]
    answer = ask(rig, "executions", measures)
    assert (answer.totals.values, answer.currency) == ([0.4, 1, 30], "EUR")


def test_another_time_zone_sums_the_days_anew(rig: Rig) -> None:
    at = datetime(2025, 11, 19, 23, 30, tzinfo=UTC)
    rig.ingest(Fact("execution", "x", at, "succeeded", 1, workflow_id=WORKFLOWS[0], duration_ms=5))
    counting.put_settings(WORKSPACE, Settings(time_zone="Europe/Berlin"))
    assert [task for _, task in rig.started] == [{"rebuild": WORKSPACE}]
    counting.recount({"rebuild": WORKSPACE})
    answer = ask(rig, "executions", ["count"], grain="day")
    assert answer.source == "days"
    assert [row.values for row in answer.rows] == [[0], [1]]


def test_people_are_counted_from_the_audit_log_and_approvals(rig: Rig) -> None:
    insert = (
        "INSERT INTO audit_events (workspace_id, sequence, at, actor, action, target, record, hash)"
        " VALUES (%(w)s, 0, %(at)s, %(a)s, %(n)s, '', %(r)s, '')"
    )
    note = {
        "w": WORKSPACE,
        "at": NOW - timedelta(hours=1),
        "a": f"user:{USER}",
        "r": '{"details": {"method": "oidc"}}',
    }
    for action in ("session.begun", "update_workflow", "update_workflow", "session.ended"):
        rig.sql(insert, **note, n=action)
    rig.sql(
        "INSERT INTO human_tasks (id, workspace_id, workflow_id, execution_id, step, title, body, assignees, task_token,"
        " status, created_at, expires_at, decided_at) VALUES (gen_random_uuid(), %(s)s, %(w)s, 'e', 'ok', 't', 'b',"
        " '[]', gen_random_uuid()::text, 'approved', %(at)s, now(), %(at)s + interval '90 s')",
        s=WORKSPACE, w=WORKFLOWS[0], at=NOW - timedelta(hours=1),
    )  # fmt: skip
    assert sources.read_sources(lambda: True) == 4
    assert sources.read_sources(lambda: True) == 0
    assert ask(rig, "sign_ins", ["count", "people"], dimensions=["method"]).rows[0].dimensions == [
        "oidc"
    ]
    changes = ask(rig, "changes", ["count", "people"], dimensions=["user"])
    assert (changes.totals.values, changes.labels["user"]) == ([2, 1], {f"user:{USER}": "Olga"})
    decided = ask(rig, "decisions", ["count", "approved", "duration_p95"])
    assert decided.totals.values == [1, 1, pytest.approx(90_000, rel=0.02)]


def test_months_are_made_ahead_and_dropped_when_their_time_is_over(rig: Rig) -> None:
    executions.record([event(1)])
    rig.now = NOW + timedelta(days=400)
    assert not any("202511" in name for name in keeping.keep_house())
    rig.now = NOW + timedelta(days=460)
    dropped = set(keeping.keep_house())
    assert {"analytics_facts_202511", "analytics_documents_202511"} <= dropped
    assert not any("hour" in name for name in dropped)
    rig.now = NOW
    period = {"since": "2025-11-01", "until": "2025-12-01"}
    assert ask(rig, "executions", ["count", "duration_p50"], period=period).totals.values[0] == 1
    old = Fact(
        "execution", "old", NOW - timedelta(days=500), "succeeded", 1, workflow_id=WORKFLOWS[0]
    )
    future = Fact(
        "execution", "new", NOW + timedelta(days=5), "succeeded", 1, workflow_id=WORKFLOWS[0]
    )
    assert rig.ingest(old, future) == 0


def test_a_rebuild_of_some_days_leaves_the_others_and_what_is_no_longer_kept(rig: Rig) -> None:
    times = [NOW - timedelta(days=385), NOW - timedelta(days=384), NOW - timedelta(days=2), NOW]
    facts = [
        Fact("execution", f"r{n}", at, "succeeded", 1, workflow_id=WORKFLOWS[0], duration_ms=5)
        for n, at in enumerate(times)
    ]
    rig.ingest(*facts)
    before = rig.roll_ups()
    rig.now = times[1] + timedelta(days=420)  # the month of the first is over, not the second's
    keeping.keep_house()
    assert counting.recount({"rebuild": WORKSPACE}) == 2
    assert rig.roll_ups()["days"] == before["days"], "sums stay when their facts have gone"
    rig.sql("UPDATE analytics_days SET n = n + 7")
    changed = rig.roll_ups()["days"]
    task = {"rebuild": WORKSPACE, "since": "2025-11-18", "until": "2025-11-19"}
    assert counting.recount(task) == 1
    mended = rig.roll_ups()["days"]
    right = [row for row in mended if row in before["days"]]
    assert [json.loads(row[0])["at"] for row in right] == ["2025-11-18"]
    assert len([row for row in mended if row in changed]) == len(changed) - 1
    assert counting.recount({**task, "until": "2025-11-18"}) == 0


def test_the_tables_of_buckets_go_on_as_views_of_the_sketches(rig: Rig) -> None:
    """The release before this one reads them."""
    executions.record([event(number) for number in (0, 1, 2, 60, 61, 31_536_000)])
    counted = rig.sql(
        "SELECT analytics_bucket(duration_ms), count(*) FROM analytics_facts"
        " WHERE kind = 'execution' GROUP BY 1 ORDER BY 1"
    )
    assert len(counted) > 4
    for unit in ("day", "hour"):
        found = f"SELECT bucket, sum(n) FROM analytics_{unit}_latencies GROUP BY 1 ORDER BY 1"
        assert rig.sql(found) == counted


def test_performance_shows_versions_errors_and_the_period_before(rig: Rig) -> None:
    executions.record(
        [event(n, "FAILED", error="Http.404", cause="gone") for n in range(1, 6)] + [event(9)]
    )
    scope = performance.Scope(compare="previous_period")
    found = performance.performance(WORKSPACE, WORKFLOWS[0], scope)
    assert found.overall.totals.values[:4] == [6, 1, 5, pytest.approx(1 / 6)]
    assert found.overall.totals.previous is not None
    assert found.overall.totals.previous[0] == 0
    assert [row.dimensions for row in found.versions.rows] == [["1"]]  # type: ignore[union-attr]
    assert [(e.error, e.count, len(e.samples)) for e in found.errors] == [("Http.404", 5, 3)]
    assert found.errors[0].samples[0].detail == "gone"
    assert len(found.timeline.rows) == 30


BAD = [
    ({"dataset": "nothing"}, "/dataset"),
    ({"measures": ["pg_sleep(9)"]}, "/measures/0"),
    ({"dimensions": ["workflow_id; DROP TABLE users"]}, "/dimensions/0"),
    ({"filters": [{"dimension": "workflow", "values": ["x"]}]}, "/filters/0/values/0"),
    ({"filters": [{"dimension": "version", "values": ["1e9"]}]}, "/filters/0/values/0"),
    ({"filters": [{"dimension": "version", "operator": "contains", "values": ["1"]}]}, "/filters/0/operator"),
    ({"filters": [{"dimension": "error", "values": ["\0"]}]}, "/filters/0/values/0"),
    ({"period": {"since": "1900-01-01", "until": "2025-01-01"}}, "/period"),
    ({"period": {"since": "2000-01-01", "until": "2025-01-01"}}, "/period"),
    ({"period": {"since": "2025-01-02", "until": "2025-01-01"}}, "/period"),
    ({"period": {"last": 2000, "unit": "year"}}, "/period"),
    ({"period": {"last": 2, "unit": "year"}, "grain": "hour"}, "/grain"),
    ({"time_zone": "Mars/Olympus"}, "/time_zone"),
    ({"order_by": "failed"}, "/order_by"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "pointer"), BAD, ids=[pointer for _, pointer in BAD])
def test_bad_queries_are_refused_with_what_is_wrong(
    rig: Rig, wrong: dict[str, Any], pointer: str
) -> None:
    query = {"dataset": "executions", "measures": ["count"], **wrong}
    with pytest.raises(InvalidError) as caught:
        querying.answer(WORKSPACE, Query.model_validate(query))
    assert [issue.pointer for issue in caught.value.issues] == [pointer]


def test_ten_thousand_groups_are_bounded(rig: Rig) -> None:
    def fact(number: int) -> Fact:
        return Fact(
            "change", f"k{number}", NOW, "changed", workspace_id=WORKSPACE, subject=f"a{number:05}"
        )

    rig.ingest(*map(fact, range(10_000)))
    answer = ask(rig, "changes", ["count"], dimensions=["action"], grain="day", limit=7)
    assert (len(answer.rows), answer.truncated, answer.totals.values) == (7, True, [10_000])
    rig.ingest(fact(10_000))
    with pytest.raises(querying.CostlyError):
        ask(rig, "changes", ["count"], dimensions=["action"])
    assert ask(rig, "changes", ["count"]).totals.values == [10_001]


def test_a_new_month_does_not_stand_in_the_way_of_a_batch_that_is_waited_for(rig: Rig) -> None:
    """Two batches of a workspace, one of which is the first of its month."""
    executions.record([event(1)])
    rig.now = NOW + timedelta(days=100)
    began = int(rig.now.timestamp() * 1000)
    later = event(2, startDate=began, stopDate=began)
    with psycopg.connect(settings().database_url) as first:
        first.execute("UPDATE analytics_versions SET version = version + 1")  # its turn is taken
        second = threading.Thread(target=executions.record, args=([later],))
        second.start()
        waits = (
            "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')"
        )
        until(lambda: rig.sql(waits), "the second batch to wait for its turn")
        first.execute("SET lock_timeout = '10s'")
        first.execute("SELECT count(*) FROM analytics_facts")
    second.join(60)
    period = {"since": rig.now.isoformat(), "until": (rig.now + timedelta(hours=1)).isoformat()}
    assert ask(rig, "executions", ["count"], period=period).totals.values == [1]


def test_an_index_finds_single_facts_that_are_grouped(rig: Rig) -> None:
    """By what no sketch is kept, so single facts are read: never all that a month has."""
    rig.ingest(
        *(Fact("execution", f"{n}", NOW, "succeeded", workspace_id=WORKSPACE) for n in (1, 2))
    )
    query = Query.model_validate(
        {"dataset": "notifications", "measures": ["duration_p95"], "dimensions": ["channel"]}
    )
    span = Span(NOW - timedelta(days=2), NOW, ZoneInfo("UTC"))
    wanted = compiling.quantiles(compiling.plan(query), span, "UTC", grained=False)
    assert wanted is not None
    statement = reading.together([wanted])
    with tenant(WORKSPACE) as session:
        session.all(b"SELECT set_config('enable_seqscan', 'off', true)")
        rows = session.all(b"EXPLAIN " + statement.sql, **statement.parameters)
    found = [line for row in rows for line in row.values() if "Index Cond" in line]
    assert found, "an index is used"
    assert all("notification" in line for line in found), "and for the kind, too"
