"""POST /v1/auth/email-verifications: the mail that verifies one's address."""

from statewright.auth import accounts
from statewright.auth.models import MailSent
from statewright.http import Api

app = Api(permission="account:write")


@app.post(
    "/v1/auth/email-verifications",
    status_code=202,
    summary="Verify one's e-mail address again",
    tags=["auth"],
)
def send_email_verification() -> MailSent:
    """Sends the mail that verifies the caller's address once more."""
    return accounts.verify_again(app.caller())


handler = app.handler()
