"""Other people's servers, each in a process of its own, for as long as a test needs them."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.support.server import ROOT, until


@contextmanager
def running(module: str, probe: str, *arguments: str) -> Iterator[str]:
    """Runs a module that takes a port; gives its address once ``probe`` is answered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", module, str(port), *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    url = f"http://localhost:{port}"

    def is_ready() -> bool:
        assert process.poll() is None, f"{module} ended"
        try:
            return httpx.get(url + probe).status_code == 200
        except httpx.TransportError:
            return False

    try:
        until(is_ready, module)
        yield url
    finally:
        process.terminate()
        process.wait(20)
