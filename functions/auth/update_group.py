"""PUT /v1/groups/{group_id}: a group's name and members."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import groups
from statewright.auth.access_models import Group, GroupContent
from statewright.http import Api

app = Api(permission="access:write")


@app.put("/v1/groups/<group_id>", summary="Change a group", tags=["auth"])
def update_group(group_id: str, content: Annotated[GroupContent, Body()]) -> Group:
    """Replaces a group's name and members."""
    return groups.change(app.caller(), group_id, content)


handler = app.handler()
