"""When a message is tried again: over three days, as Standard Webhooks recommends.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
"""

from __future__ import annotations

from datetime import timedelta

_WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MOST_ATTEMPTS = len(_WAITS) + 1
LASTING = timedelta(days=5)
"""An endpoint that has taken nothing for so long is turned off."""
_JITTER = 0.1
_LONGEST_ASKED = timedelta(hours=24)


def wait(attempt: int, chance: float, asked: float | None = None) -> timedelta | None:
    """How long to wait after an attempt (the first is 1); None when it was the last.

    Args:
        chance: from 0 to 1: so far into the tenth that is added, lest all come back at once.
        asked: the seconds that the endpoint asks for (``Retry-After``): it is not called earlier.
    """
    if attempt >= MOST_ATTEMPTS:
        return None
    own = _WAITS[attempt - 1] * (1 + _JITTER * chance)
    if asked is None:
        return own
    return max(own, min(timedelta(seconds=asked), _LONGEST_ASKED))
