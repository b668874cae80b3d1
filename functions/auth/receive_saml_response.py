"""POST /v1/auth/saml/{provider_id}/acs: a browser brings a SAML response."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from statewright.auth.sso import flow, saml_flow
from statewright.http import Api, form_of, redirect

app = Api(permission=None, validate=False)


@app.post("/v1/auth/saml/<provider_id>/acs", summary="Take a SAML response", tags=["auth"])
def receive_saml_response(provider_id: str) -> Response[Any]:
    """Checks the response (HTTP-POST binding) and redirects into the console."""
    form = form_of(app.current_event)
    url = saml_flow.arrive(
        saml_flow.find(provider_id),
        form.get("SAMLResponse", ""),
        form.get("RelayState", ""),
        app.cookie(flow.cookie_name()),
        app.origin(),
    )
    return redirect(url)


handler = app.handler()
