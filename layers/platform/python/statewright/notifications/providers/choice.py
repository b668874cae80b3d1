"""Which provider takes a channel's message: the workspace's account, or what the platform has."""

from __future__ import annotations

from statewright.notifications.providers import kept
from statewright.notifications.providers.base import Account, Outgoing, PermanentError, Taken


def send(channel: str, message: Outgoing, account: Account | None) -> Taken:
    """Hands a message over. Libraries are imported where they are used: they are large.

    Raises:
        TransientError: it may work later.
        PermanentError: it will not.
    """
    match channel, None if account is None else account.kind:
        case "in_app", _:
            return Taken("inbox", None, "delivered")
        case "email", None:
            from statewright.notifications.providers import email

            return email.send_by_ses(message)
        case "email", "smtp":
            from statewright.notifications.providers import email

            assert account is not None  # it has a kind
            return email.send_by_smtp(message, account)
        case _, None:
            return kept.keep(message, channel)
    raise PermanentError(f"The account for {channel} is of an unknown kind.")
