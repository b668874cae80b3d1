"""POST /v1/definitions/checks: what is wrong with a definition, and what it compiles to."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.http import Api
from statewright.workflows import inspecting
from statewright.workflows.inspecting import Inspection
from statewright.workflows.models import Draft

app = Api(permission="workflows:read")


@app.post("/v1/definitions/checks", summary="Check a definition", tags=["workflows"])
def check_definition(draft: Annotated[Draft, Body()]) -> Inspection:
    """Checks and compiles a definition as publishing would. Nothing is stored."""
    return inspecting.inspect(app.caller().workspace_id, draft)


handler = app.handler()
