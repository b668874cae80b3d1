"""The API's Lambda authorizer: a bearer token (access token or API key) to its caller."""

from typing import Any

from statewright.auth.gate import allow, bearer_of
from statewright.auth.identify import identify
from statewright.errors import UnauthenticatedError


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers API Gateway's TOKEN authorizer request.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
    """
    try:
        caller = identify(bearer_of(event["authorizationToken"]))
    except UnauthenticatedError as error:
        # API Gateway answers 401 to exactly this message, and 500 to any other.
        raise Exception("Unauthorized") from error
    return allow(event["methodArn"], caller)
