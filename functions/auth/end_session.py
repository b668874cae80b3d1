"""DELETE /v1/auth/sessions/{session_id}: signs out."""

from statewright.auth import sessions
from statewright.http import Api

app = Api(permission="account:write")


@app.delete(
    "/v1/auth/sessions/<session_id>", status_code=204, summary="End a session", tags=["auth"]
)
def end_session(session_id: str) -> None:
    """Signs out: ends one of the caller's sessions; 'current' is the one that asks."""
    sessions.end(app.caller(), session_id)


handler = app.handler()
