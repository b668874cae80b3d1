"""POST /v1/auth/second-factor: a secret for an authenticator app."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import second_factor
from statewright.auth.models import Confirmation, TotpEnrolment
from statewright.http import Api

app = Api(permission="account:write")


@app.post(
    "/v1/auth/second-factor", status_code=201, summary="Set up a second factor", tags=["auth"]
)
def enrol_second_factor(confirmation: Annotated[Confirmation, Body()]) -> TotpEnrolment:
    """Makes a secret for an authenticator app; it counts once a code has confirmed it."""
    return second_factor.enrol(app.caller(), confirmation)


handler = app.handler()
