"""Slow clients are cut off; quick ones, and those that were kept, are not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from localcloud.connection import Connection
from tests.support.server import until

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Hasty(Connection):
    head_seconds = 0.2


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application, http=Hasty, lifespan="off", log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until(lambda: server.started, "the server")
    yield listener.getsockname()[1]
    server.should_exit = True
    thread.join(10)


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 10)


def all_of(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def test_half_a_head_is_not_waited_for(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(REQUEST[:-2])
        assert all_of(connection).startswith(b"HTTP/1.1 408")


def test_nor_is_a_connection_that_says_nothing(port: int) -> None:
    with connect(port) as connection:
        assert all_of(connection) == b""


def test_the_second_half_of_a_kept_connection_is_not_either(port: int) -> None:
    with connect(port) as connection:
        for _ in range(2):
            connection.sendall(REQUEST)
            assert connection.recv(65536).startswith(b"HTTP/1.1 204")
        connection.sendall(REQUEST[:9])
        assert all_of(connection).startswith(b"HTTP/1.1 408")


def test_a_head_without_end_is_not_read(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(REQUEST[:-2] + b"X: " + b"y" * 80_000)
        assert all_of(connection).startswith(b"HTTP/1.1 431")
