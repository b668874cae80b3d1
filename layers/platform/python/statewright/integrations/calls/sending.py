"""Sends a request, waits a little where the server asks for it, and gives the answer's value."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from statewright import world
from statewright.integrations import failures, outbound
from statewright.integrations.calls.building import Authorize
from statewright.integrations.failures import InvalidAnswer
from statewright.integrations.messages import Answer, Head, Limits, Request
from statewright.integrations.reach import Reach
from statewright.integrations.redaction import redact

MOST_WAITS = 3
PATIENCE = 10.0
_LATER = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Way:
    """How calls go out: to where, within which limits, with which credential.

    ``patience`` is the longest single wait, in seconds, that a server may ask for. All calls of a
    step end by ``ends``; without it each has the limits' time to itself.
    """

    reach: Reach
    limits: Limits
    authorize: Authorize | None = None
    patience: float = PATIENCE
    ends: datetime | None = None


def send(request: Request, way: Way) -> Answer:
    """The whole answer, whatever its status.

    Raises:
        HttpRequestError: there is none.
    """
    with stream(request, way) as (head, chunks), failures.named():
        return Answer(head, b"".join(chunks))


@contextmanager
def stream(request: Request, way: Way) -> Iterator[tuple[Head, Iterator[bytes]]]:
    """An answer's head, and its content piece by piece.

    A server that is busy and says for how long has not acted: it is asked again then, if that is
    soon, and if the time for the whole step allows.
    """
    ends = way.ends or world.now() + timedelta(seconds=way.limits.seconds)
    sent = request if way.authorize is None else way.authorize(request)
    for waits in range(MOST_WAITS + 1):
        left = max(0.001, (ends - world.now()).total_seconds())
        limits = replace(way.limits, seconds=min(way.limits.seconds, left))
        with failures.named(), outbound.stream(sent, way.reach, limits) as (head, chunks):
            seconds = _wait(head, way.patience, ends) if waits < MOST_WAITS else None
            if seconds is None:
                yield head, chunks
                return
        world.pause(seconds)


def _wait(head: Head, patience: float, ends: datetime) -> float | None:
    """For how long to wait before the request is sent again; None: not at all."""
    now = world.now()
    seconds = head.retry_after(now) if head.status in _LATER else None
    if seconds is None or seconds > patience or now + timedelta(seconds=seconds) >= ends:
        return None
    return seconds


def headers_of(head: Head) -> dict[str, str]:
    """The answer's headers, without secrets."""
    return {name: redact(value, head.request.secrets) for name, value in head.headers.items()}


def value_of(answer: Answer, kind: str | None) -> Any:
    """What an answer holds: as asked for, or JSON parsed where it is some, else text.

    Raises:
        InvalidAnswer: JSON is asked for, and it is none.
    """
    if kind == "base64":
        return base64.b64encode(answer.content).decode()
    text = redact(answer.text, answer.head.request.secrets)
    if kind == "text":
        return text
    if kind is None and "json" not in answer.head.headers.get("content-type", ""):
        return text
    try:
        return json.loads(text) if text else None
    except ValueError:
        if kind == "json":
            told = answer.head.request.told()
            raise InvalidAnswer(f"{told}: the answer is no JSON") from None
        return text
