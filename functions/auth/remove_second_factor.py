"""DELETE /v1/auth/second-factor: turns the second factor off."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import second_factor
from statewright.auth.models import Confirmation
from statewright.http import Api

app = Api(permission="account:write")


@app.delete(
    "/v1/auth/second-factor", status_code=204, summary="Turn the second factor off", tags=["auth"]
)
def remove_second_factor(confirmation: Annotated[Confirmation, Body()]) -> None:
    """Turns the second factor off."""
    second_factor.remove(app.caller(), confirmation)


handler = app.handler()
