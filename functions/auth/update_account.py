"""PATCH /v1/auth/account: one's name."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import accounts
from statewright.auth.models import Account, AccountChange
from statewright.http import Api

app = Api(permission="account:write")


@app.patch("/v1/auth/account", summary="Change one's name", tags=["auth"])
def update_account(change: Annotated[AccountChange, Body()]) -> Account:
    """Changes the caller's name."""
    return accounts.change_account(app.caller(), change)


handler = app.handler()
