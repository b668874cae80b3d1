"""WebSocket route $disconnect: a connection is over."""

from typing import Any

from statewright.live import connections


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Forgets the connection with its subscriptions."""
    connections.disconnect(event["requestContext"]["connectionId"])
    return {"statusCode": 200}
