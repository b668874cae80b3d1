"""PUT /v1/roles/{role}: what a role allows."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import custom_roles
from statewright.auth.access_models import Role, RoleChange
from statewright.http import Api

app = Api(permission="access:write")


@app.put("/v1/roles/<role>", summary="Change a role", tags=["auth"])
def update_role(role: str, change: Annotated[RoleChange, Body()]) -> Role:
    """Changes what a role allows, for everybody who has it."""
    return custom_roles.change(app.caller(), role, change)


handler = app.handler()
