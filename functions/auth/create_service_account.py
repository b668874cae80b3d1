"""POST /v1/service-accounts: an account for a program."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth import service_accounts
from statewright.auth.access_models import NewServiceAccount, ServiceAccount
from statewright.http import Api

app = Api(permission="service-accounts:write")


@app.post(
    "/v1/service-accounts", status_code=201, summary="Create a service account", tags=["auth"]
)
def create_service_account(new: Annotated[NewServiceAccount, Body()]) -> ServiceAccount:
    """Makes an account for a program; create API keys for it next."""
    return service_accounts.create(app.caller(), new)


handler = app.handler()
