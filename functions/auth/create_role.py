"""POST /v1/roles: a role of one's own."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import custom_roles
from statewright.auth.access_models import NewRole, Role
from statewright.http import Api

app = Api(permission="access:write")


@app.post("/v1/roles", status_code=201, summary="Make a role", tags=["auth"])
def create_role(new: Annotated[NewRole, Body()]) -> Role:
    """Makes a role of the workspace's own."""
    return custom_roles.create(app.caller(), new)


handler = app.handler()
