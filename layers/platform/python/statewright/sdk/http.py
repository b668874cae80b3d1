"""What a connector calls its system with: the connection's credential is put on each request.

The code sees where it may call, and neither password nor key by name: the product hands over the
headers and parameters that authorize, for one address and the hosts that the connection lists.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from statewright.integrations import failures, outbound
from statewright.integrations.errors import ConnectionInvalidError
from statewright.integrations.messages import Limits, Request
from statewright.integrations.reach import Reach


@dataclass(frozen=True, slots=True, repr=False)
class Auth:
    """Where a connector's calls go, and what authorizes them there."""

    base_url: str = ""
    hosts: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> frozenset[str]:
        """The values that nobody may read."""
        given = [*self.headers.values(), *self.query.values()]
        bare = [value.partition(" ")[2] for value in given if " " in value]
        return frozenset(filter(None, [*given, *bare]))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, with a status below 400."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    text: str

    def json(self) -> Any:
        """The content as JSON.

        Raises:
            HttpRequestError: ``Http.InvalidAnswer``, it is none.
        """
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            raise failures.InvalidAnswer("the answer is not JSON") from None


class Http:
    """Calls to a connector's system. Statuses of 400 and above are failures with the names that
    ``http.request`` has: ``Http.ClientError``, ``Http.RateLimited``, ``Http.ServerError``, …"""

    def __init__(self, auth: Auth, reach: Reach, limits: Limits):
        self._auth, self._reach, self._limits = auth, reach, limits

    def get(self, path: str, **options: Any) -> Answer:
        """GET; the options are those of :meth:`request`."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> Answer:
        """POST; the options are those of :meth:`request`."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> Answer:
        """PUT; the options are those of :meth:`request`."""
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> Answer:
        """PATCH; the options are those of :meth:`request`."""
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        """DELETE; the options are those of :meth:`request`."""
        return self.request("DELETE", path, **options)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, Any] | None = None,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Calls a path of the connection's address, or a whole address of one of its hosts.

        Args:
            query: parameters; those that are None are left out, lists come several times.

        Raises:
            HttpRequestError: under the name of what went wrong.
            ConnectionInvalidError: the address is not one that the connection is for.
        """
        body, kind = _body(json, form, content)
        given = {**({"content-type": kind} if kind else {}), **(headers or {})}
        wanted = {**(query or {}), **self._auth.query}
        request = Request(method, _with(self._address(path), wanted), tuple(given.items()), body)
        for name, value in self._auth.headers.items():
            request = request.with_header(name, value)
        request = request.with_secrets(*self._auth.secrets)
        with failures.named():
            answer = outbound.send(request, self._reach, self._limits)
        failures.check(answer)
        found = {name.lower(): value for name, value in answer.head.headers.items()}
        return Answer(answer.head.status, found, answer.content, answer.text)

    def _address(self, path: str) -> str:
        base = self._auth.base_url
        if "://" not in path.partition("?")[0] and not path.startswith("//"):
            if not base:
                raise ConnectionInvalidError("The step needs a connection that names a server.")
            return base + (path if path[:1] in {"", "/", "?"} else f"/{path}")
        wanted, own = urlsplit(path), urlsplit(base)
        same = (wanted.scheme, wanted.netloc.lower()) == (own.scheme, own.netloc.lower())
        listed = wanted.scheme == "https" and wanted.netloc.lower() in self._auth.hosts
        if not (same or listed) or "\\" in path:
            raise ConnectionInvalidError("The connection is not for another host.")
        return path


def _body(value: Any, form: Mapping[str, Any] | None, content: bytes) -> tuple[bytes, str]:
    if value is not None:
        return json.dumps(value).encode(), "application/json"
    if form is not None:
        return _encoded(form).encode(), "application/x-www-form-urlencoded"
    return content, ""


def _with(address: str, query: Mapping[str, Any]) -> str:
    text = _encoded(query)
    if not text:
        return address
    return f"{address}{'&' if '?' in address else '?'}{text}"


def _encoded(values: Mapping[str, Any]) -> str:
    return urlencode({k: v for k, v in values.items() if v is not None}, doseq=True)
