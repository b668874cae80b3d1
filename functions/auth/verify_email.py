"""POST /v1/auth/email-verifications/confirm: an address's link, followed."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import credentials
from statewright.auth.models import LinkToken
from statewright.http import Api

app = Api(permission=None)


@app.post(
    "/v1/auth/email-verifications/confirm",
    status_code=204,
    summary="Verify an e-mail address",
    tags=["auth"],
)
def verify_email(link: Annotated[LinkToken, Body()]) -> None:
    """Takes an address as its owner's, with the secret of a mail."""
    credentials.verify_email(link.token, app.origin())


handler = app.handler()
