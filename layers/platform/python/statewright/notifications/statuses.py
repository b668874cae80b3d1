"""What becomes of a delivery. The one place that says which state may follow which.

A delivery is ``queued`` until a sender claims it (``sending``), and then ``sent`` once a provider
has taken it. Providers tell the rest later, in any order and more than once: ``delivered``,
``opened``, ``clicked``, ``bounced``, ``complained``, or ``failed`` after all. So each status has a
rank, and a delivery only ever goes up: an old piece of news changes nothing but the timeline.

``held`` waits for a digest and ends as ``digested``. What is never handed to a provider ends as
``suppressed`` (somebody does not want it, or nobody could get it), ``expired`` or ``cancelled``.
"""

from __future__ import annotations

from typing import Literal

Status = Literal[
    "queued",
    "held",
    "sending",
    "sent",
    "delivered",
    "opened",
    "clicked",
    "digested",
    "suppressed",
    "expired",
    "cancelled",
    "failed",
    "bounced",
    "complained",
]
_RANK: dict[str, int] = {
    "queued": 0,
    "held": 0,
    "sending": 1,
    "sent": 2,
    "delivered": 3,
    "opened": 4,
    "clicked": 5,
    "digested": 9,
    "suppressed": 9,
    "expired": 9,
    "cancelled": 9,
    "failed": 6,
    "bounced": 7,
    "complained": 8,
}
PENDING = frozenset({"queued", "held", "sending"})
"""Nobody knows yet what becomes of it."""
UNREACHED = frozenset({"failed", "bounced", "suppressed"})
"""It did not get there: another channel may."""


def advances(current: str, news: str) -> bool:
    """Whether news of a status changes a delivery that has another."""
    return _RANK[news] > _RANK[current]
