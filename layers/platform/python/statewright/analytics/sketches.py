"""Sketches of durations (DDSketch) as numbers: digit b, in base 10^12, counts bucket b's durations.

Sums of such numbers are sketches of all that was summed. What a bucket is, and how a sketch is made
of durations, is said in SQL (``analytics_bucket``, ``analytics_sketch``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from math import floor

GAMMA = 1.04
WIDTH = 12
"""Decimal digits of a bucket's count."""


def quantiles(sketch: str | None, shares: Iterable[float]) -> list[float | None]:
    """Quantiles of a sketch, whose decimal digits are given, each within 2 %.

    The quantile q of n durations is that of rank floor(q (n - 1)), in the order of their size.
    """
    shares = list(shares)
    if not sketch or sketch == "0":
        return [None for _ in shares]
    lowest = (len(sketch) - len(sketch.rstrip("0"))) // WIDTH
    ends = range(len(sketch) - lowest * WIDTH, 0, -WIDTH)
    below = list(accumulate(int(sketch[max(0, end - WIDTH) : end]) for end in ends))
    ranks = [floor(share * (below[-1] - 1)) for share in shares]
    return [bucket_ms(lowest + bisect_right(below, rank)) for rank in ranks]


def bucket_ms(bucket: int) -> float:
    """What stands for all durations of a bucket: at most 2 % from each."""
    return 0.0 if bucket == 0 else 2 * GAMMA ** (bucket - 1) / (1 + GAMMA)
