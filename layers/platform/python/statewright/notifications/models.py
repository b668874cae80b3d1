"""The public shapes of sending and tracking."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from statewright.notifications.statuses import Status

Channel = Literal["email", "sms", "push", "in_app", "chat"]
CHANNELS: tuple[Channel, ...] = ("email", "sms", "push", "in_app", "chat")
Priority = Literal["low", "normal", "high", "critical"]
MAX_RECIPIENTS = 10_000
"""The most addresses that one request may come to."""
MAX_ATTACHMENTS = 700_000
"""The most bytes of all attachments of a request, decoded."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")


def is_name(text: str) -> bool:
    """Whether a text can be the name of a template, category or topic."""
    return _NAME.fullmatch(text) is not None


def _name(text: str) -> str:
    if not is_name(text):
        raise ValueError("may have a to z, 0 to 9, '_', '.' and '-' only")
    return text


def _one_line(text: str) -> str:
    if any(ord(character) < 32 or ord(character) == 127 for character in text):
        raise ValueError("must be one line without control characters")
    return text


Name = Annotated[str, AfterValidator(_name)]
Line = Annotated[str, Field(max_length=500), AfterValidator(_one_line)]


class Strict(BaseModel):
    """Refuses fields that it does not know."""

    model_config = ConfigDict(extra="forbid")


class Body(Strict):
    """What a message says. A channel takes the fields that it can show.

    ``subject`` is an e-mail's subject and a push or in-app message's title; ``html`` is for
    e-mails; ``url`` is where a push or in-app message leads; ``data`` goes with a push message.
    """

    subject: Line = ""
    text: Annotated[str, Field(max_length=100_000)] = ""
    html: Annotated[str, Field(max_length=200_000)] | None = None
    url: Annotated[str, Field(max_length=2_000)] | None = None
    data: dict[str, Annotated[str, Field(max_length=1_000)]] = {}

    @model_validator(mode="after")
    def _says_something(self) -> Body:
        if not (self.text.strip() or self.subject.strip() or (self.html or "").strip()):
            raise ValueError("says nothing: give subject, text or html")
        return self


class Attachment(Strict):
    """A file that goes with an e-mail; ``content`` is base64."""

    filename: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
    content_type: Annotated[str, Field(pattern=r"^[\w.+-]{1,60}/[\w.+-]{1,60}$")] = (
        "application/octet-stream"
    )
    content: str

    def size(self) -> int:
        """Bytes, decoded.

        Raises:
            ValueError: it is not base64.
        """
        return len(b64decode(self.content, validate=True))


class Target(Strict):
    """A recipient with data of its own, which goes over the request's."""

    to: str
    data: dict[str, Any] = {}


class NewNotification(Strict):
    """A request to send.

    ``to`` takes ``user:<id>``, ``role:<name>``, ``group:<name or id>``, ``topic:<name>``,
    ``email:<address>``, ``phone:<E.164>``, ``device:<token>`` and ``chat:<provider's name>``; a
    bare e-mail address or phone number is understood too.
    """

    to: Annotated[list[str | Target], Field(min_length=1, max_length=MAX_RECIPIENTS)]
    channels: Annotated[list[Channel], Field(min_length=1, max_length=5)] = ["email"]
    strategy: Literal["all", "fallback"] = "all"
    template: str | None = None
    version: int | None = None
    locale: Annotated[str, Field(max_length=20)] | None = None
    content: Body | None = None
    data: dict[str, Any] = {}
    attachments: Annotated[list[Attachment], Field(max_length=20)] = []
    category: Name | None = None
    priority: Priority = "normal"
    send_at: datetime | None = None
    expires_at: datetime | None = None
    dedup_key: Annotated[str, Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> NewNotification:
        if (self.template is None) == (self.content is None):
            raise ValueError("give either a template or content")
        for moment in (self.send_at, self.expires_at):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("times need an offset, such as 2030-01-31T09:00:00Z")
        if len(set(self.channels)) != len(self.channels):
            raise ValueError("names a channel twice")
        try:
            size = sum(attachment.size() for attachment in self.attachments)
        except ValueError:
            raise ValueError("has an attachment that is not base64") from None
        if size > MAX_ATTACHMENTS:
            raise ValueError(f"has attachments of {size:,} bytes; {MAX_ATTACHMENTS:,} fit")
        return self


class Notification(BaseModel):
    """A request, and how far it is: how many deliveries have which status."""

    id: str
    status: Literal["scheduled", "started", "cancelled"]
    category: str
    priority: Priority
    channels: list[Channel]
    strategy: Literal["all", "fallback"]
    template_id: str | None
    template_version: int | None
    dedup_key: str | None
    created_by: str
    created_at: datetime
    send_at: datetime
    expires_at: datetime | None
    progress: dict[str, int]


class Delivery(BaseModel):
    """One message to one address."""

    id: str
    notification_id: str
    recipient: str
    channel: Channel
    address: str
    status: Status
    reason: str | None
    attempts: int
    due_at: datetime
    provider: str | None
    provider_id: str | None
    updated_at: datetime


class DeliveryEvent(BaseModel):
    """Something that became known of a delivery."""

    at: datetime
    status: str
    detail: str


class DeliveryDetail(Delivery):
    """A delivery with its timeline; ``content`` where it is kept here and nowhere else."""

    content: dict[str, Any] | None
    timeline: list[DeliveryEvent]
