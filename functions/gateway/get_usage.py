"""GET /v1/usage: the workspace's plan, and what is left of it."""

from statewright.gateway import usage
from statewright.http import Api

app = Api(permission="workspace:read")


@app.get("/v1/usage", summary="Show the plan and what is left of it", tags=["gateway"])
def get_usage() -> usage.Usage:
    """Rate limits and today's quota of the workspace, and of who asks."""
    return usage.show(app.caller())


handler = app.handler()
