"""Token buckets: many processes together never get more than a bucket holds, nor much less."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import RateLimitedError, UnavailableError
from statewright.gateway.limits import Limiter
from statewright.gateway.plans import Rate


class Shared:
    """The database's part, with a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked = 0
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, key: str, capacity: float, rate: float, wanted: int) -> tuple[int, float]:
        self.asked += 1
        tokens, since = self._buckets.get(key, (capacity, self.now))
        tokens = min(capacity, tokens + rate * (self.now - since))
        granted = min(wanted, int(tokens))
        self._buckets[key] = (tokens - granted, self.now)
        return granted, tokens - granted

    def process(self) -> Limiter:
        return Limiter(self.take, lambda: self.now)


def tries(limiter: Limiter, rate: Rate) -> bool:
    try:
        limiter.spend(("workspace", "w", rate))
    except RateLimitedError:
        return False
    return True


@given(
    st.integers(1, 8),
    st.floats(1, 500),
    st.integers(20, 500),
    st.lists(st.tuples(st.integers(0, 7), st.floats(0, 0.05)), min_size=50, max_size=600),
)
def test_together_they_never_get_more(
    processes: int, per_second: float, burst: int, asks: list[tuple[int, float]]
) -> None:
    shared, rate = Shared(), Rate(per_second, burst)
    limiters = [shared.process() for _ in range(processes)]
    granted = 0
    for who, pause in asks:
        shared.now += pause
        granted += tries(limiters[who % processes], rate)
        assert granted <= burst + per_second * shared.now + 1e-6


@pytest.mark.parametrize("processes", [1, 4, 16])
def test_who_keeps_asking_gets_nearly_all(processes: int) -> None:
    shared, rate = Shared(), Rate(100, 200)
    limiters = [shared.process() for _ in range(processes)]
    granted = 0
    for _ in range(5_000):  # five seconds
        shared.now += 0.001
        granted += sum(tries(limiter, rate) for limiter in limiters)
    assert granted >= 0.95 * (200 + 100 * shared.now)


def test_a_busy_process_seldom_asks() -> None:
    shared, rate = Shared(), Rate(10_000, 100_000)
    limiter = shared.process()
    for _ in range(10_000):
        shared.now += 0.0001
        assert tries(limiter, rate)
    assert shared.asked < 200


def test_others_go_on_while_one_asks() -> None:
    shared, rate = Shared(), Rate(10_000, 100_000)
    asking, answer = threading.Event(), threading.Event()
    slow = threading.local()

    def take(*bucket: Any) -> tuple[int, float]:
        if getattr(slow, "here", False):
            asking.set()
            assert answer.wait(10)
        return shared.take(*bucket)

    limiter = Limiter(take, lambda: shared.now)

    def spend_until_it_asks() -> None:
        slow.here = True
        while not asking.is_set():
            assert tries(limiter, rate)

    for _ in range(200):
        assert tries(limiter, rate)
    one = threading.Thread(target=spend_until_it_asks)
    one.start()
    assert asking.wait(10)
    asked = shared.asked
    for _ in range(10):
        assert tries(limiter, rate)
    assert shared.asked == asked
    answer.set()
    one.join()


def test_an_empty_bucket_is_not_asked_again_before_it_has_something() -> None:
    shared, rate = Shared(), Rate(1, 2)
    limiter = shared.process()
    assert [tries(limiter, rate) for _ in range(3)] == [True, True, False]
    asked = shared.asked
    for _ in range(100):
        assert not tries(limiter, rate)
    assert shared.asked == asked
    shared.now += 1.01
    assert tries(limiter, rate)


def test_what_is_told() -> None:
    limiter = Shared().process()
    told = limiter.spend(("principal", "p", Rate(10, 100)), ("day", "d", Rate(0, 1_000)))
    assert told["RateLimit-Policy"] == '"principal";q=100;w=10, "day";q=1000;w=86400'
    assert told["RateLimit"].startswith('"principal";r=99;t=1, "day";r=999;t=')
    for _ in range(99):
        limiter.spend(("principal", "p", Rate(10, 100)))
    with pytest.raises(RateLimitedError) as refused:
        limiter.spend(("principal", "p", Rate(10, 100)))
    assert refused.value.retry_after == 1
    assert '"principal";r=0' in refused.value.told["RateLimit"]


def test_without_a_database_nothing_is_limited() -> None:
    def away(*_: object) -> tuple[int, float]:
        raise UnavailableError("away")

    assert Limiter(away).spend(("workspace", "w", Rate(1, 1))) == {}
