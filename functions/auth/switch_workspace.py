"""POST /v1/auth/workspaces/{workspace_id}/sessions: a session in another workspace."""

from statewright.auth import sign_in
from statewright.auth.models import Session
from statewright.http import SessionApi

app = SessionApi(permission="account:write")


@app.post(
    "/v1/auth/workspaces/<workspace_id>/sessions",
    status_code=201,
    summary="Switch to another workspace",
    tags=["auth"],
)
def switch_workspace(workspace_id: str) -> Session:
    """Begins a session in another workspace of the caller's."""
    return sign_in.switch(app.caller(), workspace_id)


handler = app.handler()
