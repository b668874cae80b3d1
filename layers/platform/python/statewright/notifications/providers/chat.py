"""Messages to a channel of Slack, Microsoft Teams or Discord, by an incoming webhook."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import httpx

from statewright.notifications.providers.base import (
    Account,
    Outgoing,
    PermanentError,
    Taken,
    TransientError,
)
from statewright.notifications.rendering import Rendered

SECONDS = 15.0
DISCORD_LENGTH = 2_000


@lru_cache(maxsize=1)
def _client() -> httpx.Client:
    return httpx.Client(timeout=SECONDS, follow_redirects=False)


def send(message: Outgoing, account: Account) -> Taken:
    """Posts to the webhook, whose address is the account's secret."""
    try:
        answer = _client().post(account.secret, json=_payload(account.kind, message.body))
    except httpx.TimeoutException as error:
        raise TransientError("The webhook does not answer in time.") from error
    except httpx.HTTPError as error:
        raise TransientError(f"The webhook cannot be reached: {type(error).__name__}") from error
    except httpx.InvalidURL as error:
        raise PermanentError("The webhook's address is none.") from error
    if answer.status_code == 429 or answer.status_code >= 500:
        detail = f"{answer.status_code} {answer.text[:200]}"
        raise TransientError(detail, _seconds(answer.headers.get("Retry-After", "")))
    if not answer.is_success:
        raise PermanentError(f"{answer.status_code} {answer.text[:200]}")
    return Taken(account.kind, None, "delivered")


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _payload(kind: str, body: Rendered) -> dict[str, Any]:
    link = f"\n{body.url}" if body.url else ""
    match kind:
        case "slack":
            # https://docs.slack.dev/messaging/formatting-message-text#escaping
            title = f"*{_escaped(body.subject)}*\n" if body.subject else ""
            return {"text": f"{title}{_escaped(body.text)}{link}"}
        case "discord":
            title = f"**{body.subject}**\n" if body.subject else ""
            text = f"{title}{body.text}{link}"[:DISCORD_LENGTH]
            return {"content": text, "allowed_mentions": {"parse": []}}
        case _:
            return _card(body)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _card(body: Rendered) -> dict[str, Any]:
    """https://learn.microsoft.com/en-us/connectors/teams/#microsoft-teams-webhook"""
    blocks: list[dict[str, Any]] = [{"type": "TextBlock", "text": body.text, "wrap": True}]
    if body.subject:
        title = {"type": "TextBlock", "text": body.subject, "weight": "Bolder", "wrap": True}
        blocks.insert(0, title)
    content: dict[str, Any] = {"type": "AdaptiveCard", "version": "1.4", "body": blocks}
    if body.url:
        content["actions"] = [{"type": "Action.OpenUrl", "title": "Open", "url": body.url}]
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": content}]}
