"""GET /v1/search: executions, logs and audit events by words."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.analytics import searching
from statewright.analytics.searching import Hit, SearchQuery, Where
from statewright.http import Api, Page

app = Api(permission="analytics:read")


@app.get("/v1/search", summary="Search", tags=["analytics"])
def search(
    words: Annotated[str, Query(max_length=500)] = "",
    kind: Annotated[list[Where] | None, Query()] = None,
    workflow_id: Annotated[str | None, Query()] = None,
    status: Annotated[str | None, Query(max_length=50)] = None,
    since: Annotated[datetime | None, Query()] = None,
    until: Annotated[datetime | None, Query()] = None,
    cursor: Annotated[str | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
) -> Page[Hit]:
    """What fits, the newest first, with excerpts."""
    query = SearchQuery(
        words=words, kinds=kind, workflow_id=workflow_id, status=status, since=since, until=until
    )
    return searching.search(app.caller(), query, cursor, limit)


handler = app.handler()
