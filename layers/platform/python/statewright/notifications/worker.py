"""A channel's queue: a batch of deliveries."""

from __future__ import annotations

from typing import Any

from statewright import batches
from statewright.notifications import delivering


def deliver(event: dict[str, Any]) -> dict[str, Any]:
    """A channel's batch of deliveries.

    Where what came of them cannot be noted, the batch fails as a whole: it finds them claimed.
    """
    batch = delivering.Batch(record["body"] for record in event["Records"])
    answer = batches.take(event, batch.deliver)
    batch.note()
    return answer
