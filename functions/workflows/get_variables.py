"""GET /v1/variables: the workspace's variables."""

from statewright.http import Api
from statewright.workflows import variables
from statewright.workflows.models import Variables

app = Api(permission="variables:write")


@app.get("/v1/variables", summary="Show variables", tags=["workflows"])
def get_variables() -> Variables:
    """``$vars``, for whoever may set them: all of them are replaced together."""
    return variables.get(app.caller().workspace_id)


handler = app.handler()
