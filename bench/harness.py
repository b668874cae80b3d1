"""What the benches share: a server of their own, a fast HTTP client, the machine's description."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

READY_SECONDS = 60


def arguments(description: str) -> argparse.ArgumentParser:
    """Options that every bench has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object as the last line"
    )
    return parser


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    cpu = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        cpu = names[0] if names else cpu
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def free_port() -> int:
    """A port that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def peer(name: str, *packages: str) -> Path:
    """The interpreter of a virtual environment with what we are compared with; made once.

    Raises:
        SystemExit: uv, which makes it, is not installed.
    """
    folder = Path(__file__).parent.parent / f".venv-{name}"
    python = folder / "bin" / "python"
    if not python.exists():
        uv = shutil.which("uv")
        if uv is None:
            raise SystemExit("uv is not installed: run with --no-peer")
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(python), *packages]
        subprocess.run(install, check=True)
    return python


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of CPU time: of the server's own processes, and of its database's."""

    server: float
    database: float

    def each(self, before: Cpu, count: int) -> dict[str, float]:
        """Milliseconds for each of so many things that were done since."""
        return {
            "python_ms": round((self.server - before.server) / count * 1000, 2),
            "postgres_ms": round((self.database - before.database) / count * 1000, 2),
        }


def _cpu_of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


class Server:
    """A running server."""

    def __init__(self, url: str, data: Path, process: subprocess.Popen[bytes]):
        self.url = url
        self.data = data
        self.process = process

    def resident_bytes(self) -> int:
        """The memory of the server's own processes."""
        return sum(process.memory_info().rss for process in self._processes())

    def cpu_seconds(self) -> Cpu:
        """The CPU time so far: on a busy machine it says more than the clock."""
        postmaster = psutil.Process(int(self._postmaster()[0]))
        database = [postmaster, *postmaster.children()]
        return Cpu(sum(map(_cpu_of, self._processes())), sum(map(_cpu_of, database)))

    def _processes(self) -> list[psutil.Process]:
        """The one with the engine, and the one that answers requests: not its database's."""
        first = psutil.Process(self.process.pid)
        others = first.children()
        return [first, *(other for other in others if "localcloud" in " ".join(other.cmdline()))]

    def _postmaster(self) -> list[str]:
        return (self.data / "postgres" / "postmaster.pid").read_text().splitlines()

    def database_url(self) -> str:
        """Where its own database is, for the owner."""
        return f"postgresql://postgres@/postgres?host={self._postmaster()[4]}"


@contextmanager
def server() -> Iterator[Server]:
    """Starts a server with an empty data folder, and stops it."""
    data = Path(tempfile.mkdtemp(prefix="statewright-bench-"))
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "statewright_cli",
        "serve",
        "--port",
        str(port),
        "--data",
        str(data),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _await_ready(url, process)
        yield Server(url, data, process)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
        shutil.rmtree(data, ignore_errors=True)


def _await_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the server did not become ready")


def call(url: str, method: str, path: str, body: Any = None, token: str = "") -> Any:
    """One API call."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {path}: {error.read().decode()}") from None


def sign_up(url: str) -> str:
    """A new workspace's session token."""
    new = {
        "workspace": "Bench",
        "email": "bench@example.com",
        "name": "Bench",
        "password": "a long enough password",
    }
    return str(call(url, "POST", "/v1/auth/workspaces", new)["token"])


def publish(url: str, token: str, definition: dict[str, Any]) -> tuple[str, str]:
    """Publishes a workflow; returns its id and the path of its webhook."""
    created = call(url, "POST", "/v1/workflows", {"definition": definition}, token)
    version = call(url, "POST", f"/v1/workflows/{created['id']}/versions", None, token)
    hook = next(iter(version["webhooks"].values()))
    return created["id"], "/hooks/" + hook.rsplit("/", 1)[1]


async def post_many(
    url: str, path: str, body: bytes, count: int, concurrency: int
) -> list[tuple[float, float, str]]:
    """Sends requests over keep-alive connections; returns (sent, answered, body) of each, in seconds."""
    host, port = url.removeprefix("http://").split(":")
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    request = head.encode() + body
    remaining = iter(range(count))
    results: list[tuple[float, float, str]] = []

    async def worker() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        for _ in remaining:
            sent = time.time()
            writer.write(request)
            header = await reader.readuntil(b"\r\n\r\n")
            length = int(header.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            answer = await reader.readexactly(length)
            if not header.startswith(b"HTTP/1.1 20"):
                raise RuntimeError(f"{header!r} {answer!r}")
            results.append((sent, time.time(), answer.decode()))
        writer.close()

    await asyncio.gather(*(worker() for _ in range(concurrency)))
    return results


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
