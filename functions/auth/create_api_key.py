"""POST /v1/auth/api-keys: a key for programs, shown once."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import api_keys
from statewright.auth.access_models import ApiKey, NewApiKey
from statewright.http import Api

app = Api(permission="keys:write")


@app.post("/v1/auth/api-keys", status_code=201, summary="Create an API key", tags=["auth"])
def create_api_key(new: Annotated[NewApiKey, Body()]) -> ApiKey:
    """Creates a key for programs. The key itself is shown this once."""
    return api_keys.create(app.caller(), new)


handler = app.handler()
