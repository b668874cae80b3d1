"""The public shapes of a workspace's accounts at providers, limits and suppressions."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, field_validator

from statewright.notifications.models import Channel, Line, Name, Strict

MAX_SECRET = 4_000
"""The most bytes of a secret: what KMS seals at once."""


def _url(text: str) -> str:
    if not text.startswith(("https://", "http://")) or any(c.isspace() for c in text):
        raise ValueError("is no URL")
    return text.rstrip("/")


Url = Annotated[str, Field(max_length=1_000), AfterValidator(_url)]
Secret = Annotated[str, Field(max_length=MAX_SECRET)]


class SmtpAccount(Strict):
    """A mail server of one's own."""

    kind: Literal["smtp"]
    host: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[\w.:-]+$")]
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Line = ""
    sender: Annotated[str, Field(pattern=r"^[^\r\n]*[^@\s]+@[^@\s]+$", max_length=320)]
    secret: Secret = ""


class TwilioAccount(Strict):
    """An account at Twilio; the secret is its auth token. ``api_base`` is for servers that speak
    Twilio's API."""

    kind: Literal["twilio"]
    account_sid: Annotated[str, Field(pattern=r"^AC[0-9a-zA-Z]{1,64}$")]
    sender: Annotated[str, Field(pattern=r"^\+?[0-9A-Za-z ]{1,20}$")] | None = None
    messaging_service_sid: Annotated[str, Field(pattern=r"^MG\w{1,64}$")] | None = None
    api_base: Url | None = None
    secret: Annotated[Secret, Field(min_length=1)]

    @field_validator("messaging_service_sid")
    @classmethod
    def _someone_sends(cls, value: str | None, info: Any) -> str | None:
        if value is None and info.data.get("sender") is None:
            raise ValueError("give a sender or a messaging_service_sid")
        return value

    model_config = {**Strict.model_config, "validate_default": True}


class FirebaseAccount(Strict):
    """A Firebase project; the secret is the JSON text of a service account's key."""

    kind: Literal["firebase"]
    api_base: Url | None = None
    secret: Annotated[Secret, Field(min_length=1)]

    @field_validator("secret")
    @classmethod
    def _is_a_key(cls, text: str) -> str:
        try:
            key = json.loads(text)
            complete = key["type"] == "service_account" and all(
                isinstance(key[name], str)
                for name in ("project_id", "private_key", "client_email", "token_uri")
            )
        except (ValueError, KeyError, TypeError):
            complete = False
        if not complete:
            raise ValueError("is not the JSON text of a service account's key")
        return text


class ChatAccount(Strict):
    """A chat's incoming webhook; the secret is its address."""

    kind: Literal["slack", "teams", "discord"]
    secret: Url


class ProviderAccount(Strict):
    """An account to be used for a channel."""

    account: Annotated[
        SmtpAccount | TwilioAccount | FirebaseAccount | ChatAccount, Field(discriminator="kind")
    ]


class Provider(BaseModel):
    """A workspace's account, without its secret."""

    channel: Channel
    name: str
    kind: str
    settings: dict[str, Any]
    updated_at: datetime


class Limit(Strict):
    """How many messages of a channel one address gets in a day."""

    channel: Channel
    daily_cap: Annotated[int, Field(ge=0, le=1_000_000)]


class Limits(Strict):
    """A workspace's limits; channels that are not named have none."""

    limits: Annotated[list[Limit], Field(max_length=5)] = []


class NewSuppression(Strict):
    """An address that is to get nothing of a category (``*``: of all) any more."""

    channel: Literal["email", "sms"]
    address: Annotated[str, Field(min_length=3, max_length=320, pattern=r"^\S+$")]
    category: Name | Literal["*"] = "*"


class Suppression(BaseModel):
    """An address that gets nothing, and why."""

    channel: str
    address: str
    category: str
    reason: str
    created_at: datetime


class Statistic(BaseModel):
    """How many deliveries of a channel, template and category have a status."""

    channel: Channel
    template: str | None
    category: str
    status: str
    count: int
