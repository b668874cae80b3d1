"""What goes out and what comes back: requests with their secrets, limits, answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote

import httpx

from statewright.integrations.digest import Digest
from statewright.integrations.redaction import redact
from statewright.integrations.wire import Identity


@dataclass(frozen=True, slots=True)
class Limits:
    """What a call may take: bytes of the answer once decompressed, seconds in all, redirects."""

    size: int = 10_000_000
    seconds: float = 25.0
    redirects: int = 5


USUAL = Limits()


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
