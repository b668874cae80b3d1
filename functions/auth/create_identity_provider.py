"""POST /v1/identity-providers: a way to sign in."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body

from statewright.auth.sso import providers
from statewright.auth.sso.models import NewProvider, Provider
from statewright.http import Api

app = Api(permission="identity:write")


@app.post(
    "/v1/identity-providers", status_code=201, summary="Add an identity provider", tags=["auth"]
)
def create_identity_provider(new: Annotated[NewProvider, Body()]) -> Provider:
    """Adds Google, Microsoft, GitHub, an OpenID Connect issuer or a SAML provider."""
    return providers.create(app.caller(), new)


handler = app.handler()
