"""DELETE /v1/grants/{grant_id}: takes a role back."""

from statewright.auth import grants
from statewright.http import Api

app = Api(permission="access:write")


@app.delete("/v1/grants/<grant_id>", status_code=204, summary="Take a grant back", tags=["auth"])
def delete_grant(grant_id: str) -> None:
    """Takes a grant back."""
    grants.delete(app.caller(), grant_id)


handler = app.handler()
