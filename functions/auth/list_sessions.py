"""GET /v1/auth/sessions: one's sessions."""

from statewright.auth import sessions
from statewright.auth.models import SessionInfo
from statewright.http import Api

app = Api(permission="account:read")


@app.get("/v1/auth/sessions", summary="List one's sessions", tags=["auth"])
def list_sessions() -> list[SessionInfo]:
    """The caller's sessions, the newest first."""
    return sessions.list_own(app.caller())


handler = app.handler()
