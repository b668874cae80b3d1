"""The local cloud's clock."""

from __future__ import annotations

import time


class SystemClock:
    """The machine's time."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000
