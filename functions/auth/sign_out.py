"""POST /v1/auth/sign-out: ends the session, here and at the identity provider."""

from statewright.auth.sso import saml_flow
from statewright.auth.sso.models import SignOut
from statewright.http import SessionApi

app = SessionApi(permission="account:write", ends=True)


@app.post("/v1/auth/sign-out", summary="Sign out, at the provider too", tags=["auth"])
def sign_out() -> SignOut:
    """Ends the caller's session and says where to go on to sign out at a SAML provider."""
    return saml_flow.sign_out(app.caller())


handler = app.handler()
