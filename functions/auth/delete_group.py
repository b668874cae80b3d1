"""DELETE /v1/groups/{group_id}: a group and its grants."""

from statewright.auth import groups
from statewright.http import Api

app = Api(permission="access:write")


@app.delete("/v1/groups/<group_id>", status_code=204, summary="Delete a group", tags=["auth"])
def delete_group(group_id: str) -> None:
    """Removes a group and what was granted to it."""
    groups.delete(app.caller(), group_id)


handler = app.handler()
