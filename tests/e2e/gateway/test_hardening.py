"""Hostile requests, byte by byte: smuggled, oversized, to other names, with lines for the log."""

from __future__ import annotations

import json
import signal
import socket
import threading
from pathlib import Path

import httpx
import pytest

from tests.support.server import Client, Server, until


def talk(server: Server, sent: bytes, patience: float = 20) -> bytes:
    """All that is answered to some bytes, until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), patience) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


HEAD = b"POST /v1/auth/sessions HTTP/1.1\r\nHost: localhost\r\n"
NEXT = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT,
        HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + NEXT,
        HEAD + b"Content-Length: 0\r\nContent-Length: 44\r\n\r\n" + NEXT,
        HEAD + b"Content-Length: +4\r\n\r\nabcd" + NEXT,
        HEAD + b"Content-Length: 0x4\r\n\r\nabcd" + NEXT,
        HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + NEXT,
        HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + NEXT,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n" + NEXT,
        HEAD + b"X: a\x00b\r\nContent-Length: 0\r\n\r\n" + NEXT,
        b"POST /v1/auth/sessions HTTP/1.1\nHost: localhost\n X: folded\n\n" + NEXT,
    ],
)
def test_a_request_that_two_servers_might_read_differently_ends_the_connection(
    server: Server, sent: bytes
) -> None:
    answer = talk(server, sent)
    assert answer.startswith(b"HTTP/1.1 400"), answer
    assert b'{"status":"ok"}' not in answer, "what was smuggled in was answered"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("localhost", 200),
        ("127.0.0.1:1", 200),
        ("[::1]:8000", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("", 421),
    ],
)
def test_the_server_answers_to_its_own_names_only(server: Server, name: str, status: int) -> None:
    answer = httpx.get(f"{server.url}/healthz", headers={"host": name})
    assert answer.status_code == status


@pytest.mark.parametrize("hosts", [b"", b"Host: localhost\r\nHost: evil.example\r\n"])
def test_one_host_header_is_needed(server: Server, hosts: bytes) -> None:
    assert (
        b" 400 " in talk(server, b"GET /healthz HTTP/1.1\r\n" + hosts + b"\r\n").split(b"\r\n")[0]
    )


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/healthz", {"x-long": "x" * 11_000}, 431),
        ("/healthz", {f"x-{n}": "y" * 100 for n in range(200)}, 431),
        ("/healthz", {"x-huge": "x" * 200_000}, 431),
        ("/healthz?" + "q" * 9_000, {}, 414),
        ("/healthz", {"x-fine": "x" * 8_000}, 200),
    ],
)
def test_heads_have_limits(server: Server, path: str, headers: dict[str, str], status: int) -> None:
    try:
        assert httpx.get(server.url + path, headers=headers).status_code == status
    except httpx.TransportError:  # cut off while it was still being sent
        assert "x-huge" in headers


def test_what_clients_send_makes_no_line_of_its_own_in_the_log(owner: Client) -> None:
    forged = 'x\\n{"level":"CRITICAL","message":"forged-line"}'
    hostile = {
        "user-agent": "x\u2028forged-line\x1b[31m".encode(),
        "authorization": f"Bearer {forged}",
    }
    for path in (
        "/v1/workflows/%0aforged-line%0d",
        "/hooks/%0d%0aforged-line",
        "/v1/x?q=%0aforged-line",
    ):
        httpx.get(f"{owner.server.url}{path}", headers=hostile)
        owner.http.get(path)
    log = (owner.server.data.parent / f"{owner.server.data.name}.log").read_text()
    for line in log.splitlines():
        if "forged-line" in line:
            assert not line.lstrip().startswith("forged-line")
            json.loads(line)


def test_a_server_that_is_to_end_answers_what_is_under_way(data_root: Path) -> None:
    """SIGTERM: no new connections, and the answer that was being waited for still comes."""
    server = Server(data_root / "drained").start()
    try:
        owner = Client(server, "drain@gateway.example").register()
        wait = {"id": "slow", "wait": {"for": "2s"}}
        hook = {"id": "h", "type": "webhook", "respond": "when_finished"}
        workflow = owner.publish({"name": "Slow", "triggers": [hook], "steps": [wait], "output": 7})
        found: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: found.append(owner.call_webhook(workflow, {})))
        asking.start()
        until(lambda: owner.ok("GET", "/v1/executions")["items"], "the execution")
        assert owner.http.get("/readyz").json()["status"] == "ready"
        assert server.process is not None
        server.process.send_signal(signal.SIGTERM)
        asking.join(30)
        assert [answer.status_code for answer in found] == [200]
        assert server.process.wait(30) is not None
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{server.url}/readyz")
    finally:
        server.stop()
