"""One client's connection: who sends a request's head too slowly, or too much of it, is cut off.

uvicorn waits for ever for a head that never ends; API Gateway does not.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from localcloud.gateway import Response
from localcloud.guard import problem

HEAD_SECONDS = 10.0
"""How long a head may take to come, from the start of the connection or of the request."""
MOST_HEAD = 65_536
"""Bytes of a head that are read at all; fewer are accepted (see localcloud.guard)."""


class Connection(HttpToolsProtocol):
    """uvicorn's connection, with an end to its patience."""

    head_seconds = HEAD_SECONDS

    def __init__(self, *arguments: Any, **options: Any):
        super().__init__(*arguments, **options)
        self._timer: asyncio.TimerHandle | None = None
        self._head = 0

    def connection_made(self, transport: Any) -> None:
        """A client has come."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some bytes came."""
        super().data_received(data)
        if self._timer is not None:  # the head is not whole yet
            self._head += len(data)
            if self._head > MOST_HEAD:
                detail = f"A request's head may have {MOST_HEAD:,} bytes at the most."
                self._refuse(problem(431, "too-large", "Too large", detail))

    def on_message_begin(self) -> None:
        """A request's first byte: on a connection that was kept, its time begins."""
        super().on_message_begin()
        self._wait_for_head()

    def on_headers_complete(self) -> None:
        """Its head is there."""
        self._stop_waiting()
        super().on_headers_complete()

    def _wait_for_head(self) -> None:
        if self._timer is None:
            self._head = 0
            self._timer = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        if self._head:
            detail = f"A request's head has to come within {self.head_seconds:g} seconds."
            self._refuse(problem(408, "timeout", "Request timeout", detail))
        else:
            self.transport.close()  # nothing was asked, so nothing is answered

    def send_400_response(self, msg: str) -> None:
        """What comes is no HTTP, or has an address beyond all measure: uvicorn would send text."""
        self._refuse(problem(400, "malformed-request", "Bad request", msg))

    def _refuse(self, response: Response) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            self.transport.write(_closing(response))
            self.transport.close()


def _closing(response: Response) -> bytes:
    """A response, after which the connection ends."""
    headers = [
        *response.headers,
        ("Content-Length", str(len(response.body))),
        ("Connection", "close"),
    ]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    phrase = HTTPStatus(response.status).phrase
    return f"HTTP/1.1 {response.status} {phrase}\r\n{lines}\r\n".encode() + response.body
