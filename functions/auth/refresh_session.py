"""POST /v1/auth/sessions/refresh: the next access and refresh token."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import sessions
from statewright.auth.models import Refresh, Session
from statewright.http import SessionApi

app = SessionApi(permission=None)


@app.post("/v1/auth/sessions/refresh", status_code=201, summary="Refresh a session", tags=["auth"])
def refresh_session(refresh: Annotated[Refresh, Body()]) -> Session:
    """Trades a refresh token, which works once, for the next access and refresh token.

    Browsers may leave it out of the body and bring it as a cookie, with `X-Refresh-Token: cookie`.
    """
    return sessions.refresh(refresh.refresh_token or app.refresh_token(), app.origin())


handler = app.handler()
