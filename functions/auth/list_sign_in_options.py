"""GET /v1/auth/workspaces/{workspace_id}/sign-in-options: what a sign-in page offers."""

from statewright.auth.sso import providers
from statewright.auth.sso.models import SignInOption
from statewright.http import Api

app = Api(permission=None)


@app.get(
    "/v1/auth/workspaces/<workspace_id>/sign-in-options",
    summary="List a workspace's sign-in options",
    tags=["auth"],
)
def list_sign_in_options(workspace_id: str) -> list[SignInOption]:
    """What a workspace's sign-in page offers beside a password."""
    return providers.options(workspace_id)


handler = app.handler()
