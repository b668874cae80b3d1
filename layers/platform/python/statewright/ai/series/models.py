"""Small models of a series, by linear algebra alone: each fits within milliseconds.

Seasonal smoothing: every hour of the day (of the week) is forecast by an exponentially weighted
mean of its own past (Gardner, 1985). Regressions on earlier values at seasonal distances, shrunk
by a ridge (Hoerl and Kennard, 1970): value by value, or a whole season at once as a correction of
the seasonal naive forecast. A model that has too little to go by answers NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Values = np.ndarray[Any, np.dtype[np.float64]]
Model = Callable[[Values, int], Values]
_RATES = np.linspace(0.01, 0.99, 50)
_ROWS_A_LAG = 2
"""So many equations, at least, for each coefficient of a regression."""


def models(seasons: tuple[int, ...]) -> list[Model]:
    """The models for a series with these seasons, the shortest first."""
    if not seasons:
        return [smoothed(1), regressed([1, 2, 3]), _last]
    short, long = seasons[0], seasons[-1]
    near = {1, 2, 3, 2 * short, 2 * short + 1}
    near |= {lag for season in seasons for lag in (season, season + 1)}
    days = set(range(short, long + 1, short))
    far = {*range(1, short + 4), 2 * short - 1, 2 * short + 1, long - 1, long + 1, *days}
    return [
        *(smoothed(season) for season in seasons),
        regressed(sorted(near)),
        regressed(sorted(far), 3.0),
        corrected(short, long),
    ]


def _last(values: Values, horizon: int) -> Values:
    return np.full(horizon, values[-1])


def smoothed(season: int) -> Model:
    """Each place of the season by itself, all with the rate that would have been the best."""

    def run(values: Values, horizon: int) -> Values:
        rounds = values[len(values) % season :].reshape(-1, season)
        levels = np.repeat(rounds[:1], len(_RATES), axis=0)
        errors = np.zeros(len(_RATES))
        for seen in rounds[1:]:
            missed = seen - levels
            errors += (missed * missed).sum(axis=1)
            levels = levels + _RATES[:, None] * missed
        return np.resize(levels[errors.argmin()], horizon)

    return run


def regressed(lags: list[int], ridge: float = 1.0) -> Model:
    """Each value from those so many steps before it."""
    back = np.array(lags)

    def run(values: Values, horizon: int) -> Values:
        known = np.arange(back[-1], len(values))
        if len(known) < _ROWS_A_LAG * len(lags):
            return np.full(horizon, np.nan)
        level, spread = float(values.mean()), float(values.std()) or 1.0
        scaled = (values - level) / spread
        rows = np.column_stack([scaled[known[:, None] - back], np.ones(len(known))])
        weights = _solved(rows, scaled[known], ridge)
        whole = np.concatenate([scaled, np.empty(horizon)])
        for at in range(len(values), len(whole)):
            whole[at] = whole[at - back] @ weights[:-1] + weights[-1]
        return whole[len(values) :] * spread + level

    return run


def corrected(season: int, stretch: int, ridge: float = 0.1) -> Model:
    """The next season at once: the last one, corrected by the stretch that ends with it."""

    def run(values: Values, horizon: int) -> Values:
        rows = len(values) - stretch - season + 1
        if stretch <= season or rows < season:
            return np.full(horizon, np.nan)
        level, spread = float(values.mean()), float(values.std()) or 1.0
        scaled = (values - level) / spread
        before = sliding_window_view(scaled, stretch)[:rows]
        after = sliding_window_view(scaled[stretch:], season)
        off = before - before.mean(axis=1, keepdims=True)
        weights = _solved(off, after - before[:, -season:], ridge * rows)
        whole = scaled
        while len(whole) < len(values) + horizon:
            last = whole[-stretch:]
            whole = np.concatenate([whole, last[-season:] + (last - last.mean()) @ weights])
        return whole[len(values) :][:horizon] * spread + level

    return run


def _solved(rows: Values, wanted: Values, ridge: float) -> Values:
    """Least squares with a ridge, which makes them solvable whatever the rows."""
    normal = rows.T @ rows + ridge * np.eye(rows.shape[1])
    return np.asarray(np.linalg.solve(normal, rows.T @ wanted), np.float64)
