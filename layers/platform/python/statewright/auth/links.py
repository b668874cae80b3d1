"""What one-time secrets are for, and how long each works."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class Use(StrEnum):
    """One kind of secret; it opens nothing of another kind."""

    REGISTRATION = "registration"
    REGISTRATION_LINK = "registration-link"
    PASSWORD_RESET = "password-reset"
    EMAIL_VERIFICATION = "email-verification"
    INVITATION = "invitation"
    SECOND_FACTOR = "second-factor"
    SECURITY_KEY = "security-key"
    SIGN_IN_STATE = "sign-in-state"
    SIGN_IN_CODE = "sign-in-code"
    CONNECTION = "connection"

    @property
    def lifetime(self) -> timedelta:
        """How long a secret of this kind works."""
        return _LIFETIMES[self]


_LIFETIMES = {
    Use.REGISTRATION: timedelta(hours=24),
    Use.REGISTRATION_LINK: timedelta(hours=24),
    Use.PASSWORD_RESET: timedelta(hours=1),
    Use.EMAIL_VERIFICATION: timedelta(hours=24),
    Use.INVITATION: timedelta(days=7),
    Use.SECOND_FACTOR: timedelta(minutes=10),
    Use.SECURITY_KEY: timedelta(minutes=10),
    Use.SIGN_IN_STATE: timedelta(minutes=10),
    Use.SIGN_IN_CODE: timedelta(minutes=1),
    Use.CONNECTION: timedelta(minutes=30),
}
