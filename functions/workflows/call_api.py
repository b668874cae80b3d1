"""ANY /apis/{workspace_id}/{route+}: a workspace's published APIs, and their description."""

from aws_lambda_powertools.event_handler import Response

from statewright.http import Api
from statewright.workflows.apis import serving

app = Api(permission=None, validate=False)


@app.route(
    "/apis/<workspace_id>/<route>",
    method=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    summary="Call a published workflow",
    tags=["apis"],
)
def call_api(workspace_id: str, route: str) -> Response[str]:
    """Starts the workflow that is published at the route, and answers as its trigger says; or
    shows the workspace's API (`openapi.json`, `docs`), or an execution's result."""
    reply = serving.serve(app.current_event)
    return Response(reply.status, reply.content_type, reply.body, dict(reply.headers))


handler = app.handler()
