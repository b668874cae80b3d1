"""The public shapes of templates."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from statewright.notifications.locales import is_locale
from statewright.notifications.models import Body, Channel, Name, Strict

BodyKey = Literal["default", "email", "sms", "push", "in_app", "chat"]


def _locale(text: str) -> str:
    if not is_locale(text):
        raise ValueError("is no locale, such as 'en' or 'de-AT'")
    return text


Locale = Annotated[str, AfterValidator(_locale)]


class TemplateContent(Strict):
    """A template: bodies by locale and channel; ``default`` serves channels without their own.

    A layout is HTML around others' HTML, which it has as ``content``; its body has ``html`` only.
    ``data_schema`` is a JSON Schema that the data of each request must fit.
    """

    name: Name
    kind: Literal["template", "layout"] = "template"
    category: Name = "general"
    description: Annotated[str, Field(max_length=1_000)] = ""
    layout: Name | None = None
    default_locale: Locale = "en"
    bodies: Annotated[dict[Locale, dict[BodyKey, Body]], Field(min_length=1, max_length=100)]
    data_schema: dict[str, Any] | None = None


class TemplateSummary(BaseModel):
    """A template in a list."""

    id: str
    name: str
    kind: Literal["template", "layout"]
    category: str
    description: str
    version: int
    created_at: datetime
    updated_at: datetime


class Template(TemplateSummary):
    """A version of a template; ``newest`` is the number of its last one."""

    newest: int
    layout: str | None
    default_locale: str
    bodies: dict[str, dict[str, Body]]
    data_schema: dict[str, Any] | None


class TemplateVersion(BaseModel):
    """One version in a template's history."""

    version: int
    created_by: str
    created_at: datetime
    locales: list[str]


class PreviewRequest(Strict):
    """Data to render a template with; with ``content``, the template as it would be."""

    channel: Channel = "email"
    locale: Locale | None = None
    version: int | None = None
    data: dict[str, Any] = {}
    content: TemplateContent | None = None


class Preview(BaseModel):
    """What would be sent, and in which of the template's locales."""

    locale: str
    body: Body


class TestSend(Strict):
    """A template sent to oneself."""

    channels: Annotated[list[Channel], Field(min_length=1, max_length=5)] = ["email"]
    locale: Locale | None = None
    version: int | None = None
    data: dict[str, Any] = {}
