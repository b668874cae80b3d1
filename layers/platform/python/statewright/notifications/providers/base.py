"""What every provider is given, gives back, and may fail with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from statewright.notifications.rendering import Rendered


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to hand over. ``id`` is the delivery's, the same at every attempt."""

    id: str
    workspace_id: str
    address: str
    body: Rendered
    category: str
    priority: str
    unsubscribe_url: str | None = None
    attachments: tuple[dict[str, Any], ...] = ()
    round: int = 0
    """How often it was sent before, on somebody's wish."""
    interrupted: bool = False
    """An earlier attempt ended without an answer, so the provider may have the message already."""


@dataclass(frozen=True, slots=True)
class Account:
    """A workspace's account at a provider: settings, and the secret that opens it."""

    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """The provider has it. ``final`` says that no more news will come, such as of the inbox."""

    provider: str
    provider_id: str | None = None
    status: str = "sent"
    content: dict[str, Any] | None = None


class TransientError(Exception):
    """It may work later (transient: try again, after ``retry_after`` seconds if it says so)."""

    def __init__(self, detail: str, retry_after: float | None = None):
        super().__init__(detail)
        self.retry_after = retry_after


class PermanentError(Exception):
    """It will never work (the address's or the content's fault: do not try again).

    Args:
        status: ``failed``, or ``bounced`` where the address does not exist.
        dead: the address is worth nothing any more: a device that is gone, a number that said STOP.
    """

    def __init__(self, detail: str, *, status: str = "failed", dead: str | None = None):
        super().__init__(detail)
        self.status = status
        self.dead = dead
