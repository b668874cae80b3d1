"""WebSocket route $connect: a connection begins."""

from typing import Any

from statewright.errors import StatewrightError
from statewright.live import connections
from statewright.live.admission import chosen


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Notes the connection; any other status than 200 refuses it."""
    request = event["requestContext"]
    try:
        connections.connect(request["connectionId"], request["authorizer"])
    except StatewrightError as error:
        return {"statusCode": error.status, "body": error.detail}
    return {"statusCode": 200, "headers": chosen(event.get("headers") or {})}
