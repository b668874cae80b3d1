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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

import httpcore
import httpx

from statewright.integrations import decoding, redirects
from statewright.integrations.digest import Digest
from statewright.integrations.reach import Reach
from statewright.integrations.redaction import redact
from statewright.integrations.wire import (
    CONNECT_SECONDS,
    Identity,
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


@dataclass(frozen=True, slots=True)
class Limits:
    """What a call may take: bytes of the answer once decompressed, seconds in all, redirects."""

    size: int = 10_000_000
    seconds: float = 25.0
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Source:
    """Content that is read while it is sent: of this size, and from its beginning each time that
    it is opened (a redirect may ask for it again). It holds no secret."""

    size: int
    open: Callable[[], Iterator[bytes]]

    def __len__(self) -> int:
        return self.size


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """A call to make. ``secrets`` are the values that may be shown to nobody but the server."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes | Source = b""
    secrets: frozenset[str] = frozenset()
    identity: Identity | None = None
    digest: Digest | None = None
    """Answers the server's challenge, if it sends one."""

    def with_header(self, name: str, value: str) -> Request:
        """The same with a header, in the place of those of that name."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=(*kept, (name, value)))

    def with_query(self, name: str, value: str) -> Request:
        """The same with one more parameter in the URL."""
        address, mark, fragment = self.url.partition("#")
        joint = "&" if "?" in address else "?"
        added = f"{address}{joint}{quote(name, safe='')}={quote(value, safe='')}"
        return replace(self, url=f"{added}{mark}{fragment}")

    def with_secrets(self, *secrets: str) -> Request:
        """The same, keeping these to itself as well."""
        return replace(self, secrets=self.secrets | {secret for secret in secrets if secret})

    def header(self, name: str) -> str | None:
        """The value of a header."""
        found = (value for key, value in self.headers if key.lower() == name.lower())
        return next(found, None)

    def told(self) -> str:
        """Method and URL as people may read them."""
        try:
            url = httpx.URL(self.url).copy_with(userinfo=None, query=None, fragment=None)
        except httpx.InvalidURL:
            url = httpx.URL("")
        return redact(f"{self.method} {url}", self.secrets)

    def __repr__(self) -> str:
        return f"<{self.told()}>"


@dataclass(frozen=True, slots=True)
class Head:
    """An answer's beginning, while its content is still on its way."""

    status: int
    headers: httpx.Headers
    request: Request
    """The request that was answered: after redirects, the last one."""

    def retry_after(self, now: datetime) -> float | None:
        """The seconds that the server asks to wait (RFC 9110, section 10.2.3)."""
        text = self.headers.get("retry-after", "").strip()
        if text.isdecimal():
            return float(text[:9])
        try:
            return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
        except (ValueError, TypeError):
            return None


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    head: Head
    content: bytes

    @property
    def text(self) -> str:
        """The content as text, by its character set."""
        response = httpx.Response(200, headers=_plain(self.head.headers), content=self.content)
        return response.text


def _plain(headers: httpx.Headers) -> httpx.Headers:
    return httpx.Headers([(k, v) for k, v in headers.multi_items() if k != "content-encoding"])


def send(request: Request, reach: Reach, limits: Limits = Limits()) -> Answer:
    """Sends a request and reads the whole answer.

    Raises:
        OutboundError: there is none, by the kinds above. An answer of any status is an answer.
    """
    with stream(request, reach, limits) as (head, chunks):
        return Answer(head, b"".join(chunks))


@contextmanager
def stream(
    request: Request, reach: Reach, limits: Limits = Limits()
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
