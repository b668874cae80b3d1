"""Every figure equals a brute-force computation over generated histories: any time zone, the clock
put forward and back, events late, twice and in any order, in batches of any size."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from statewright.analytics import querying
from statewright.analytics import settings as counting
from statewright.analytics.catalogue import DATASETS
from statewright.analytics.facts import Fact
from statewright.analytics.models import Query, Settings, Target
from statewright.analytics.periods import midnight
from tests.e2e.analytics import brute_force
from tests.e2e.analytics.rig import WORKFLOWS, WORKSPACE, Rig

MEASURES = list(DATASETS["executions"].measures)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "America/Havana",
         "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kolkata"]  # fmt: skip
# Around days on which clocks were put forward and back, somewhere among these.
DAYS = [date(2025, 3, 8), date(2025, 3, 29), date(2025, 4, 5), date(2025, 10, 4), date(2025, 10, 25),
        date(2025, 11, 1)]  # fmt: skip
TARGETS = {WORKFLOWS[0]: 5_000}
SAVED = {WORKFLOWS[0]: 12.0, WORKFLOWS[1]: 1.5}
RATE = 40.0


@st.composite
def executions(draw: Any) -> list[Fact]:
    """What is told of an execution: that it began, how it ended, or both."""
    day = draw(st.sampled_from(DAYS))
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(
        milliseconds=draw(st.integers(0, 3 * 86_400_000 - 1))
    )
    began = Fact(
        "execution",
        f"e{draw(st.integers(0, 10**9))}",
        at,
        "running",
        workflow_id=draw(st.sampled_from(WORKFLOWS[:2])),
        version=draw(st.sampled_from([1, 2])),
        via=draw(st.sampled_from(["webhook", "schedule", "it's; DROP"])),
    )
    status = draw(st.sampled_from(["succeeded", "succeeded", "failed", "timed_out", "stopped"]))
    ended = replace(
        began,
        status=status,
        revision=1,
        error=None if status == "succeeded" else draw(st.sampled_from(["Http.Gone", "Stopped"])),
        duration_ms=draw(st.sampled_from([0, 1, 2, 999, 5_000, 5_001]) | st.integers(0, 10**9)),
        attempts=draw(st.integers(0, 3)),
        units=draw(st.integers(0, 20)),
    )
    return draw(
        st.sampled_from([[began], [ended], [began, ended], [began, ended], [ended, began, ended]])
    )


HISTORIES = st.lists(executions(), min_size=1, max_size=40).map(lambda found: [*chain(*found)])
QUERIES = st.fixed_dictionaries(
    {
        "dimensions": st.lists(
            st.sampled_from(["workflow", "version", "status", "trigger", "error"]),
            max_size=2,
            unique=True,
        ),
        "grain": st.sampled_from([None, "hour", "day", "week", "month"]),
        "day": st.sampled_from(DAYS),
        "days": st.sampled_from([1, 3, 5, 40]),
        "zone": st.sampled_from(ZONES),
        "offset": st.sampled_from([0, 0, 0, 60, 90, 17]),
        "status": st.sampled_from([None, None, "succeeded", "failed"]),
    }
)


def tell(rig: Rig, history: list[Fact], order: Any, zone: str) -> None:
    rig.empty()
    counting.put_settings(WORKSPACE, Settings(time_zone=zone, hourly_rate=RATE))
    for workflow in WORKFLOWS[:2]:
        target = Target(target_ms=TARGETS.get(workflow), saved_minutes=SAVED[workflow])
        counting.put_target(WORKSPACE, workflow, target)
    told = list(history)
    order.shuffle(told)
    while told:
        size = order.randint(1, 15)
        batch, told = told[:size], told[size:]
        rig.ingest(*batch)
        if order.random() < 0.2:
            rig.ingest(*batch)  # the queue delivered it again


def expected(history: list[Fact], query: Query, zone: ZoneInfo) -> dict[Any, list[Any]]:
    since, until = query.period.since, query.period.until  # type: ignore[union-attr]
    groups: dict[Any, list[Fact]] = defaultdict(list)
    for fact in brute_force.latest(history):
        wanted = not query.filters or fact.status in query.filters[0].values
        if wanted and since <= fact.at < until:
            period = brute_force.period_of(fact.at, query.grain, zone) if query.grain else None
            if isinstance(period, date) and not isinstance(period, datetime):
                period = midnight(period, zone)
            groups[period, tuple(brute_force.dimension(fact, d) for d in query.dimensions)].append(
                fact
            )
    return {
        key: brute_force.figures(facts, query.measures, RATE, SAVED, TARGETS)
        for key, facts in groups.items()
    }


def same(found: float | None, wanted: float | None, measure: str) -> bool:
    if found is None or wanted is None:
        return found is wanted
    within = 0.02 if measure.startswith("duration_p") else 1e-9
    return found == pytest.approx(wanted, rel=within, abs=1e-12)


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    history=HISTORIES,
    asked=st.lists(QUERIES, min_size=4, max_size=4),
    order=st.randoms(use_true_random=False),
    own_zone=st.sampled_from(ZONES),
)
def test_figures_equal_a_brute_force_computation(
    rig: Rig, history: list[Fact], asked: list[dict[str, Any]], order: Any, own_zone: str
) -> None:
    tell(rig, history, order, own_zone)
    for one in asked:
        zone = ZoneInfo(one["zone"])
        since = midnight(one["day"], zone) + timedelta(minutes=one["offset"])
        until = midnight(one["day"] + timedelta(days=one["days"]), zone)
        query = Query(
            dataset="executions",
            measures=MEASURES[:12] if order.random() < 0.5 else MEASURES[6:],
            dimensions=one["dimensions"],
            grain=one["grain"],
            period={"since": since, "until": until},
            filters=[{"dimension": "status", "values": [one["status"]]}] if one["status"] else [],
            time_zone=one["zone"],
            limit=1000,
        )
        answer = querying.answer(WORKSPACE, query)
        wanted = expected(history, query, zone)
        found = {
            (row.period and row.period.astimezone(UTC), tuple(row.dimensions)): row.values
            for row in answer.rows
        }
        if not query.dimensions:  # periods in which nothing happened are shown too
            found = {key: values for key, values in found.items() if key in wanted}
        assert found.keys() == wanted.keys()
        for key, values in wanted.items():
            for measure, value, told in zip(query.measures, values, found[key], strict=True):
                assert same(told, value, measure), (key, measure, told, value, answer.source)
    wanted_together = [
        query.model_copy(update=update)
        for update in (
            {},
            {"dimensions": [], "grain": "day"},
            {"dimensions": ["workflow"], "grain": None, "compare": "previous_period"},
            {"dimensions": ["workflow", "trigger"], "measures": ["count"], "grain": None},
            {"dimensions": [], "grain": None, "measures": ["duration_p95", "saved_money"]},
        )
    ]
    alone = [querying.answer(WORKSPACE, one) for one in wanted_together]
    assert querying.answers(WORKSPACE, wanted_together) == alone
    before = rig.roll_ups()
    counting.rebuild(WORKSPACE)
    assert rig.roll_ups() == before
