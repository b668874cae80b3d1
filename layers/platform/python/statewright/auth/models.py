"""The public shapes of accounts, sign-in and sessions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)


def as_email(text: str) -> str | None:
    """A text as an e-mail address in the form that accounts have; None where it is none."""
    name, at, host = text.strip().lower().rpartition("@")
    if not (at and name and host and " " not in text.strip() and len(text) <= 254):
        return None
    return f"{name}@{host}"


def _email(text: str) -> str:
    found = as_email(text)
    if found is None:
        raise ValueError("is not an e-mail address")
    return found


Email = Annotated[str, AfterValidator(_email)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
NewPassword = Annotated[
    str, StringConstraints(min_length=12, max_length=128, strip_whitespace=False)
]
Password = Annotated[str, StringConstraints(max_length=200, strip_whitespace=False)]
"""A password that is to be checked. Of a password nothing is taken away, spaces neither."""
Secret = Annotated[str, Field(min_length=1, max_length=300)]


class Input(BaseModel):
    """A request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Registration(Input):
    """A new workspace with its owner."""

    workspace: Name
    email: Email
    name: Name
    password: NewPassword


class MailSent(BaseModel):
    """What was asked for goes on in a mail, if the address is right."""

    status: str = "mail-sent"


class LinkToken(Input):
    """The secret of a link in a mail."""

    token: Secret


class Credentials(Input):
    """A sign-in. ``workspace_id`` is needed only by members of several workspaces."""

    email: Email
    password: Password
    workspace_id: str | None = None


class Challenge(BaseModel):
    """The password is right; the second factor is asked for next."""

    challenge: str
    methods: list[str]
    expires_at: datetime


class SecondStep(Input):
    """The answer to a challenge: a code of the authenticator app, a recovery code, or what a
    security key signed (``navigator.credentials.get``, as JSON)."""

    challenge: Secret
    code: str | None = Field(default=None, min_length=6, max_length=40)
    credential: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.code is None) == (self.credential is None):
            raise ValueError("send either a code or a credential")
        return self


class StepQuestion(Input):
    """The challenge that a security key is to answer."""

    challenge: Secret


class Session(BaseModel):
    """A session. Send ``token`` as ``Authorization: Bearer …``; when it ends, trade
    ``refresh_token`` (which works once) for the next pair. ``must_enrol``: the workspace wants a
    second factor; until it is set up, nothing else is allowed. A request with the header
    ``X-Refresh-Token: cookie`` gets the refresh token as a cookie, and an empty text here."""

    token: str
    expires_at: datetime
    refresh_token: str
    session_id: str
    workspace_id: str
    user_id: str
    role: str
    must_enrol: bool = False


class Refresh(Input):
    """A refresh token; None where the browser brings it as a cookie."""

    refresh_token: Secret | None = None


class SessionInfo(BaseModel):
    """A session in the list of one's sessions. ``current`` is the one that asks."""

    id: str
    workspace_id: str
    workspace: str
    method: str
    second_factor: bool
    user_agent: str
    address: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool


class Account(BaseModel):
    """Who one is, and what one may do in the workspace."""

    user_id: str
    email: str
    email_verified: bool
    name: str
    second_factor: bool
    has_password: bool
    workspace_id: str
    workspace: str
    role: str
    permissions: list[str]


class AccountChange(Input):
    """What one may change of one's account at any time."""

    name: Name


class PasswordChange(Input):
    """A new password, with the present one."""

    current: Password
    password: NewPassword


class Address(Input):
    """An e-mail address."""

    email: Email


class PasswordReset(Input):
    """A new password, with the secret of the mail that was asked for."""

    token: Secret
    password: NewPassword


class EmailChange(Input):
    """A new e-mail address, with the present password."""

    email: Email
    password: Password


class Confirmation(Input):
    """The password again, for what cannot be undone or weakens the account."""

    password: Password


class WorkspaceName(Input):
    """A workspace's name."""

    name: Name


class Membership(BaseModel):
    """A workspace that one belongs to."""

    workspace_id: str
    workspace: str
    role: str


class AccountExport(BaseModel):
    """Everything that the service holds about a person."""

    account: dict[str, Any]
    memberships: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
    api_keys: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    grants: list[dict[str, Any]]
    security_keys: list[dict[str, Any]]
    identities: list[dict[str, Any]]
    provisioned: list[dict[str, Any]]
    notification_profiles: list[dict[str, Any]]
    notification_preferences: list[dict[str, Any]]
    notification_devices: list[dict[str, Any]]
    notification_subscriptions: list[dict[str, Any]]
    inbox: list[dict[str, Any]]
    deliveries: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    audit_events: list[dict[str, Any]]


class TotpEnrolment(BaseModel):
    """What to put into an authenticator app; ``uri`` is for its QR code."""

    secret: str
    uri: str


class TotpCode(Input):
    """A code of the authenticator app."""

    code: str = Field(min_length=6, max_length=10)


class RecoveryCodes(BaseModel):
    """Codes that stand in for the app, each once. Shown this once."""

    codes: list[str]


class Ceremony(BaseModel):
    """What a browser asks a device with: ``options`` are those of ``navigator.credentials`` as JSON
    (``parseCreationOptionsFromJSON``). Its answer comes back with ``ceremony``."""

    ceremony: str
    options: dict[str, Any]
    expires_at: datetime


class NewSecurityKey(Input):
    """A device's answer (``navigator.credentials.create``, as JSON)."""

    ceremony: Secret
    name: Name
    credential: dict[str, Any]


class SecurityKey(BaseModel):
    """A device that signs its owner in, beside the password."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


class SecurityKeyAdded(BaseModel):
    """The device; with the first second factor come recovery codes, shown this once."""

    key: SecurityKey
    recovery_codes: list[str] | None
