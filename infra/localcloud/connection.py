"""One client's connection: who sends a request's head too slowly, or too much of it, is cut off.

uvicorn waits for ever for a head that never ends; API Gateway does not.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""How long a head may take to come, from the start of the connection or of the request."""
MOST_HEAD = 65_536
"""Bytes of a head that are read at all; fewer are accepted (see localcloud.guard)."""
_CLOSED = b"HTTP/1.1 %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


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
                self._refuse(b"431 Request Header Fields Too Large")

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
            self._refuse(b"408 Request Timeout")
        else:
            self.transport.close()  # nothing was asked, so nothing is answered

    def _refuse(self, status: bytes) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            self.transport.write(_CLOSED % status)
            self.transport.close()
