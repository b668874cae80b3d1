"""Anomalies: what is out of the ordinary is found when it comes; what comes back daily is not."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from statewright.ai.series.anomalies import ALARM, QUIET, nearest_before, quieted, scores

DAY = 24


def ordinary(days: int, seed: int = 1) -> np.ndarray:
    hours = np.arange(days * DAY)
    noise = np.random.default_rng(seed).normal(0, 1, len(hours))
    return 100 + 40 * np.sin(2 * np.pi * hours / DAY) + noise


def alarms(values: np.ndarray) -> list[int]:
    found = scores(values, 5 * DAY)
    return [int(at) for at in np.flatnonzero(found >= ALARM) if at >= 5 * DAY]


def test_days_like_other_days_alarm_nobody() -> None:
    assert alarms(ordinary(30)) == []


def test_a_peak_a_gap_and_a_new_level_are_found_at_once() -> None:
    for begin, change in ((500, 150.0), (500, -150.0)):
        values = ordinary(30)
        values[begin] += change
        assert alarms(values)[0] == begin
    risen = ordinary(30)
    risen[500:] += 100
    assert 500 <= alarms(risen)[0] <= 506


def test_a_day_without_its_usual_shape_is_found_though_every_value_is_usual() -> None:
    values = ordinary(30)
    values[480 : 480 + DAY] = 100
    assert any(480 <= at < 480 + 3 * DAY for at in alarms(values))


def test_a_flat_series_has_no_anomalies_until_it_moves() -> None:
    values = np.zeros(300)
    assert alarms(values) == []
    values[250] = 1
    assert alarms(values) == [250]


@given(st.integers(60, 250), st.integers(0, 10))
@settings(max_examples=15)
def test_a_score_knows_nothing_of_what_comes_later(length: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(0, 1, length)
    cut = length * 2 // 3
    whole, part = scores(values, 30), scores(values[:cut], 30)
    assert (np.abs(whole[:cut] - part) < 0.11).all()  # one step of rounding


@given(st.integers(2, 12), st.integers(0, 5))
@settings(max_examples=20)
def test_distances_are_those_of_a_search_through_everything(length: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(0, 1, 60)
    found = nearest_before(values, length)
    for end in range(2 * length, 60):
        here = values[end - length + 1 : end + 1]
        before = [
            np.sqrt(np.mean((here - values[at : at + length]) ** 2))
            for at in range(end - 2 * length + 1)
        ]
        if before:
            assert abs(found[end] - min(before)) < 1e-6


def test_an_alarm_keeps_quiet_what_is_no_worse() -> None:
    found = np.zeros(300)
    found[[10, 20, 30, 10 + QUIET + 25]] = [6, 7, 12, 6]
    assert list(np.flatnonzero(quieted(found))) == [10, 30, 10 + QUIET + 25]
