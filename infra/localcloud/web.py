"""HTTP over ASGI: reads a request, lets the gateway answer it in a thread, writes the response."""

from __future__ import annotations

import asyncio
from typing import Any

from asl.asgi import Application
from localcloud.gateway import Gateway, Request, Response
from localcloud.site import Site

MAX_BODY = 10_485_760
"""API Gateway's payload limit."""
TIMEOUT = 29.0
"""API Gateway's integration time limit, in seconds."""
THREADS = 32


class Web(Application):
    """The ASGI application."""

    def __init__(self, gateway: Gateway, site: Site | None = None):
        super().__init__("web", THREADS, MAX_BODY)
        self._gateway = gateway
        self._site = site

    async def respond(self, scope: dict[str, Any], body: bytes | None, send: Any) -> None:
        """What the gateway answers."""
        response = _TOO_LARGE if body is None else await self._answer(scope, body)
        await _write(response, scope["method"], send)

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
                answer = await self._threads.call(self._gateway.handle, request)
                return answer
        except TimeoutError:
            return self._gateway.timed_out()


async def _write(response: Response, method: str, send: Any) -> None:
    headers = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in response.headers]
    body = b"" if method == "HEAD" else response.body
    headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


_TOO_LARGE = Response(
    413,
    [("Content-Type", "application/problem+json")],
    b'{"type":"urn:statewright:problem:too-large","title":"Too large","status":413,'
    b'"detail":"A request may have 10 MB at the most."}',
)
