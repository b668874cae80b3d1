"""POST /v1/auth/invitations/accept: joins a workspace by a mail's link."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import invitations
from statewright.auth.access_models import Acceptance
from statewright.auth.models import Challenge, Session
from statewright.http import SessionApi

app = SessionApi(permission=None)


@app.post(
    "/v1/auth/invitations/accept", status_code=201, summary="Accept an invitation", tags=["auth"]
)
def accept_invitation(answer: Annotated[Acceptance, Body()]) -> Session | Challenge:
    """Joins the workspace with the account of the address, or a new one, and signs in."""
    return invitations.accept(answer, app.origin())


handler = app.handler()
