"""PUT /v1/auth/account/email: one's address, once confirmed."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import credentials
from statewright.auth.models import EmailChange, MailSent
from statewright.http import Api

app = Api(permission="account:write")


@app.put(
    "/v1/auth/account/email", status_code=202, summary="Change one's e-mail address", tags=["auth"]
)
def change_email(change: Annotated[EmailChange, Body()]) -> MailSent:
    """Sends a mail to the new address; it counts once its link was followed."""
    return credentials.change_email(app.caller(), change)


handler = app.handler()
