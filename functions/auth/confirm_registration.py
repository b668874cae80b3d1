"""POST /v1/auth/workspaces/confirm: a registration's link, followed."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import accounts
from statewright.auth.models import LinkToken, Session
from statewright.http import SessionApi

app = SessionApi(permission=None)


@app.post(
    "/v1/auth/workspaces/confirm", status_code=201, summary="Confirm a registration", tags=["auth"]
)
def confirm_registration(link: Annotated[LinkToken, Body()]) -> Session:
    """Makes the workspace that a mail's link was sent for, and signs its owner in."""
    return accounts.confirm_registration(link.token, app.origin())


handler = app.handler()
