"""Forecasts: better than repeating the last season, with bounds that hold what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from statewright.ai.series.forecasting import forecast, mase, smape


def series(length: int, seed: int = 1, trend: float = 0.02) -> np.ndarray:
    """A day's shape with a trend and noise, as hourly counts have them."""
    noise = np.random.default_rng(seed).normal(0, 2, length)
    hours = np.arange(length)
    return 50 + trend * hours + 20 * np.sin(2 * np.pi * hours / 24) + noise


def test_it_is_better_than_the_seasonal_naive_forecast() -> None:
    errors = []
    for seed in range(4):
        whole = series(24 * 21, seed, trend=0.0)
        past, actual = whole[:-24], whole[-24:]
        found = forecast(past, 24, (24, 168), floor=0.0)
        errors.append((smape(actual, found.mean), smape(actual, past[-24:])))
        assert mase(past, actual, found.mean, 24) < 1.0
    own, naive = np.mean(errors, axis=0)
    assert own < 0.95 * naive


def test_bounds_hold_what_they_promise() -> None:
    held = []
    for seed in range(4):
        whole = series(24 * 14, seed)
        found = forecast(whole[:-24], 24, (24,), 0.9, floor=0.0)
        held += list((found.low <= whole[-24:]) & (whole[-24:] <= found.high))
        assert (found.low <= found.mean).all()
        assert (found.mean <= found.high).all()
    assert 0.8 <= np.mean(held) <= 1.0


@pytest.mark.parametrize(
    "past",
    [[3.0] * 4, [0.0] * 100, [1.0, 2.0, 3.0, 4.0, 5.0], [0, 0, 0, 9, 0, 0, 0, 0, 9, 0, 0, 0]],
)
def test_short_flat_and_sparse_series_have_forecasts_too(past: list[float]) -> None:
    found = forecast(np.array(past, float), 6, (24, 168), floor=0.0)
    for values in (found.low, found.mean, found.high):
        assert np.isfinite(values).all()
        assert (values >= 0).all()
    if len(set(past)) == 1:
        assert (found.mean == past[0]).all()


def test_fewer_than_four_values_are_refused() -> None:
    with pytest.raises(ValueError, match="four"):
        forecast(np.array([1.0, 2.0, 3.0]), 1, (), floor=0.0)
