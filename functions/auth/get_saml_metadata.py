"""GET /v1/auth/saml/{provider_id}/metadata: what to give to a SAML provider."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from statewright.auth.sso import saml, saml_flow
from statewright.http import Api

app = Api(permission=None)


@app.get("/v1/auth/saml/<provider_id>/metadata", summary="Show SAML metadata", tags=["auth"])
def get_saml_metadata(provider_id: str) -> Response[Any]:
    """Our entity id, addresses and certificate, as SAML 2.0 metadata."""
    text = saml.metadata(saml_flow.find(provider_id))
    return Response(status_code=200, content_type="application/samlmetadata+xml", body=text)


handler = app.handler()
