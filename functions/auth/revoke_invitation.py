"""DELETE /v1/invitations/{invitation_id}: takes an invitation back."""

from statewright.auth import invitations
from statewright.http import Api

app = Api(permission="members:write")


@app.delete(
    "/v1/invitations/<invitation_id>",
    status_code=204,
    summary="Revoke an invitation",
    tags=["auth"],
)
def revoke_invitation(invitation_id: str) -> None:
    """Takes an invitation back."""
    invitations.revoke(app.caller(), invitation_id)


handler = app.handler()
