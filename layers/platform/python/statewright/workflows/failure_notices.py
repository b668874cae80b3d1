"""The notices of failed executions, for those whom a workflow or a workspace names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from statewright.db import Session
from statewright.errors import InvalidError
from statewright.notifications import outbox, sending
from statewright.notifications.models import Body, Channel, NewNotification
from statewright.notifications.recipients import Recipient, canonical, plan, resolve
from statewright.notifications.sending import Sender

if TYPE_CHECKING:
    from statewright.workflows.failures import Failure

ADMINS = ["role:owner", "role:admin"]
_ACTOR = "system:failures"
_CHANNELS: dict[str, tuple[Channel, ...]] = {"phone": ("sms",), "chat": ("chat",)}
_PEOPLE: tuple[Channel, ...] = ("in_app", "email")


def write(
    session: Session, failure: Failure, names: Sequence[str], problem: str | None = None
) -> list[str]:
    """Stores the notices of a failure; returns their ids, to be published.

    Who is not known any more is left out; when nobody is left, owners and admins are told.
    """
    known = _known(session, names)
    return [
        _store(session, failure, group, channels, problem)
        for channels, group in (known or _known(session, ADMINS)).items()
    ]


def publish(notices: Iterable[str]) -> None:
    """Hands stored notices on at once; what fails waits for the notifications' sweeper."""
    for notice in notices:
        outbox.publish(notice)


def _known(
    session: Session, names: Sequence[str]
) -> dict[tuple[Channel, ...], dict[str, Recipient]]:
    """Everybody whom the names stand for, once, by the channels on which they are told."""
    found: dict[tuple[Channel, ...], dict[str, Recipient]] = {}
    for name in map(canonical, names):
        try:
            people = resolve(session, [name])
        except InvalidError:
            continue  # a group that was deleted, somebody who has left
        kind = "phone" if name.startswith("+") else name.partition(":")[0]
        channels = _CHANNELS.get(kind, _PEOPLE)
        for one in people:
            found.setdefault(channels, {})[one.name] = one
    return found


def _store(
    session: Session,
    failure: Failure,
    people: dict[str, Recipient],
    channels: tuple[Channel, ...],
    problem: str | None,
) -> str:
    text = (
        f"The execution {failure.execution_id} of '{failure.workflow}' ended with {failure.error} "
        f"at {failure.failed_at:%Y-%m-%d %H:%M} UTC.\n\n{problem or failure.cause[:2000]}".rstrip()
    )
    subject = f"'{failure.workflow}' failed"[:500]
    wanted = NewNotification(
        to=list(people),
        channels=list(channels),
        content=Body(subject=subject, text=f"{text}\n\n{failure.url}", url=failure.url),
        category="workflow-failed",
        priority="high",
    )
    stored = sending.store(session, Sender(failure.workspace_id, _ACTOR), wanted)
    sending.insert(session, stored, plan(people.values(), wanted.channels, wanted.strategy))
    return stored
