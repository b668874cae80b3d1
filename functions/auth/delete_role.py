"""DELETE /v1/roles/{role}: a role that nobody has."""

from statewright.auth import custom_roles
from statewright.http import Api

app = Api(permission="access:write")


@app.delete("/v1/roles/<role>", status_code=204, summary="Delete a role", tags=["auth"])
def delete_role(role: str) -> None:
    """Removes a role that nobody has."""
    custom_roles.delete(app.caller(), role)


handler = app.handler()
