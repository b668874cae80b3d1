"""GET /v1/cors-origins: which web pages may call the API for the workspace."""

from statewright.gateway import origins
from statewright.http import Api

app = Api(permission="workspace:read")


@app.get("/v1/cors-origins", summary="Show the origins that may call the API", tags=["gateway"])
def get_origins() -> origins.Origins:
    """The origins that browsers may call the API from, for this workspace."""
    return origins.get(app.caller())


handler = app.handler()
