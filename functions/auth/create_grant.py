"""POST /v1/grants: a role for somebody somewhere."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import grants
from statewright.auth.access_models import Grant, NewGrant
from statewright.http import Api

app = Api(permission="access:write")


@app.post("/v1/grants", status_code=201, summary="Grant a role", tags=["auth"])
def create_grant(new: Annotated[NewGrant, Body()]) -> Grant:
    """Grants a role to a user, a group or a service account, on the workspace or a part of it."""
    return grants.create(app.caller(), new)


handler = app.handler()
