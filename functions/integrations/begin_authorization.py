"""POST /v1/connections/{connection_id}/authorization: where a person agrees."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from statewright.http import Api
from statewright.integrations import authorizations
from statewright.integrations.connection_models import Departure

app = Api(permission="connections:write")


@app.post(
    "/v1/connections/<connection_id>/authorization",
    summary="Authorize a connection",
    tags=["connections"],
)
def begin_authorization(
    connection_id: str, return_to: Annotated[str, Query(max_length=1000)] = "/"
) -> Response[Any]:
    """Answers the address to open, in the browser that asked: its cookie knows it again."""
    url, cookie = authorizations.begin(app.caller(), connection_id, return_to)
    headers: dict[str, str | list[str]] = {"Set-Cookie": cookie, "Cache-Control": "no-store"}
    return Response(200, "application/json", Departure(url=url).model_dump_json(), headers)


handler = app.handler()
