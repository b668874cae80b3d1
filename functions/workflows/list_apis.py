"""GET /v1/apis: the routes of the workspace's published workflows."""

from statewright.http import Api
from statewright.workflows.apis import managing
from statewright.workflows.apis.managing import Apis

app = Api(permission="workflows:read")


@app.get("/v1/apis", summary="List published APIs", tags=["apis"])
def list_apis() -> Apis:
    """Every route with its method, version, workflow, and who may call it."""
    return managing.list_apis(app.caller().workspace_id)


handler = app.handler()
