"""POST /v1/auth/api-keys: creates an API key."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import accounts
from statewright.auth.models import ApiKey, NewApiKey
from statewright.http import Api

app = Api(permission="keys:write")


@app.post("/v1/auth/api-keys", status_code=201, summary="Create an API key", tags=["auth"])
def create_api_key(new: Annotated[NewApiKey, Body()]) -> ApiKey:
    """Creates a key for programs. The key itself is shown this once."""
    caller = app.caller()
    return accounts.create_api_key(caller.workspace_id, caller.user_id, caller.role, new)


handler = app.handler()
