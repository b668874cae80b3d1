"""DELETE /v1/members/{user_id}: takes a member out."""

from statewright.auth import members
from statewright.http import Api

app = Api(permission="members:write")


@app.delete("/v1/members/<user_id>", status_code=204, summary="Remove a member", tags=["auth"])
def remove_member(user_id: str) -> None:
    """Removes a member; the account stays."""
    members.remove(app.caller(), user_id)


handler = app.handler()
