"""DELETE /v1/auth/sessions: signs out everywhere."""

from statewright.auth import sessions
from statewright.http import Api

app = Api(permission="account:write")


@app.delete("/v1/auth/sessions", status_code=204, summary="Sign out everywhere", tags=["auth"])
def end_all_sessions() -> None:
    """Ends all of the caller's sessions."""
    sessions.end_all(app.caller())


handler = app.handler()
