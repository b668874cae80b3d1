"""Calls to authorization servers: no redirects, short answers, little patience."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import urlencode

from statewright.integrations import outbound
from statewright.integrations.errors import ConnectionUnavailableError
from statewright.integrations.messages import Limits, Request
from statewright.integrations.outbound import OutboundError
from statewright.integrations.reach import Reach

_LIMITS = Limits(size=200_000, seconds=10.0, redirects=0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    text: str


def post(
    url: str,
    form: dict[str, str],
    reach: Reach,
    headers: dict[str, str] | None = None,
    basic: tuple[str, str] | None = None,
) -> Answer:
    """Posts a form.

    Raises:
        ConnectionUnavailableError: the server cannot be reached, or says too much.
    """
    wanted = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
    wanted |= headers or {}
    if basic is not None:
        pair = b64encode(":".join(basic).encode()).decode()
        wanted["authorization"] = f"Basic {pair}"
    request = Request("POST", url, tuple(wanted.items()), urlencode(form).encode())
    try:
        answer = outbound.send(request, reach, _LIMITS)
    except OutboundError as error:
        raise ConnectionUnavailableError(str(error)) from error
    return Answer(answer.head.status, answer.text)
