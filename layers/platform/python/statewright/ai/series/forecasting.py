"""What comes next in a series, with intervals.

The forecast is the median, step by step, of six models: decomposition by seasons with exponential
smoothing and with Theta, Theta alone, seasonal exponential smoothing, and the naive forecasts of
the shortest and the longest season. No single one is best on every series, and a median is not led
astray by one that fails.
The intervals are conformal: as wide as the errors were when the end of the series was forecast
from its beginning, so they assume no distribution.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from statewright.errors import UnavailableError

Values = np.ndarray[Any, np.dtype[np.float64]]
BACKTESTS = 2


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
    """The quantile of past errors that split conformal prediction asks for."""
    errors: list[float] = []
    step = min(horizon, max(1, (len(values) - 3) // (BACKTESTS + 1)))
    for back in range(1, BACKTESTS + 1):
        past, future = values[: -back * step], values[len(values) - back * step :][:step]
        if len(past) < 3:
            break
        fitting = tuple(season for season in seasons if len(past) >= 2 * season)
        errors += list(np.abs(_median(past, step, fitting) - future))
    rank = min(1.0, level * (1 + 1 / len(errors)))
    return float(np.quantile(errors, rank, method="higher"))


def _median(values: Values, horizon: int, seasons: tuple[int, ...]) -> Values:
    found = [np.asarray(model(values, horizon), float) for model in _models(seasons)]
    usable = [forecast for forecast in found if np.isfinite(forecast).all()]
    middle: Values = np.median(usable, axis=0)
    return middle


Model = Callable[[Values, int], Any]


def _models(seasons: tuple[int, ...]) -> list[Model]:
    try:
        from statsforecast import models  # seconds to import, and too large for a Lambda layer
    except ImportError:
        raise UnavailableError("The forecasting library is not installed here.") from None
    if not seasons:
        return [_fitted(models.Theta()), _fitted(models.AutoETS(model="ZZN")), _last]
    season, longest = seasons[0], seasons[-1]
    return [
        _fitted(models.MSTL(list(seasons), trend_forecaster=models.AutoETS(model="ZZN"))),
        _fitted(models.MSTL(list(seasons), trend_forecaster=models.Theta())),
        _fitted(models.DynamicOptimizedTheta(season)),
        _fitted(models.SeasonalExponentialSmoothingOptimized(season)),
        _naive(season),
        _naive(longest),
    ]


def _fitted(model: Any) -> Model:
    def run(values: Values, horizon: int) -> Any:
        if np.ptp(values) == 0:
            return np.full(horizon, values[-1])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                return model.forecast(y=values, h=horizon)["mean"]
            except (NotImplementedError, ValueError, np.linalg.LinAlgError):
                # Too short or too even for this model; the median is that of the others.
                return np.full(horizon, np.nan)

    return run


def _naive(season: int) -> Model:
    return lambda values, horizon: np.resize(values[-season:], horizon)


def _last(values: Values, horizon: int) -> Any:
    return np.full(horizon, values[-1])


def smape(actual: Values, forecast: Values) -> float:
    """Symmetric mean absolute percentage error, as the M4 competition defines it."""
    size = np.abs(actual) + np.abs(forecast)
    return float(200 * np.mean(np.abs(actual - forecast) / np.where(size == 0, 1, size)))


def mase(past: Values, actual: Values, forecast: Values, season: int) -> float:
    """Mean absolute error over that of the seasonal naive forecast within the past (M4)."""
    scale = float(np.mean(np.abs(past[season:] - past[:-season])))
    return float(np.mean(np.abs(actual - forecast))) / (scale or 1.0)
