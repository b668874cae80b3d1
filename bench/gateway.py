"""What the gateway costs: over the bare handler, and beside a minimal FastAPI application.

`.venv/bin/python bench/gateway.py`. One endpoint, `GET /v1/permissions` (a list that needs no
query), as its bare Lambda handler, through the gateway within one process (routing, authorizer's kept
policy, rate limits, headers, entity tag), and over HTTP on one connection; then over 64
connections, in turns with a FastAPI application on uvicorn that answers the same list through the
same kind of model to who has the right bearer token. FastAPI is installed apart, in
`.venv-fastapi` (`--no-peer` leaves it out).
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from harness import Server, arguments, call, free_port, machine, peer, percentile, server, sign_up

ROOT = Path(__file__).resolve().parent.parent
PATH = "/v1/permissions"
APPLICATION = """
import json, sys
from pathlib import Path
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
import uvicorn

class Permission(BaseModel):
    name: str
    description: str

port, token, content = int(sys.argv[1]), sys.argv[2], json.loads(Path(sys.argv[3]).read_text())
permissions = [Permission(**item) for item in content]
app = FastAPI()

async def caller(given: HTTPAuthorizationCredentials = Depends(HTTPBearer())) -> str:
    if given.credentials != token:
        raise HTTPException(401)
    return "owner"

@app.get("/v1/permissions")
async def list_permissions(who: str = Depends(caller)) -> list[Permission]:
    return permissions

uvicorn.run(app, port=port, log_level="warning", access_log=False)
"""


def measure(requests: int, connections: int, rounds: int, *, peer: bool) -> dict[str, Any]:
    """Everything, in one run."""
    result: dict[str, Any] = {"machine": machine()}
    with server() as ours:
        token = _without_limits(ours)
        result["overhead"] = {
            **_in_process(requests),
            "http_us": _single(ours.url, token, requests),
        }
        address = (ours.url, token)
        if not peer:
            result["rounds"] = [
                {"ours": _rate(*address, requests, connections)} for _ in range(rounds)
            ]
            return result
        with _fastapi(ours.url, token) as url:
            result["fastapi_http_us"] = _single(url, token, requests)
            result["rounds"] = [
                {
                    "ours": _rate(*address, requests, connections),
                    "fastapi": _rate(url, token, requests, connections),
                }
                for _ in range(rounds)
            ]
    ratios = [row["ours"]["per_second"] / row["fastapi"]["per_second"] for row in result["rounds"]]
    result["ratio"] = round(statistics.median(ratios), 3)
    return result


def _without_limits(ours: Server) -> str:
    """Signs up; the workspace's plan allows what is going to be asked."""
    token = sign_up(ours.url)
    _allow_much(ours.database_url())
    deadline = time.monotonic() + 60
    while call(ours.url, "GET", "/v1/usage", token=token)["plan"] != "large":
        if time.monotonic() > deadline:
            raise RuntimeError("the plan does not count")
        time.sleep(0.5)
    return token


def _in_process(calls: int) -> dict[str, float]:
    """The handler alone, and through the gateway, in a process of their own."""
    ran = subprocess.run(
        [sys.executable, __file__, "--inside", str(calls)],
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def inside(calls: int) -> dict[str, float]:
    """Microseconds of the handler and of the gateway, at the median."""
    import tempfile

    from localcloud.cloud import LocalCloud, Options
    from localcloud.gateway import Request
    from statewright.settings import settings

    data = Path(tempfile.mkdtemp(prefix="statewright-bench-"))
    template = ROOT / "template.yaml"
    cloud = LocalCloud(
        Options(template, data, "http://localhost", parameters={"Registration": "open"})
    )
    try:
        cloud.open()
        token = _registered()
        _allow_much(settings().database_url)
        request = Request(
            "GET",
            PATH,
            "",
            [("host", "localhost"), ("authorization", f"Bearer {token}")],
            b"",
            "127.0.0.1",
        )
        seen: list[dict[str, Any]] = []
        taking = cloud.gateway._host.invoke_here
        cloud.gateway._host.invoke_here = lambda f, e: (seen.append(e), taking(f, e))[1]  # type: ignore[method-assign]
        _asked(cloud.gateway, request)
        cloud.gateway._host.invoke_here = taking  # type: ignore[method-assign]
        event = next(e for e in seen if e.get("resource") == PATH)
        from functions.auth.list_permissions import handler

        return {
            "handler_us": _median(lambda: handler(dict(event), None), calls),
            "gateway_us": _median(lambda: _asked(cloud.gateway, request), calls),
        }
    finally:
        cloud.close()
        shutil.rmtree(data, ignore_errors=True)


def _asked(gateway: Any, request: Any) -> None:
    status = gateway.handle(request).status
    if status != 200:
        raise RuntimeError(f"the gateway answered {status}")


def _allow_much(database_url: str) -> None:
    """Gives the workspace the plan that allows what is going to be asked."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO workspace_plans SELECT id, 'large', now() FROM workspaces")


def _registered() -> str:
    from statewright.auth import accounts
    from statewright.auth.models import Registration, Session
    from statewright.http import Origin

    new = Registration(workspace="B", email="b@example.com", name="B", password="a long enough pw")
    session = accounts.register(new, Origin("127.0.0.1"))
    assert isinstance(session, Session)
    return session.token


def _median(call: Callable[[], Any], calls: int) -> float:
    took = []
    for number in range(calls + calls // 5):
        begun = time.perf_counter()
        call()
        if number >= calls // 5:
            took.append(time.perf_counter() - begun)
    return round(percentile(took, 0.5) * 1e6, 1)


def _single(url: str, token: str, requests: int) -> float:
    """Microseconds of a request over one connection, at the median."""
    asyncio.run(_ask(url, token, requests // 5, 1))
    took = asyncio.run(_ask(url, token, requests, 1))
    return round(percentile(took, 0.5) * 1e6, 1)


def _rate(url: str, token: str, requests: int, connections: int) -> dict[str, float]:
    begun = time.perf_counter()
    took = asyncio.run(_ask(url, token, requests, connections))
    return {
        "per_second": round(requests / (time.perf_counter() - begun), 1),
        "p50_ms": round(percentile(took, 0.5) * 1e3, 2),
        "p99_ms": round(percentile(took, 0.99) * 1e3, 2),
    }


async def _ask(url: str, token: str, requests: int, connections: int) -> list[float]:
    """Asks over connections that are kept; the seconds of each request."""
    host, port = url.removeprefix("http://").split(":")
    lines = f"GET {PATH} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {token}"
    request = "\r\n".join([*lines, "", ""]).encode()
    remaining = iter(range(requests))
    took: list[float] = []

    async def worker() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        for _ in remaining:
            begun = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode())
            took.append(time.perf_counter() - begun)
        writer.close()

    await asyncio.gather(*(worker() for _ in range(connections)))
    return took


@contextmanager
def _fastapi(source: str, token: str) -> Iterator[str]:
    """A FastAPI application that answers what ours does."""
    python = peer("fastapi", "fastapi", "uvicorn[standard]")
    asked = urllib.request.Request(source + PATH, headers={"authorization": f"Bearer {token}"})
    content = python.with_name("permissions.json")
    with urllib.request.urlopen(asked, timeout=10) as answer:
        content.write_bytes(answer.read())
    port = free_port()
    command = [str(python), "-c", APPLICATION, str(port), token, str(content)]
    process = subprocess.Popen(command)
    try:
        url = f"http://127.0.0.1:{port}"
        _await(url)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _await(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{url}/openapi.json", timeout=2).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("FastAPI did not become ready")


def _report(result: dict[str, Any]) -> str:
    cost = result["overhead"]
    lines = [
        f"{result['machine']['cpu']}, {result['machine']['cores']} cores",
        f"handler alone {cost['handler_us']} µs, through the gateway {cost['gateway_us']} µs "
        f"({cost['gateway_us'] / cost['handler_us']:.1f} times), over HTTP {cost['http_us']} µs",
    ]
    for row in result["rounds"]:
        lines += [
            f"{who:8} {of['per_second']:8.0f}/s  p50 {of['p50_ms']} ms  p99 {of['p99_ms']} ms"
            for who, of in row.items()
        ]
    if "ratio" in result:
        lines.append(
            f"FastAPI on one connection {result['fastapi_http_us']} µs; "
            f"requests/s, ours to FastAPI's: {result['ratio']}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = arguments(__doc__ or "")
    parser.add_argument("--requests", type=int, default=2_000, help="in each measurement")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-peer", action="store_true", help="without FastAPI")
    parser.add_argument("--inside", type=int, help="for the bench's own use")
    chosen = parser.parse_args()
    if chosen.inside:
        print(json.dumps(inside(chosen.inside)))
        return
    result = measure(chosen.requests, chosen.connections, chosen.rounds, peer=not chosen.no_peer)
    print(_report(result))
    if chosen.json:
        print(json.dumps(result))


if __name__ == "__main__":
    main()
