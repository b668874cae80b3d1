"""How many requests may wait for news at once in one process.

In Lambda a process answers one request at a time. The local cloud's answers many with a bounded
number of threads, and those who wait must leave some for the others.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PLACES = 8
_free = threading.BoundedSemaphore(PLACES)


@contextmanager
def place() -> Iterator[bool]:
    """Whether there is room to wait, for as long as this lasts."""
    taken = _free.acquire(blocking=False)
    try:
        yield taken
    finally:
        if taken:
            _free.release()
