"""The public shapes of what people decide for themselves: inbox, preferences, devices, topics."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, Field, model_validator

from statewright.notifications.models import Name, Strict
from statewright.notifications.template_models import Locale

Mode = Literal["instant", "hourly", "daily", "off"]
_CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


def _time_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no time zone, such as 'Europe/Vienna'")
    return ZoneInfo(name).key


class Profile(Strict):
    """How somebody is reached. Quiet hours hold e-mail, SMS and push back; they may go over
    midnight. ``digest_hour`` is when daily digests come, in the time zone."""

    phone: Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")] | None = None
    locale: Locale | None = None
    time_zone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    quiet_from: Annotated[str, Field(pattern=_CLOCK)] | None = None
    quiet_to: Annotated[str, Field(pattern=_CLOCK)] | None = None
    digest_hour: Annotated[int, Field(ge=0, le=23)] = 8

    @model_validator(mode="after")
    def _both_ends(self) -> Profile:
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError("quiet hours have a beginning and an end")
        return self


class Preference(Strict):
    """What somebody wants of a category on a channel; ``*`` is all. The closest one counts."""

    category: Name | Literal["*"] = "*"
    channel: Literal["email", "sms", "push", "in_app", "*"] = "*"
    mode: Mode


class Preferences(Strict):
    """All that somebody wants."""

    profile: Profile = Profile()
    preferences: Annotated[list[Preference], Field(max_length=500)] = []

    @model_validator(mode="after")
    def _once(self) -> Preferences:
        pairs = [(one.category, one.channel) for one in self.preferences]
        if len(set(pairs)) != len(pairs):
            raise ValueError("says two things about one category and channel")
        return self


class InboxItem(BaseModel):
    """A message in the inbox."""

    id: str
    category: str
    subject: str
    text: str
    url: str | None
    created_at: datetime
    read_at: datetime | None
    archived_at: datetime | None


class InboxChange(Strict):
    """What is to be done with a message; what is not named stays."""

    read: bool | None = None
    archived: bool | None = None


class ReadUpTo(Strict):
    """Everything up to this message has been read."""

    id: str


class Unread(BaseModel):
    """How many messages are unread, and the id of the newest message."""

    unread: int
    newest: str | None


class NewDevice(Strict):
    """A device that takes push messages: its Firebase registration token."""

    token: Annotated[str, Field(min_length=1, max_length=4_096, pattern=r"^[\x21-\x7e]+$")]
    platform: Literal["android", "ios", "web"]


class Device(BaseModel):
    """A registered device."""

    id: str
    platform: Literal["android", "ios", "web"]
    created_at: datetime


class Topic(BaseModel):
    """A topic that people follow."""

    name: str
    subscribers: int
    subscribed: bool
