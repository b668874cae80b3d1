"""POST /v1/auth/second-factor/recovery-codes: new recovery codes."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import second_factor
from statewright.auth.models import Confirmation, RecoveryCodes
from statewright.http import Api

app = Api(permission="account:write")


@app.post(
    "/v1/auth/second-factor/recovery-codes",
    status_code=201,
    summary="Make new recovery codes",
    tags=["auth"],
)
def renew_recovery_codes(confirmation: Annotated[Confirmation, Body()]) -> RecoveryCodes:
    """Makes new recovery codes and voids the old ones."""
    return second_factor.renew_codes(app.caller(), confirmation)


handler = app.handler()
