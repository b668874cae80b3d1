"""POST /v1/groups: a group of members."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import groups
from statewright.auth.access_models import Group, GroupContent
from statewright.http import Api

app = Api(permission="access:write")


@app.post("/v1/groups", status_code=201, summary="Make a group", tags=["auth"])
def create_group(content: Annotated[GroupContent, Body()]) -> Group:
    """Makes a group of members."""
    return groups.create(app.caller(), content)


handler = app.handler()
