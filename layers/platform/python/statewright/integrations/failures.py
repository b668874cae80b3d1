"""What HTTP calls of steps fail with: the class's name is the error's name in the workflow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from statewright import world
from statewright.integrations import outbound
from statewright.integrations.messages import Answer
from statewright.integrations.redaction import redact

SHOWN = 500


class HttpRequestError(Exception):
    """Base of the failures of HTTP calls."""


def _named(name: str, doc: str) -> type[HttpRequestError]:
    return type(name, (HttpRequestError,), {"__doc__": doc})


ClientError = _named("Http.ClientError", "The server refuses the request (4xx).")
RateLimited = _named("Http.RateLimited", "The server asks to be called later.")
ServerError = _named("Http.ServerError", "The server failed (5xx).")
Timeout = _named("Http.Timeout", "The server did not answer in time.")
Unreachable = _named("Http.Unreachable", "There is no server at the address, or it hangs up.")
TooLarge = _named("Http.TooLarge", "The answer is larger than an execution can hold.")
InvalidRequest = _named("Http.InvalidRequest", "The request cannot be sent as it is.")
InvalidAnswer = _named("Http.InvalidAnswer", "The answer is not what it says it is.")
Refused = _named("Http.Refused", "The address is not one that workflows may call.")


@contextmanager
def named() -> Iterator[None]:
    """Failures of the outbound client, under their names in workflows."""
    try:
        yield
    except outbound.OutboundError as error:
        raise _class_of(error)(str(error)) from None


def _class_of(error: outbound.OutboundError) -> type[HttpRequestError]:
    match error:
        case outbound.RefusedError():
            return Refused
        case outbound.TimedOutError():
            return Timeout
        case outbound.UnreachableError():
            return Unreachable
        case outbound.TooLargeError():
            return TooLarge
        case outbound.UnreadableError():
            return InvalidAnswer
    return InvalidRequest


def check(answer: Answer) -> None:
    """Raises the failure that an answer's status stands for, if it stands for one.

    Raises:
        HttpRequestError: the status is 400 or above. ``Http.RateLimited`` is one that says when to
            come again (RFC 6585; 503, and what GitHub does with 403), with the seconds.
    """
    head = answer.head
    if head.status < 400:
        return
    shown = redact(answer.text[:SHOWN], head.request.secrets)
    sentence = f"{head.request.told()} answered {head.status}"
    seconds = head.retry_after(world.now())
    if head.status == 429 or (head.status in {403, 503} and seconds is not None):
        later = "" if seconds is None else f", to be asked again in {seconds:.0f} seconds"
        raise RateLimited(f"{sentence}{later}: {shown}")
    raise (ServerError if head.status >= 500 else ClientError)(f"{sentence}: {shown}")
