"""The letters of the auth service. Each link's secret stands behind ``#``, which no server logs."""

from __future__ import annotations

from dataclasses import dataclass

from statewright.settings import settings


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to send."""

    to: str
    subject: str
    text: str


def _link(page: str, secret: str) -> str:
    return f"{settings().base_url}/{page}#token={secret}"


def registration(to: str, secret: str) -> Letter:
    """Somebody wants to register with this address."""
    text = (
        "Somebody, presumably you, wants to register a Statewright workspace with this address.\n"
        f"Go on here within a day: {_link('register', secret)}\n\n"
        "If it was not you, do nothing: no account will be made."
    )
    return Letter(to, "Confirm your address", text)


def known_address(to: str) -> Letter:
    """The same, where the address has an account."""
    text = (
        "Somebody, presumably you, wants to register a Statewright workspace with this address.\n"
        f"You have an account already: sign in at {settings().base_url}/sign-in and make the\n"
        "workspace there, or reset your password. If it was not you, do nothing."
    )
    return Letter(to, "You have an account", text)


def password_reset(to: str, secret: str) -> Letter:
    """Somebody wants a new password."""
    text = (
        f"Choose a new password within an hour: {_link('reset-password', secret)}\n\n"
        "If you did not ask for this, do nothing: your password stays as it is."
    )
    return Letter(to, "Reset your password", text)


def email_verification(to: str, secret: str) -> Letter:
    """An address is to be verified."""
    text = (
        f"Confirm that this address is yours within a day: {_link('verify-email', secret)}\n\n"
        "If you do not have a Statewright account, do nothing."
    )
    return Letter(to, "Confirm your address", text)


def invitation(to: str, workspace: str, inviter: str | None, secret: str) -> Letter:
    """Somebody is invited."""
    who = inviter or "Somebody"
    text = (
        f"{who} invites you to the workspace '{workspace}'.\n"
        f"Join within a week: {_link('accept-invitation', secret)}"
    )
    return Letter(to, f"Join '{workspace}'", text)


_NOTICES = {
    "password_changed": "Your password was changed.",
    "email_changed": "The e-mail address of your account was changed; this one is out of use.",
    "second_factor_on": "Signing in to your account now needs your authenticator app.",
    "second_factor_off": "Signing in to your account needs your password only.",
    "security_key_added": "A security key was added to your account.",
    "security_key_removed": "A security key was taken from your account.",
    "recovery_code_used": "A recovery code was used to sign in to your account.",
    "recovery_codes_made": "New recovery codes were made for your account; earlier ones are void.",
    "deactivated": "Your account was deactivated. Resetting your password opens it again.",
}


def notice(to: str, what: str) -> Letter:
    """Something about one's account has changed."""
    text = (
        f"{_NOTICES[what]}\n\nIf it was not you, reset your password at "
        f"{settings().base_url}/forgot-password and sign out everywhere."
    )
    return Letter(to, "Your account has changed", text)
