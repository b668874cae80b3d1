"""Amazon API Gateway's WebSocket connections.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
"""

from __future__ import annotations

from botocore.exceptions import ClientError

from statewright.aws.clients import client, error_code, mapped
from statewright.settings import settings

_GONE = {"GoneException", "ForbiddenException", "BadRequestException"}


def post(connection_id: str, data: bytes) -> bool:
    """Sends a message to a client.

    Returns:
        False where the connection is over.
    """
    connections = client("apigatewaymanagementapi", settings().live_endpoint)
    with mapped("API Gateway"):
        try:
            connections.post_to_connection(ConnectionId=connection_id, Data=data)
        except ClientError as error:
            if error_code(error) in _GONE:
                return False
            raise
    return True
