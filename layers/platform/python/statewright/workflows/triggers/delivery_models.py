"""The public shapes of webhooks' deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

Verdict = Literal["accepted", "duplicate", "challenge", "refused", "rejected", "failed"]


class WebhookDelivery(BaseModel):
    """A call of a webhook, and what became of it.

    ``refused``: the sender did not prove who it is. ``rejected``: the call is not what the webhook
    takes. ``failed``: it could not be started then. ``status`` is what the sender was answered.
    """

    id: str
    trigger_id: str
    received_at: datetime
    verdict: Verdict
    status: int
    reason: str | None
    execution_id: str | None
    replay_of: str | None
    method: str
    address: str
    content_type: str | None
    size: int
    expires_at: datetime


class WebhookDeliveryDetail(WebhookDelivery):
    """The same with headers (credentials are ``***``), query and body, as far as they were kept.

    ``body`` is text, or ``{content_type size base64}``.
    """

    headers: dict[str, str]
    query: dict[str, str]
    body: Any
    truncated: bool


class Replayed(BaseModel):
    """A delivery that was sent once more: what it is called now, and what it has started."""

    delivery_id: str
    execution_id: str
