"""Java's random numbers: on AWS a seed gives those of ``java.util.Random``.

https://docs.oracle.com/javase/8/docs/api/java/util/Random.html
"""

from __future__ import annotations

_MULTIPLIER = 0x5DEECE66D
_MASK = 2**48 - 1


class JavaRandom:
    """A generator with a seed: the same numbers in the same order, always."""

    __slots__ = ("_state",)

    def __init__(self, seed: int):
        self._state = (seed ^ _MULTIPLIER) & _MASK

    def _next(self, bits: int) -> int:
        self._state = (self._state * _MULTIPLIER + 0xB) & _MASK
        return self._state >> (48 - bits)

    def next_double(self) -> float:
        """A number from 0 up to, and without, 1."""
        high = self._next(26) << 27
        return float(high + self._next(27)) / 2**53

    def next_int(self, bound: int) -> int:
        """An integer from 0 up to, and without, ``bound``."""
        if bound & (bound - 1) == 0 and bound < 2**31:
            return (bound * self._next(31)) >> 31
        if bound >= 2**31:  # beyond Java's int
            return int(self.next_double() * bound)
        while True:
            bits = self._next(31)
            value = bits % bound
            if bits - value + (bound - 1) < 2**31:
                return value
