"""The WebSocket API's Lambda authorizer: a client's token to its caller."""

from typing import Any

from statewright.auth.gate import allow
from statewright.auth.identify import identify
from statewright.errors import UnauthenticatedError
from statewright.live.admission import token_of


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers API Gateway's REQUEST authorizer request, made when a connection begins."""
    try:
        caller = identify(token_of(event.get("headers") or {}))
    except UnauthenticatedError as error:
        # API Gateway answers 401 to exactly this message, and 500 to any other.
        raise Exception("Unauthorized") from error
    return allow(event["methodArn"], caller)
