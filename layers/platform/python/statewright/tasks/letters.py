"""The notices that tell people of their tasks, each with the person's own link.

They go into the notifications' outbox in the transaction of what they tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from statewright.db import Session
from statewright.notifications import outbox, sending
from statewright.notifications.models import Body, NewNotification
from statewright.notifications.recipients import plan, resolve
from statewright.notifications.sending import Sender
from statewright.tasks import links

_CATEGORY = "approval-waiting"
_BUTTON = (
    "display:inline-block;padding:10px 18px;border-radius:6px;background:#1f4fd8;color:#ffffff;"
    "text-decoration:none;font-weight:600"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """Why somebody hears of a task: a sentence before the task's own text."""

    before: str = ""
    subject_prefix: str = ""


ASKED = Letter()
REMINDER = Letter("A reminder: this still waits for you.", "Reminder: ")
ESCALATED = Letter("Nobody has decided this in time, so you are asked.")


def write(
    session: Session, task: Mapping[str, Any], people: Iterable[Mapping[str, Any]], letter: Letter
) -> list[str]:
    """Stores a notice for each of the people; returns the notices' ids, to be published."""
    sender = Sender(task["workspace_id"], f"execution:{task['execution_id']}")
    stored = []
    for person in people:
        wanted = _notice(task, person, letter)
        stored.append(sending.store(session, sender, wanted))
        sending.insert(
            session, stored[-1], plan(resolve(session, wanted.to), wanted.channels, wanted.strategy)
        )
    return stored


def publish(notices: Iterable[str]) -> None:
    """Hands stored notices on at once; what fails waits for the notifications' sweeper."""
    for notice in notices:
        outbox.publish(notice)


def _notice(task: Mapping[str, Any], person: Mapping[str, Any], letter: Letter) -> NewNotification:
    link = links.make(task["workspace_id"], person["id"], task["expires_at"])
    subject = " ".join(f"{letter.subject_prefix}{task['title']}".split())[:500]
    until = f"The link is for you alone and works until {task['expires_at']:%Y-%m-%d %H:%M} UTC."
    verb = "Decide here" if task["kind"] == "approval" else "Open it here"
    said = [part for part in (letter.before, task["body"]) if part.strip()]
    text = "\n\n".join([*said, f"{verb}: {link}", until])
    paragraphs = "".join(f'<p style="white-space:pre-line">{escape(part)}</p>' for part in said)
    html = (
        f'<h1 style="font-size:20px">{escape(subject)}</h1>{paragraphs}'
        f'<p><a href="{escape(link)}" style="{_BUTTON}">{verb}</a></p><p>{escape(until)}</p>'
    )
    to = f"user:{person['user_id']}" if person["user_id"] else f"email:{person['email']}"
    return NewNotification(
        to=[to],
        channels=["email", "in_app", "push"],
        content=Body(subject=subject, text=text, html=html, url=link),
        category=_CATEGORY,
        priority="high",
        expires_at=task["expires_at"],
    )
