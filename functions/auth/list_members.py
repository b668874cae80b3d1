"""GET /v1/members: who belongs to the workspace."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.auth import members
from statewright.auth.access_models import Member
from statewright.http import Api, Page

app = Api(permission="members:read")


@app.get("/v1/members", summary="List members", tags=["auth"])
def list_members(
    cursor: Annotated[str | None, Query()] = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Page[Member]:
    """Members by e-mail address."""
    return members.list_page(app.caller().workspace_id, cursor, limit)


handler = app.handler()
