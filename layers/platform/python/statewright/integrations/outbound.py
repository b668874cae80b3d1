"""The one way out: every HTTP call that a workspace causes goes through :func:`send`.

What holds for each call, whoever makes it:

* only public addresses, and those the operator allows, are connected to: the check is on the
  address after resolution, and again at each redirect (``reach.py``, ``wire.py``);
* one deadline for the whole call, and a limit on the answer's size after decompression;
* a redirect to another origin loses every credential; environment proxies and cookies play no part;
* no error's sentence holds a secret, and none holds a query.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore
import httpx

from statewright.integrations import decoding, redirects
from statewright.integrations.messages import USUAL, Answer, Head, Limits, Request, Source
from statewright.integrations.reach import Reach
from statewright.integrations.redaction import redact
from statewright.integrations.wire import (
    CONNECT_SECONDS,
    IdentityError,
    RefusedAddressError,
    pool_of,
    within,
)

_OURS = frozenset({"content-length", "transfer-encoding", "connection", "upgrade", "te", "host"})
"""Headers that say how a message is sent, which is decided here."""


class OutboundError(Exception):
    """A call that got no answer. The sentence holds no secret."""


class RefusedError(OutboundError):
    """The address is not one that may be called (caller's fault)."""


class MalformedRequestError(OutboundError):
    """The request cannot be sent as it is (caller's fault)."""


class TimedOutError(OutboundError):
    """The answer did not come in time (transient)."""


class UnreachableError(OutboundError):
    """There is no server, or the connection broke (transient)."""


class TooLargeError(OutboundError):
    """The answer is larger than the limit (caller's fault)."""


class UnreadableError(OutboundError):
    """The answer is not HTTP, or not in its encoding (the server's fault)."""


def send(request: Request, reach: Reach, limits: Limits = USUAL) -> Answer:
    """Sends a request and reads the whole answer.

    Raises:
        OutboundError: there is none, by the kinds above. An answer of any status is an answer.
    """
    with stream(request, reach, limits) as (head, chunks):
        return Answer(head, b"".join(chunks))


@contextmanager
def stream(
    request: Request, reach: Reach, limits: Limits = USUAL
) -> Iterator[tuple[Head, Iterator[bytes]]]:
    """Sends a request and gives the answer's head and its content, piece by piece.

    Raises:
        OutboundError: there is none, by the kinds above; also while the content is read.
    """
    answered = ""
    with within(limits.seconds):
        for _ in range(2 * (limits.redirects + 1) if request.digest else limits.redirects + 1):
            with _mapped(request, limits):
                response = _exchange(request, reach)
            try:
                headers = httpx.Headers(response.headers)
                with _mapped(request, limits):
                    following = _challenged(request, response.status, headers, answered)
                    answered = following.url if following is not None else ""
                    following = following or redirects.follow(request, response.status, headers)
                if following is None:
                    yield (
                        Head(response.status, headers, request),
                        _content(response, request, limits),
                    )
                    return
            finally:
                response.close()
            request = following
    raise UnreachableError(f"{request.told()}: more than {limits.redirects} redirects")


def _challenged(
    request: Request, status: int, headers: httpx.Headers, answered: str
) -> Request | None:
    """The request that answers a challenge, once for an address: another one is a refusal."""
    if status != 401 or request.digest is None or request.url == answered:
        return None
    answer = request.digest.answer(request.method, request.url, headers)
    return None if answer is None else request.with_header("authorization", answer)


def _exchange(request: Request, reach: Reach) -> httpcore.Response:
    url = httpx.URL(request.url)
    if url.scheme not in {"http", "https"} or not url.host:
        raise httpx.UnsupportedProtocol("only http:// and https:// addresses can be called")
    if url.port is not None and url.port > 65_535:
        raise httpx.InvalidURL("there is no such port")
    built = httpx.Request(request.method, url, headers=_headers(request, url))
    if request.content or request.method in {"POST", "PUT", "PATCH"}:
        built.headers["content-length"] = str(len(request.content))
    core = httpcore.Request(
        method=built.method,
        url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=built.headers.raw,
        content=request.content.open() if isinstance(request.content, Source) else request.content,
        extensions={"timeout": {"connect": CONNECT_SECONDS, "pool": CONNECT_SECONDS}},
    )
    return pool_of(reach, request.identity).handle_request(core)


def _headers(request: Request, url: httpx.URL) -> list[tuple[str, str]]:
    headers = [(name, value) for name, value in request.headers if name.lower() not in _OURS]
    given = {name.lower() for name, _ in headers}
    ours = {"accept-encoding": decoding.ACCEPTED, "user-agent": "statewright"}
    if url.userinfo:
        pair = f"{url.username}:{url.password}".encode()
        ours["authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    return headers + [pair for pair in ours.items() if pair[0] not in given]


def _content(response: httpcore.Response, request: Request, limits: Limits) -> Iterator[bytes]:
    encoding = httpx.Headers(response.headers).get("content-encoding", "")
    size = 0
    with _mapped(request, limits):
        if request.method == "HEAD":
            return
        for piece in decoding.decoded(encoding, response.iter_stream()):
            size += len(piece)
            if size > limits.size:
                raise TooLargeError(f"{request.told()}: the answer is over {limits.size:,} bytes")
            yield piece


@contextmanager
def _mapped(request: Request, limits: Limits) -> Iterator[None]:
    """What can go wrong below, under the names of this module."""
    try:
        yield
    except RefusedAddressError as error:
        raise RefusedError(_sentence(request, error)) from None
    except redirects.CredentialsError as error:
        raise RefusedError(_sentence(request, error)) from None
    except (httpcore.TimeoutException, TimeoutError):
        detail = f"{request.told()} did not answer in {limits.seconds:g} seconds"
        raise TimedOutError(detail) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpcore.LocalProtocolError) as error:
        raise MalformedRequestError(_sentence(request, error)) from None
    except (UnicodeError, IdentityError) as error:
        raise MalformedRequestError(_sentence(request, error)) from None
    except (httpcore.RemoteProtocolError, decoding.UndecodableError) as error:
        raise UnreadableError(_sentence(request, error)) from None
    except (httpcore.NetworkError, OSError) as error:
        raise UnreachableError(_sentence(request, error)) from None


def _sentence(request: Request, error: Exception) -> str:
    return redact(f"{request.told()}: {str(error) or type(error).__name__}", request.secrets)
