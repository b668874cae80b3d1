"""Nobody's provider: the message stays with its delivery, where it can be read.

For a channel that a workspace has no account for, where the deployment allows it (a machine that
Statewright is tried on); otherwise such a delivery fails and says what is missing.
"""

from __future__ import annotations

from statewright.notifications.providers.base import Outgoing, PermanentError, Taken
from statewright.settings import settings


def keep(message: Outgoing, channel: str) -> Taken:
    """Keeps the message.

    Raises:
        PermanentError: the deployment wants an account.
    """
    if settings().without_provider == "refuse":
        raise PermanentError(f"The workspace has no provider for {channel}.")
    return Taken("outbox", None, content={**message.body.as_content(), "data": message.body.data})
