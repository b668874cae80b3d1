"""When a delivery that failed for now is tried again."""

from __future__ import annotations

from datetime import timedelta

MAX_ATTEMPTS = 6
_FIRST_SECONDS = 2.0
_LONGEST = timedelta(hours=1)
_LONGEST_ASKED = timedelta(hours=24)


def delay(attempt: int, asked: float | None) -> timedelta | None:
    """How long to wait after an attempt (the first is 1); None when it was the last.

    Args:
        asked: the seconds that the provider asks for (``Retry-After``); it is never called earlier.
    """
    if attempt >= MAX_ATTEMPTS:
        return None
    own = min(_LONGEST, timedelta(seconds=_FIRST_SECONDS * 4 ** (attempt - 1)))
    return own if asked is None else max(own, min(timedelta(seconds=asked), _LONGEST_ASKED))
