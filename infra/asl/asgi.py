"""What the servers over ASGI share: reading bodies within a limit, and blocking work in threads.

https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any


async def read_body(receive: Any, most: int) -> bytes | None:
    """The request's body, or None where it is larger than ``most`` (the rest is dropped)."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        size += len(message.get("body", b""))
        if size <= most:
            parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts) if size <= most else None


class Threads:
    """Calls blocking functions for an event loop, with one hand-over there and one back.

    An executor's futures, wrapped for asyncio, cost half as much again a call.
    """

    def __init__(self, count: int, name: str):
        self._work: SimpleQueue[Any] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._serve, name=f"{name}-{number}", daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def call(self, function: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        """The future result of a call in one of the threads."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._work.put((loop, future, function, arguments))
        return future

    def close(self) -> None:
        """Ends the threads once they have done what waits."""
        for _ in self._threads:
            self._work.put(None)

    def _serve(self) -> None:
        while (item := self._work.get()) is not None:
            loop, future, function, arguments = item
            try:
                result, error = function(*arguments), None
            except Exception as failure:
                result, error = None, failure
            if not loop.is_closed():  # else the server has gone, and nobody waits
                loop.call_soon_threadsafe(_settle, future, result, error)


class Application(ABC):
    """An ASGI application: reads each HTTP request's body whole, and has threads to answer in.

    Args:
        name: of the threads.
        threads: how many of them.
        max_body: the largest body, in bytes.
    """

    def __init__(self, name: str, threads: int, max_body: int):
        self._threads = Threads(threads, name)
        self._max_body = max_body

    def close(self) -> None:
        """Takes no more requests."""
        self._threads.close()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """One connection's request."""
        if scope["type"] == "http":
            await self.respond(scope, await read_body(receive, self._max_body), send)

    @abstractmethod
    async def respond(self, scope: dict[str, Any], body: bytes | None, send: Any) -> None:
        """Answers one request; ``body`` is None where it is too large."""


def _settle(future: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if future.done():  # timed out, or the client has gone
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
