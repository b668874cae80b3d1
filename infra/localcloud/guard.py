"""What is refused before any route is looked for, as API Gateway's own front does.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
"""

from __future__ import annotations

import gzip
import ipaddress
import json
import socket
import zlib
from collections.abc import Iterable, Sequence

from localcloud.gateway import Request, Response
from localcloud.ids import new_id

MAX_HEADERS = 10_240
"""Bytes of all headers together, names and values."""
MAX_TARGET = 8_192
COMPRESSIONS = frozenset({"gzip", "x-gzip", "deflate"})
_ALWAYS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "no-store"),
]


def problem(status: int, kind: str, title: str, detail: str) -> Response:
    """A refusal as a problem document."""
    document = {
        "type": f"urn:statewright:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    headers = [("Content-Type", "application/problem+json"), *_ALWAYS, ("X-Request-Id", new_id())]
    return Response(status, headers, json.dumps(document).encode())


class Hosts:
    """The names that this server answers to. A page elsewhere that lets its own name point here
    (DNS rebinding) sends that name; whoever uses an address knows where they are."""

    def __init__(self, names: Iterable[str]):
        own = socket.gethostname().lower()
        self._names = {"localhost", own, *(name.lower() for name in names if name)}

    def allows(self, header: str) -> bool:
        """Whether a ``Host`` header names this server."""
        name = header.rsplit(":", 1)[0] if not header.endswith("]") else header
        name = name.strip("[]").rstrip(".").lower()
        return name in self._names or name.endswith(".localhost") or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """Looks at a request's head."""

    def __init__(self, hosts: Hosts):
        self._hosts = hosts

    def refuse(self, headers: Sequence[tuple[bytes, bytes]], target: int) -> Response | None:
        """What is said to a request that goes no further; None lets it on."""
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) != 1:
            return problem(400, "malformed-request", "Bad request", "Send one Host header.")
        if not self._hosts.allows(hosts[0].decode("latin-1")):
            detail = "This server does not answer to that name: see --allowed-hosts."
            return problem(421, "misdirected", "Misdirected request", detail)
        if sum(len(name) + len(value) for name, value in headers) > MAX_HEADERS:
            detail = f"Headers may have {MAX_HEADERS:,} bytes at the most."
            return problem(431, "too-large", "Too large", detail)
        if target > MAX_TARGET:
            detail = f"An address may have {MAX_TARGET:,} bytes at the most."
            return problem(414, "too-large", "Too large", detail)
        return None


def decoded(request: Request, most: int) -> Request | Response:
    """The request with its body unpacked, as API Gateway unpacks it where compression is on."""
    coding = dict(request.headers).get("content-encoding", "identity").strip().lower()
    if coding in {"", "identity"} or not request.body:
        return request
    if coding not in COMPRESSIONS:
        detail = (
            f"A body may be packed with {', '.join(sorted(COMPRESSIONS))}, not {coding[:40]!r}."
        )
        return problem(415, "malformed-request", "Unsupported Media Type", detail)
    try:
        body = _unpack(request.body, most)
    except zlib.error:
        return problem(400, "malformed-request", "Bad request", f"The body is not {coding}.")
    if body is None:
        detail = f"A body may have {most:,} bytes at the most, unpacked."
        return problem(413, "too-large", "Too large", detail)
    kept = [(name, value) for name, value in request.headers if name != "content-encoding"]
    return Request(request.method, request.path, request.query, kept, body, request.address)


def _unpack(body: bytes, most: int) -> bytes | None:
    unpacking = zlib.decompressobj(wbits=47)  # 32 + 15: gzip or zlib, whatever its header says
    found = unpacking.decompress(body, most + 1)
    if len(found) > most:
        return None
    if not unpacking.eof:
        raise zlib.error("it breaks off")
    return found


def packed(request: Request, response: Response, least: int | None) -> Response:
    """The response with its body packed where the client takes that and it is worth it."""
    if least is None or len(response.body) < least or not _takes_gzip(request):
        return response
    if any(name.lower() == "content-encoding" for name, _ in response.headers):
        return response
    headers = [*response.headers, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    return Response(response.status, headers, gzip.compress(response.body, 4, mtime=0))


def _takes_gzip(request: Request) -> bool:
    accepted = next((value for name, value in request.headers if name == "accept-encoding"), "")
    for choice in accepted.lower().split(","):
        coding, _, weight = choice.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
