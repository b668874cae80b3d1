"""POST /v1/auth/password-resets: a mail, if there is such an account."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import credentials
from statewright.auth.models import Address, MailSent
from statewright.http import Api

app = Api(permission=None)


@app.post(
    "/v1/auth/password-resets", status_code=202, summary="Ask for a password reset", tags=["auth"]
)
def ask_password_reset(address: Annotated[Address, Body()]) -> MailSent:
    """Sends a mail if the address has an account; the answer does not tell."""
    return credentials.ask_reset(address.email, app.origin())


handler = app.handler()
