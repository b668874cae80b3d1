"""DELETE /v1/workflows/{workflow_id}/apis/{version}: ends an earlier API version."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.workflows.apis import managing

app = Api(permission="workflows:write")


@app.delete(
    "/v1/workflows/<workflow_id>/apis/<version>", summary="Retire an API version", tags=["apis"]
)
def retire_api(workflow_id: str, version: str) -> Response[None]:
    """Routes of a version that the workflow has gone on from are served no longer."""
    managing.retire(app.caller().workspace_id, workflow_id, version)
    return Response(204)


handler = app.handler()
