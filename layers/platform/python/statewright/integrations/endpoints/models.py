"""The public shapes of webhooks out."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field

from statewright.integrations.connection_kinds import Strict
from statewright.integrations.endpoints import events

Status = Literal["pending", "delivered", "dead"]
_URL = re.compile(r"https?://[^\s/?#@\\]+([/?][^\s#\\]*)?", re.ASCII)


def _url(text: str) -> str:
    if _URL.fullmatch(text) is None:
        raise ValueError("is no http(s) URL without user and fragment")
    return text


def _event(text: str) -> str:
    if not events.known(text):
        raise ValueError(f"is none of {', '.join(events.TYPES)}, no family such as execution.*")
    return text


Url = Annotated[str, Field(max_length=2_000), AfterValidator(_url)]
Event = Annotated[str, Field(max_length=60), AfterValidator(_event)]
Events = Annotated[list[Event], Field(min_length=1, max_length=50)]
Description = Annotated[str, Field(max_length=500)]


class NewWebhook(Strict):
    """An address that wants to hear of events, by their types, families, or ``*``."""

    url: Url
    events: Events = ["*"]
    description: Description = ""


class WebhookChange(Strict):
    """What is to change; what is not given stays."""

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    enabled: bool | None = None


class SecretRotation(Strict):
    """For how many hours the old secret signs beside the new one."""

    overlap_hours: int = Field(default=24, ge=0, le=168)


class ReplayRequest(Strict):
    """Everything that was given up since then is sent again."""

    since: AwareDatetime


class WebhookEndpoint(BaseModel):
    """An endpoint. ``failing_since``: it has taken nothing from then on."""

    id: str
    url: str
    events: list[str]
    description: str
    enabled: bool
    disabled_reason: str | None
    failing_since: datetime | None
    created_at: datetime
    updated_at: datetime


class WebhookWithSecret(WebhookEndpoint):
    """An endpoint with its secret, which is shown this once."""

    secret: str


class WebhookMessage(BaseModel):
    """A message to an endpoint. ``dead``: it was tried over days in vain, or not at all."""

    id: str
    type: str
    status: Status
    attempts: int
    next_at: datetime | None
    created_at: datetime
    settled_at: datetime | None


class WebhookAttempt(BaseModel):
    """A call that was made, or could not be made."""

    at: datetime
    milliseconds: int
    status: int | None
    problem: str | None
    response: str | None


class WebhookMessageDetail(WebhookMessage):
    """A message with what is sent, and every attempt, the oldest first."""

    payload: Any
    tries: list[WebhookAttempt]


class Queued(BaseModel):
    """How many messages are sent now."""

    messages: int
