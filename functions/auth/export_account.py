"""POST /v1/auth/account/export: everything about oneself."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import leaving
from statewright.auth.models import AccountExport, Confirmation
from statewright.http import Api

app = Api(permission="account:read")


@app.post("/v1/auth/account/export", summary="Export one's data", tags=["auth"])
def export_account(confirmation: Annotated[Confirmation, Body()]) -> AccountExport:
    """Everything that the service holds about the caller."""
    return leaving.export(app.caller(), confirmation)


handler = app.handler()
