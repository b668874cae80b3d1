"""WebSocket routes subscribe, unsubscribe and $default: what a client says."""

from typing import Any

from statewright.live import connections


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Changes what a connection watches, and answers over it."""
    connections.receive(event["requestContext"]["connectionId"], event.get("body") or "")
    return {"statusCode": 200}
