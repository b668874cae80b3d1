"""Sketches as numbers: they merge by addition, and their quantiles are those of the durations."""

from __future__ import annotations

from math import ceil, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.analytics import sketches

SHARES = (0.0, 0.5, 0.95, 0.99, 1.0)
DURATIONS = st.lists(st.integers(0, 31_536_000_000) | st.integers(0, 3), min_size=1, max_size=60)


def sketch(durations: list[int]) -> int:
    """As the database makes it: a digit of base 10^12 for each bucket."""
    buckets = [0 if ms <= 0 else 1 + ceil(log(ms) / log(sketches.GAMMA)) for ms in durations]
    return sum(10 ** (sketches.WIDTH * bucket) for bucket in buckets)


def text(number: int) -> str:
    """A number's decimal digits, however many (Python's ``str`` has a limit)."""
    digits = []
    while number:
        number, rest = divmod(number, 10**sketches.WIDTH)
        digits.append(f"{rest:0{sketches.WIDTH}d}")
    return "".join(reversed(digits)).lstrip("0") or "0"


@given(one=DURATIONS, other=DURATIONS)
def test_quantiles_of_a_sum_are_those_of_all_durations(one: list[int], other: list[int]) -> None:
    found = sketches.quantiles(text(sketch(one) + sketch(other)), SHARES)
    ordered = sorted(one + other)
    for share, value in zip(SHARES, found, strict=True):
        assert value == pytest.approx(ordered[int(share * (len(ordered) - 1))], rel=0.02)


@given(kept=DURATIONS, taken=DURATIONS)
def test_what_is_taken_away_leaves_nothing(kept: list[int], taken: list[int]) -> None:
    assert sketch(kept) + sketch(taken) - sketch(taken) == sketch(kept)


@pytest.mark.parametrize("empty", [None, "", "0"])
def test_an_empty_sketch_has_no_quantiles(empty: str | None) -> None:
    assert sketches.quantiles(empty, (0.5, 0.95)) == [None, None]


def test_a_bucket_may_hold_nearly_a_million_millions() -> None:
    full = (10**sketches.WIDTH - 1) * 10 ** (sketches.WIDTH * 3)
    assert sketches.quantiles(text(full + 1), (0.5,)) == [sketches.bucket_ms(3)]
