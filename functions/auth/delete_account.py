"""DELETE /v1/auth/account: one's account, for good."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import leaving
from statewright.auth.models import Confirmation
from statewright.http import Api

app = Api(permission="account:write")


@app.delete("/v1/auth/account", status_code=204, summary="Delete one's account", tags=["auth"])
def delete_account(confirmation: Annotated[Confirmation, Body()]) -> None:
    """Deletes the caller's account, and the workspaces that nobody else is in."""
    leaving.delete(app.caller(), confirmation)


handler = app.handler()
