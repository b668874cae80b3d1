"""DELETE /v1/identity-providers/{provider_id}: ends a way to sign in."""

from statewright.auth.sso import providers
from statewright.http import Api

app = Api(permission="identity:write")


@app.delete(
    "/v1/identity-providers/<provider_id>",
    status_code=204,
    summary="Remove an identity provider",
    tags=["auth"],
)
def delete_identity_provider(provider_id: str) -> None:
    """Removes a provider and ends the sessions that it vouched for."""
    providers.delete(app.caller(), provider_id)


handler = app.handler()
