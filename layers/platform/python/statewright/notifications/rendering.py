"""From a template's version (or literal content) and data to what a channel shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inscriptis import get_text
from markupsafe import Markup

from statewright.notifications import sandbox
from statewright.notifications.locales import candidates
from statewright.notifications.sandbox import RenderError

SMS_LENGTH = 1_600
"""The most characters of an SMS (ten parts); Twilio refuses longer ones."""
_SHORT = {"sms": SMS_LENGTH, "push": 2_000, "in_app": 20_000, "chat": 20_000}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a message's text comes from: bodies by locale and channel, as they are stored."""

    bodies: Mapping[str, Mapping[str, Any]]
    default_locale: str
    layout: Mapping[str, Mapping[str, Any]] | None = None
    is_template: bool = True


def literal(content: Mapping[str, Any]) -> Source:
    """Content that is sent as it is."""
    return Source({"en": {"default": content}}, "en", is_template=False)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is handed to a channel."""

    locale: str
    subject: str
    text: str
    html: str | None
    url: str | None
    data: dict[str, str]

    def as_content(self) -> dict[str, Any]:
        """As it is kept with a delivery."""
        return {"subject": self.subject, "text": self.text, "html": self.html, "url": self.url}


def render(source: Source, channel: str, locale: str | None, data: Mapping[str, Any]) -> Rendered:
    """What a channel shows.

    Raises:
        RenderError: the template has nothing for the channel, or does not fit the data.
    """
    chosen, body = _body(source, channel, locale)
    fill = _filler(data) if source.is_template else _as_it_is
    # A header is one line whatever the data holds: nobody's name adds another.
    subject = " ".join(fill(body.get("subject") or "", False).split())
    html = body.get("html")
    if html is not None:
        html = _in_layout(source, chosen, subject, fill(html, True), data)
    text = fill(body.get("text") or "", False)
    if not text.strip() and html is not None:
        text = text_of(html)
    limit = _SHORT.get(channel)
    if limit is not None and len(text) > limit:
        raise RenderError(f"The text has {len(text):,} characters; {limit:,} fit into {channel}.")
    url = body.get("url")
    named = {key: fill(value, False) for key, value in (body.get("data") or {}).items()}
    return Rendered(chosen, subject, text, html, fill(url, False) if url else None, named)


def text_of(html: str) -> str:
    """The text of an HTML page, for those who read no HTML."""
    return str(get_text(html)).strip() if html.strip() else ""


def _filler(data: Mapping[str, Any]) -> Any:
    return lambda text, html: sandbox.render(text, data, html=html)


def _as_it_is(text: str, html: bool) -> str:
    return text


def _body(source: Source, channel: str, locale: str | None) -> tuple[str, Mapping[str, Any]]:
    for name in candidates(locale, source.default_locale, source.bodies):
        by_channel = source.bodies[name]
        body = by_channel.get(channel) or by_channel.get("default")
        if body is not None:
            return name, body
    raise RenderError(f"The template has no text for the channel {channel}.")


def _in_layout(
    source: Source, locale: str, subject: str, html: str, data: Mapping[str, Any]
) -> str:
    if source.layout is None:
        return html
    for name in candidates(locale, source.default_locale, source.layout):
        by_channel = source.layout[name]
        body = by_channel.get("email") or by_channel.get("default")
        if body is not None and body.get("html"):
            around = {**data, "content": Markup(html), "subject": subject}  # noqa: S704
            return sandbox.render(body["html"], around, html=True)
    return html
