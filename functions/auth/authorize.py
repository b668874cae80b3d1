"""The API's Lambda authorizer: a bearer token (session or API key) to workspace, user and role."""

from typing import Any

from statewright.auth import accounts
from statewright.auth.gate import allow, bearer_of
from statewright.errors import UnauthenticatedError


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers API Gateway's TOKEN authorizer request.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
    """
    try:
        caller = accounts.identify(bearer_of(event["authorizationToken"]))
    except UnauthenticatedError as error:
        # API Gateway answers 401 to exactly this message, and 500 to any other.
        raise Exception("Unauthorized") from error
    return allow(event["methodArn"], caller)
