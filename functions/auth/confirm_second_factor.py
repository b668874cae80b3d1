"""POST /v1/auth/second-factor/confirm: turns the second factor on."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import second_factor
from statewright.auth.models import RecoveryCodes, TotpCode
from statewright.http import Api

app = Api(permission="account:write")


@app.post("/v1/auth/second-factor/confirm", summary="Turn the second factor on", tags=["auth"])
def confirm_second_factor(code: Annotated[TotpCode, Body()]) -> RecoveryCodes:
    """Turns the second factor on and gives recovery codes, which are shown this once."""
    return second_factor.confirm(app.caller(), code)


handler = app.handler()
