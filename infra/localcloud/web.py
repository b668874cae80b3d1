"""HTTP over ASGI: reads a request, lets the gateway answer it in a thread, writes the response.

WebSockets go to their own service.
"""

from __future__ import annotations

import asyncio
import tempfile
from ipaddress import ip_address
from typing import IO, Any, Protocol

from asl.asgi import Application, read_body
from localcloud.gateway import Gateway, Request, Response
from localcloud.guard import Guard, Hosts, decoded, packed, problem
from localcloud.services.s3_http import PREFIX, S3Answer, S3Http, S3Request
from localcloud.services.websockets import STAGE, WebSockets
from localcloud.site import Site

MAX_BODY = 10_485_760
"""API Gateway's payload limit."""
BODY_SECONDS = 30.0
"""How long a client may take to send a body."""
TIMEOUT = 29.0
"""API Gateway's integration time limit, in seconds."""
THREADS = 64
"""As many requests wait for the database at once."""
IN_MEMORY = 1_048_576
"""What is uploaded and is larger goes to the disk at once."""
PIECE = 262_144


class Metrics(Protocol):
    """What is counted: :class:`localcloud.metrics.Metrics`, here or in another process."""

    def text(self, accept: str) -> tuple[bytes, str]:
        """All metrics, and their content type, as the reader's Accept header wants them."""


class Web(Application):
    """The ASGI application."""

    def __init__(
        self,
        gateway: Gateway,
        sockets: WebSockets,
        site: Site | None = None,
        s3: S3Http | None = None,
        metrics: Metrics | None = None,
        hosts: Hosts | None = None,
    ):
        super().__init__("web", THREADS, MAX_BODY)
        self._gateway = gateway
        self._sockets = sockets
        self._guard = Guard(hosts or Hosts(()))
        self._site = site
        self._s3 = s3
        self._metrics = metrics

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """A WebSocket; or one request: for an object, whose size only S3 limits, or the gateway."""
        target = len(scope["raw_path"]) + len(scope["query_string"])
        refused = self._guard.refuse(scope["headers"], target)
        if scope["type"] == "websocket":
            await self._socket(refused is None, scope, receive, send)
        elif refused is not None:
            await _write(refused, scope["method"], send)
        elif self._s3 is not None and scope["path"].startswith(PREFIX):
            await self._object(self._s3, scope, receive, send)
        else:
            await self._asked(scope, receive, send)

    async def _socket(self, allowed: bool, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if allowed and scope["path"] == f"/{STAGE}":
            await self._sockets.serve(scope, receive, send, self._threads)
        else:
            await send({"type": "websocket.close"})

    async def _asked(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await read_body(receive, MAX_BODY)
        except TimeoutError:
            await _write(_TOO_SLOW, scope["method"], send)
            return
        await self.respond(scope, body, send)

    async def _object(self, s3: S3Http, scope: dict[str, Any], receive: Any, send: Any) -> None:
        request = S3Request(
            scope["method"],
            scope["raw_path"].decode("latin-1").partition("?")[0],
            scope["query_string"].decode("latin-1"),
            {n.decode("latin-1"): v.decode("latin-1") for n, v in scope["headers"]},
        )
        answer = s3.admit(request)  # before the body: strangers may not fill the disk
        if answer is None:
            with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
                if not await _receive(receive, body):
                    return  # the client has gone in the middle
                answer = await self._threads.call(s3.answer, request, body)
        if answer.stream is None:
            await _write(
                Response(answer.status, answer.headers, answer.body), scope["method"], send
            )
        else:
            await self._stream(answer.stream, answer, send)

    async def _stream(self, stream: IO[bytes], answer: S3Answer, send: Any) -> None:
        """Sends an object in pieces: it may be larger than memory."""
        with stream:
            await send(_start(answer.status, answer.headers))
            while piece := await self._threads.call(stream.read, PIECE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def respond(self, scope: dict[str, Any], body: bytes | None, send: Any) -> None:
        """What the gateway answers; metrics are answered beside it."""
        if self._metrics is not None and (scope["method"], scope["path"]) == ("GET", "/metrics"):
            await _write(await self._measured(self._metrics, scope), "GET", send)
            return
        response = _TOO_LARGE if body is None else await self._answer(scope, body)
        await _write(response, scope["method"], send)

    async def _measured(self, metrics: Metrics, scope: dict[str, Any]) -> Response:
        """For programs of this machine only: they tell what workspaces do, if not what of."""
        address = (scope.get("client") or ("127.0.0.1",))[0]
        if not ip_address(address).is_loopback:
            return Response(403, [("Content-Type", "text/plain")], b"Ask from this machine.")
        accept = _header(scope, b"accept")
        text, content_type = await self._threads.call(metrics.text, accept)
        return Response(200, [("Content-Type", content_type)], text)

    async def _answer(self, scope: dict[str, Any], body: bytes) -> Response:
        request = Request(
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
            body,
            (scope.get("client") or ("127.0.0.1",))[0],
        )
        page = None if self._site is None else self._site.answer(request)
        if page is not None:
            return page
        answer: Response
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await self._threads.call(self._handle, request)
                return answer
        except TimeoutError:
            return self._gateway.timed_out()

    def _handle(self, request: Request) -> Response:
        plain = decoded(request, MAX_BODY)
        if isinstance(plain, Response):
            return plain
        return packed(request, self._gateway.handle(plain), self._gateway.least_packed)


async def _receive(receive: Any, body: IO[bytes]) -> bool:
    """Reads a request's body into a file; False where it breaks off."""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return False
        body.write(message.get("body", b""))
        if not message.get("more_body"):
            body.seek(0)
            return True


def _header(scope: dict[str, Any], name: bytes) -> str:
    found: bytes = next((value for key, value in scope["headers"] if key == name), b"")
    return found.decode("latin-1")


def _start(status: int, headers: list[tuple[str, str]]) -> dict[str, Any]:
    lines = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers]
    return {"type": "http.response.start", "status": status, "headers": lines}


async def _write(response: Response, method: str, send: Any) -> None:
    body = b"" if method == "HEAD" else response.body
    length = ("Content-Length", str(len(response.body)))
    await send(_start(response.status, [*response.headers, length]))
    await send({"type": "http.response.body", "body": body})


_TOO_LARGE = problem(413, "too-large", "Too large", "A request may have 10 MB at the most.")
_SLOW = problem(408, "timeout", "Request timeout", "The body took too long to come.")
_TOO_SLOW = Response(408, [*_SLOW.headers, ("Connection", "close")], _SLOW.body)
