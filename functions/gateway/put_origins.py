"""PUT /v1/cors-origins: lets web pages of other origins call the API for the workspace."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.gateway import origins
from statewright.http import Api

app = Api(permission="workspace:write")


@app.put("/v1/cors-origins", summary="Set the origins that may call the API", tags=["gateway"])
def put_origins(wanted: Annotated[origins.Origins, Body()]) -> origins.Origins:
    """Replaces the list. Every process knows within five seconds."""
    return origins.put(app.caller(), wanted)


handler = app.handler()
