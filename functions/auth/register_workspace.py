"""POST /v1/auth/workspaces: a new workspace with its owner."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import accounts
from statewright.auth.models import MailSent, Registration, Session
from statewright.http import SessionApi

app = SessionApi(permission=None)


@app.post("/v1/auth/workspaces", status_code=201, summary="Register a workspace", tags=["auth"])
def register_workspace(registration: Annotated[Registration, Body()]) -> Session | MailSent:
    """Creates a workspace with its owner and signs them in, or confirms the address first."""
    return accounts.register(registration, app.origin())


handler = app.handler()
