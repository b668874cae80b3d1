"""Which provider takes a channel's message: the workspace's account, or what the platform has."""

from __future__ import annotations

from statewright.notifications.providers import kept
from statewright.notifications.providers.base import Account, Outgoing, PermanentError, Taken


def send(channel: str, message: Outgoing, account: Account | None) -> Taken:
    """Hands a message over.

    Raises:
        TransientError: it may work later.
        PermanentError: it will not.
    """
    if channel == "in_app":
        return Taken("inbox", None, "delivered")
    if account is not None:
        return _by_account(message, account)
    if channel == "email":
        from statewright.notifications.providers import email

        return email.send_by_ses(message)
    return kept.keep(message, channel)


def _by_account(message: Outgoing, account: Account) -> Taken:
    """Libraries are imported where they are used: each sender needs one of them, and they are
    large."""
    match account.kind:
        case "smtp":
            from statewright.notifications.providers import email

            return email.send_by_smtp(message, account)
        case "twilio":
            from statewright.notifications.providers import sms

            return sms.send(message, account)
        case "firebase":
            from statewright.notifications.providers import push

            return push.send(message, account)
        case "slack" | "teams" | "discord":
            from statewright.notifications.providers import chat

            return chat.send(message, account)
    raise PermanentError(f"The account is of an unknown kind, {account.kind}.")
