"""PUT /v1/identity-providers/{provider_id}: a provider's settings."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth.sso import providers
from statewright.auth.sso.models import NewProvider, Provider
from statewright.http import Api

app = Api(permission="identity:write")


@app.put(
    "/v1/identity-providers/<provider_id>", summary="Change an identity provider", tags=["auth"]
)
def update_identity_provider(provider_id: str, wanted: Annotated[NewProvider, Body()]) -> Provider:
    """Replaces its settings; a client secret that is not given stays."""
    return providers.change(app.caller(), provider_id, wanted)


handler = app.handler()
