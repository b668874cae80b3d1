"""PUT /v1/variables: replaces the workspace's variables."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows import variables
from statewright.workflows.models import Variables

app = Api(permission="variables:write")


@app.put("/v1/variables", summary="Set variables", tags=["workflows"])
def put_variables(new: Annotated[Variables, Body()]) -> Variables:
    """Replaces ``$vars`` for executions to come; a busy webhook notices within a second."""
    return variables.replace(app.caller().workspace_id, new)


handler = app.handler()
