"""Slow clients are cut off; quick ones, and those that were kept, are not."""

from __future__ import annotations

import json
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


def refused(answer: bytes, *statuses: int) -> None:
    """A problem document, and nothing after it."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Type: application/problem+json" in head
    assert int(head.split()[1]) in statuses
    assert json.loads(body)["status"] == int(head.split()[1])


def test_half_a_head_is_not_waited_for(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(REQUEST[:-2])
        refused(all_of(connection), 408)


def test_nor_is_a_connection_that_says_nothing(port: int) -> None:
    with connect(port) as connection:
        assert all_of(connection) == b""


def test_the_second_half_of_a_kept_connection_is_not_either(port: int) -> None:
    with connect(port) as connection:
        for _ in range(2):
            connection.sendall(REQUEST)
            assert connection.recv(65536).startswith(b"HTTP/1.1 204")
        connection.sendall(REQUEST[:9])
        refused(all_of(connection), 408)


def test_a_head_without_end_is_not_read(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(REQUEST[:-2] + b"X: " + b"y" * 80_000)
        refused(all_of(connection), 431)


@pytest.mark.parametrize(
    "request_", [b"what is this\r\n\r\n", b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n"]
)
def test_what_cannot_be_read_is_refused(port: int, request_: bytes) -> None:
    with connect(port) as connection:
        connection.sendall(request_)
        refused(all_of(connection), *((400, 431) if len(request_) > 100 else (400,)))
