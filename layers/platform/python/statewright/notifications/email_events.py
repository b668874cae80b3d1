"""What SES tells of e-mails, by way of a configuration set's events.

The events name the delivery by the tag that it was sent with. They come through a topic and a queue
that only SES may write to, so they need no further proof.
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from statewright.db import tenant
from statewright.ids import is_id
from statewright.notifications import news
from statewright.notifications.news import News

_GREETING = "Successfully validated SNS topic for Amazon SES event publishing"
"""What SES publishes once, in plain words, when its events are directed to a topic."""


def note(text: str) -> None:
    """Applies one event; events about e-mails that are not ours are dropped."""
    note_all([text])


def note_all(texts: Iterable[str]) -> None:
    """Applies events, those of a workspace in one transaction."""
    told: defaultdict[str, list[tuple[str, News]]] = defaultdict(list)
    for workspace_id, delivery_id, found in filter(None, map(_told, texts)):
        told[workspace_id].append((delivery_id, found))
    for workspace_id, group in told.items():
        with tenant(workspace_id) as session:
            acts = news.apply_all(session, group)
        for act in acts:
            act()


def _told(text: str) -> tuple[str, str, News] | None:
    """The workspace, the delivery and what became of it."""
    if text.startswith(_GREETING):
        return None
    event = json.loads(text)
    tags = event.get("mail", {}).get("tags", {})
    delivery_id, workspace_id = (
        (tags.get(name) or [""])[0] for name in ("delivery_id", "workspace_id")
    )
    found = read(event)
    told = (tags.get("round") or ["0"])[0]
    if found is None or not (is_id(delivery_id) and is_id(workspace_id) and told.isdecimal()):
        return None
    return workspace_id, delivery_id, replace(found, round=int(told))


def read(event: dict[str, Any]) -> News | None:
    """What an event says; None for what changes nothing, such as a first delay."""
    kind, mail = event.get("eventType"), event.get("mail", {})
    details = event.get(_FIELDS.get(str(kind), ""), {})
    key = f"{kind}:{details.get('feedbackId') or details.get('timestamp', '')}"
    match kind:
        case "Send":
            # Resolves an attempt whose answer was lost: the e-mail has gone out.
            return News("sent", "ses", provider="ses", provider_id=mail.get("messageId"), key=key)
        case "Delivery":
            return News("delivered", str(details.get("smtpResponse", ""))[:300], key=key)
        case "Open":
            return News("opened", str(details.get("userAgent", ""))[:300], key=key)
        case "Click":
            return News("clicked", str(details.get("link", ""))[:300], key=key)
        case "Complaint":
            what = details.get("complaintFeedbackType") or "complaint"
            return News("complained", str(what), key=key, dead="complaint")
        case "Bounce":
            return _bounce(details, key)
        case "Reject" | "Rendering Failure":
            reason = details.get("reason") or details.get("errorMessage") or kind
            return News("failed", str(reason)[:300], key=key)
    return None


_FIELDS = {
    "Send": "send",
    "Delivery": "delivery",
    "Open": "open",
    "Click": "click",
    "Complaint": "complaint",
    "Bounce": "bounce",
    "Reject": "reject",
    "Rendering Failure": "failure",
}


def _bounce(details: dict[str, Any], key: str) -> News:
    """Only a permanent bounce says that the address is dead."""
    kind = f"{details.get('bounceType', '')}/{details.get('bounceSubType', '')}"
    codes = [
        f"{one.get('status', '')} {one.get('diagnosticCode', '')}".strip()
        for one in details.get("bouncedRecipients", [])
    ]
    dead = "bounce" if details.get("bounceType") == "Permanent" else None
    return News("bounced", f"{kind} {'; '.join(codes)}"[:300].strip(), key=key, dead=dead)
