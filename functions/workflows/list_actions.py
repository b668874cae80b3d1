"""GET /v1/actions: the catalogue of what steps can use."""

from statewright.http import Api
from statewright.workflows import inspecting
from statewright.workflows.inspecting import ActionView

app = Api(permission="workflows:read")


@app.get("/v1/actions", summary="List the actions", tags=["workflows"])
def list_actions() -> list[ActionView]:
    """Every action with the JSON Schemas of its inputs and its result."""
    return inspecting.actions(app.caller().workspace_id)


handler = app.handler()
