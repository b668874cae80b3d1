"""GET /v1/inbox: one's in-app messages."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api, Page
from statewright.notifications import inbox
from statewright.notifications.people_models import InboxItem

app = Api(permission="account:read")


@app.get("/v1/inbox", summary="List one's messages", tags=["notifications"])
def list_inbox(
    unread: Annotated[bool, Query()] = False,
    archived: Annotated[bool, Query()] = False,
    since: Annotated[str | None, Query()] = None,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[InboxItem]:
    """One's in-app messages."""
    return inbox.list_page(
        app.caller(), unread=unread, archived=archived, since=since, cursor=cursor, limit=limit
    )


handler = app.handler()
