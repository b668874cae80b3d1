"""Schedule: tells of connections whose credentials end soon, once a day."""

from typing import Any

from statewright.integrations import connection_expiry


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Sends the notices; each goes out once however often this runs."""
    return {"connections": connection_expiry.tell()}
