"""GET /v1/grants: who has which role where."""

from statewright.auth import grants
from statewright.auth.access_models import Grant
from statewright.http import Api

app = Api(permission="access:read")


@app.get("/v1/grants", summary="List grants", tags=["auth"])
def list_grants() -> list[Grant]:
    """Who has which role where, beside the members' own roles."""
    return grants.list_all(app.caller().workspace_id)


handler = app.handler()
