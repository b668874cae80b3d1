"""GET /v1/auth/saml/{provider_id}/slo: a SAML provider ends sessions, or answers that it did."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from statewright.auth.sso import saml_flow
from statewright.http import Api, redirect

app = Api(permission=None, validate=False)


@app.get("/v1/auth/saml/<provider_id>/slo", summary="Take a SAML logout message", tags=["auth"])
def receive_saml_logout(provider_id: str) -> Response[Any]:
    """Checks the message (HTTP-Redirect binding), ends sessions, sends the browser on."""
    query = dict(app.current_event.query_string_parameters or {})
    return redirect(saml_flow.arrive_logout(saml_flow.find(provider_id), query, app.origin()))


handler = app.handler()
