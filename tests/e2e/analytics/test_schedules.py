"""Reports on a schedule: once for each time, whatever crashes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from statewright.analytics import building, exporting, reports
from statewright.analytics.report_models import NewReport
from statewright.auth.roles import ROLES
from statewright.aws import states
from statewright.http.caller import Caller
from tests.e2e.analytics.rig import USER, WORKSPACE, Rig

OWNER = Caller(WORKSPACE, USER, "owner", ROLES["owner"])


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(states, "start", lambda arn, name, text: found.append(json.loads(text)))
    return found


def weekly(zone: str = "Europe/Berlin") -> Any:
    return reports.create(
        OWNER,
        NewReport.model_validate(
            {
                "name": "Weekly",
                "query": {"dataset": "executions", "measures": ["count"]},
                "schedule": {"cron": "0 8 * * 1", "time_zone": zone, "recipients": ["role:owner"]},
            }
        ),
    )


def test_a_report_is_sent_once_for_each_time_by_the_clock_of_its_zone(
    rig: Rig, starts: list[Any]
) -> None:
    rig.now = datetime(2025, 10, 22, 12, 0, tzinfo=UTC)  # clocks go back on the 26th
    report = weekly()
    assert report.next_at == datetime(2025, 10, 27, 7, 0, tzinfo=UTC)
    assert exporting.send_due() == 0
    rig.now = report.next_at + timedelta(seconds=10)
    assert exporting.send_due() == 1
    assert exporting.send_due() == 0
    assert len(starts) == 1
    assert reports.get(OWNER, report.id).next_at == datetime(2025, 11, 3, 7, 0, tzinfo=UTC)
    row = rig.sql("SELECT format, status, recipients FROM report_exports")
    assert row == [("pdf", "queued", ["role:owner"])]


def test_a_file_that_a_crash_forgot_is_made(
    rig: Rig, starts: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = weekly()
    assert report.next_at is not None
    rig.now = report.next_at
    with monkeypatch.context() as patch:
        patch.setattr(states, "start", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            exporting.send_due()
    rig.now += timedelta(minutes=5)
    assert exporting.send_due() == 1
    assert exporting.send_due() == 1  # still not begun: started again, under the same name
    assert len({start["export_id"] for start in starts}) == 1


def test_what_cannot_be_built_is_noted_with_its_reason(rig: Rig, starts: list[Any]) -> None:
    report = weekly()
    assert report.next_at is not None
    rig.now = report.next_at
    exporting.send_due()
    query = {"dataset": "gone", "measures": ["count"]}
    rig.sql(
        "UPDATE report_exports SET request = jsonb_set(request, '{query}', %(q)s)",
        q=json.dumps(query),
    )
    assert building.build(**starts[0]) == "failed"
    assert rig.sql("SELECT status, error FROM report_exports") == [
        ("failed", "There is no such dataset.")
    ]
