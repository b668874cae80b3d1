"""Schedule: forgets keys and deliveries whose time is over, and gives away turns that were left."""

from typing import Any

from statewright.workflows.triggers import deliveries, keys, turns


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Tidies up; what is in order stays as it is."""
    forgotten = {"keys": keys.forget_expired(), "deliveries": deliveries.forget_expired()}
    return {**forgotten, "lines": turns.repair()}
