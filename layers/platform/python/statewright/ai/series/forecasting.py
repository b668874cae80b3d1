"""What comes next in a series, with intervals.

The forecast is the median, step by step, of small models (``models.py``). No single one is best on
every series, and a median is not led astray by one that fails.
The intervals are conformal: as wide as the errors were when the end of the series was forecast
from its beginning, so they assume no distribution.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from statewright.ai.series.models import Values, models

BACKTESTS = 2
_FAR = 2.0
"""By how many times the whole range of the past a forecast may leave it: a regression that feeds
on itself may run away."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The next values, and between which bounds they lie with the wanted probability."""

    mean: Values
    low: Values
    high: Values


def forecast(
    values: Values, horizon: int, seasons: tuple[int, ...], level: float = 0.95, *, floor: float
) -> Forecast:
    """Forecasts a series.

    Args:
        values: the past, evenly spaced, the newest last; no gaps.
        horizon: how many values to forecast.
        seasons: lengths of its seasons in values, such as (24, 168); those that the series is too
            short for are left out.
        level: the share of values that the bounds should hold.
        floor: the least value that there can be: a count is not negative.

    Raises:
        ValueError: there are fewer than four values.
    """
    if len(values) < 4:
        raise ValueError("a forecast needs four values at least")
    usable = tuple(season for season in seasons if len(values) >= 2 * season + horizon)
    mean = np.maximum(_median(values, horizon, usable), floor)
    width = _width(values, horizon, usable, level)
    return Forecast(mean, np.maximum(mean - width, floor), mean + width)


def _width(values: Values, horizon: int, seasons: tuple[int, ...], level: float) -> float:
    """The quantile of past errors that split conformal prediction asks for, of the worse backtest:
    errors of one are alike, so that together they would promise too much."""
    widths: list[float] = []
    step = min(horizon, max(1, (len(values) - 3) // (BACKTESTS + 1)))
    for back in range(1, BACKTESTS + 1):
        past, future = values[: -back * step], values[len(values) - back * step :][:step]
        if len(past) < 3:
            break
        fitting = tuple(season for season in seasons if len(past) >= 2 * season)
        errors = np.abs(_median(past, step, fitting) - future)
        rank = min(1.0, level * (1 + 1 / len(errors)))
        widths.append(float(np.quantile(errors, rank, method="higher")))
    return max(widths)


def _median(values: Values, horizon: int, seasons: tuple[int, ...]) -> Values:
    found = [model(values, horizon) for model in models(seasons)]
    low, high = float(values.min()), float(values.max())
    room = _FAR * (high - low)
    usable = [f for f in found if ((low - room <= f) & (f <= high + room)).all()]
    middle: Values = np.median(usable, axis=0)
    return middle


def smape(actual: Values, forecast: Values) -> float:
    """Symmetric mean absolute percentage error, as the M4 competition defines it."""
    size = np.abs(actual) + np.abs(forecast)
    return float(200 * np.mean(np.abs(actual - forecast) / np.where(size == 0, 1, size)))


def mase(past: Values, actual: Values, forecast: Values, season: int) -> float:
    """Mean absolute error over that of the seasonal naive forecast within the past (M4)."""
    scale = float(np.mean(np.abs(past[season:] - past[:-season])))
    return float(np.mean(np.abs(actual - forecast))) / (scale or 1.0)
