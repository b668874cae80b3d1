"""GET /v1/invitations: who has not answered yet."""

from statewright.auth import invitations
from statewright.auth.access_models import Invitation
from statewright.http import Api

app = Api(permission="members:read")


@app.get("/v1/invitations", summary="List invitations", tags=["auth"])
def list_invitations() -> list[Invitation]:
    """Invitations that wait for an answer."""
    return invitations.list_all(app.caller().workspace_id)


handler = app.handler()
