"""The small models: what each has to get exactly right, and when it has to abstain."""

from __future__ import annotations

import numpy as np
import pytest

from statewright.ai.series.forecasting import forecast
from statewright.ai.series.models import corrected, models, regressed, smoothed

DAY = np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0])


def test_what_repeats_itself_goes_on_so() -> None:
    whole = np.tile(DAY, 40)
    for model in models((6, 12)):
        found = model(whole[:-8], 8)
        assert found == pytest.approx(whole[-8:], abs=0.05)


def test_a_rule_of_earlier_values_is_found() -> None:
    values = [5.0, 9.0]
    for _ in range(200):
        values.append(0.5 * values[-1] - 0.4 * values[-2] + 10)
        values[-1] += 3 * np.sin(len(values))  # else it settles, and nothing is left to learn
    found = regressed([1, 2, 3], 1e-6)(np.array(values), 1)
    assert found[0] == pytest.approx(0.5 * values[-1] - 0.4 * values[-2] + 10, abs=3.1)


def test_smoothing_takes_the_rate_that_fits() -> None:
    steps = np.concatenate([np.zeros(30), np.full(30, 8.0)])
    assert smoothed(1)(steps, 3) == pytest.approx(8.0, abs=0.01)
    noise = np.random.default_rng(1).normal(50, 5, 400)
    assert smoothed(1)(noise, 1)[0] == pytest.approx(50, abs=2)


def test_each_place_of_a_season_is_its_own_whatever_comes_before_whole_seasons() -> None:
    whole = np.concatenate([[99.0, 98.0], np.tile(DAY, 5)])
    assert smoothed(6)(whole, 7) == pytest.approx([*DAY, DAY[0]])


def test_what_has_too_little_to_go_by_abstains() -> None:
    short = np.arange(10.0)
    assert np.isnan(regressed([1, 2, 24])(short, 3)).all()
    assert np.isnan(corrected(6, 12)(short, 3)).all()
    assert np.isnan(corrected(24, 24)(np.arange(500.0), 3)).all(), "one season corrects nothing"


def test_a_model_that_runs_away_is_not_heard() -> None:
    grows = 1.5 ** np.arange(60.0)
    found = forecast(grows, 30, (), floor=0.0)
    assert np.isfinite(found.mean).all()
    assert found.mean.max() <= 3 * grows.max()
