"""How unusual each value of a series is, judged by what came before it: online and seasonal.

The stretch that ends at a value is compared with every earlier stretch of the same length: the
distance to the nearest one (the left matrix profile, without normalisation, so that level and
height count). What comes back every day or week has a near neighbour in the past, without anybody
naming the season. Distances are judged by how far distances used to be, at three lengths at once,
and an alarm keeps quiet those that are no worse for a while.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Values = np.ndarray[Any, np.dtype[np.float64]]
LENGTHS = (1, 12, 48)
QUIET = 100
"""For so many values after an alarm, only what is clearly worse is one."""
ALARM = 5.0
"""The score from which on people are told."""
_LEARN = 20
_WORSE = 1.5
_COUNTS = 2.0
_MOST = 50.0


def scores(values: Values, scale_from: int) -> Values:
    """The score of each value; it depends on that value and earlier ones only.

    Args:
        values: the series, evenly spaced.
        scale_from: how many first values say what its level and spread are.
    """
    start = values[:scale_from]
    spread = float(np.std(start)) or 1.0
    scaled = (values - float(np.mean(start))) / spread
    found = np.zeros(len(values))
    for length in LENGTHS:
        found = np.maximum(found, _surprises(nearest_before(scaled, length)))
    return quieted(np.floor(found * 10) / 10)


def nearest_before(values: Values, length: int) -> Values:
    """The distance of the stretch that ends at each value to the nearest one that ended before it
    began; NaN where there is none. Dot products are carried on, so each step costs one pass."""
    count = len(values)
    found = np.full(count, np.nan)
    stretches = count - length + 1
    if stretches <= length:
        return found
    sums = np.concatenate([[0.0], np.cumsum(values * values)])
    squares = sums[length:] - sums[:-length]
    first = np.convolve(values, values[:length][::-1], mode="valid")
    dots = first.copy()
    for at in range(stretches):
        if at:
            gone = values[: stretches - 1] * values[at - 1]
            new = values[length : length + stretches - 1] * values[at + length - 1]
            dots[1:] = dots[:-1] - gone + new
            dots[0] = first[at]
        earlier = at - length
        if earlier > 0:
            distances = squares[:earlier] + squares[at] - 2 * dots[:earlier]
            found[at + length - 1] = math.sqrt(max(float(distances.min()), 0.0) / length)
    return found


def _surprises(distances: Values) -> Values:
    """By how many standard deviations of those before it each distance exceeds their mean."""
    found = np.zeros(len(distances))
    seen, mean, squares = 0, 0.0, 0.0
    for at, distance in enumerate(distances):
        if math.isnan(distance):
            continue
        if seen > _LEARN:
            spread = math.sqrt(squares / seen)
            found[at] = min(max((distance - mean) / (spread + 0.05 * mean + 1e-6), 0.0), _MOST)
        seen += 1
        delta = distance - mean
        mean += delta / seen
        squares += delta * (distance - mean)
    return found


def quieted(found: Values) -> Values:
    """The scores without those that only repeat an alarm."""
    calm = found.copy()
    last, height = -QUIET, 0.0
    for at, score in enumerate(found):
        if at - last < QUIET and score <= height * _WORSE:
            calm[at] = 0.0
        elif score > _COUNTS:
            last, height = at, float(score)
    return calm
