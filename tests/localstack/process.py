"""LocalStack as a process of its own on a free port, without containers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.support.server import ROOT, free_port, until

HOME = ROOT / ".venv-localstack"
"""Made by ``infra/setup_localstack.sh``: LocalStack, and beside it AWS's runtime client."""
_SECONDS = 120


class LocalStack:
    """One running LocalStack. Its state is in its memory and goes with it."""

    def __init__(self, folder: Path, log: Path):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        log = self._log.open("ab")
        self._process = subprocess.Popen(
            [HOME / "bin" / "python", "-m", "localstack.runtime.main"],
            env=self._environment(),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        until(self._answers, f"LocalStack; see {log.name}", _SECONDS)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "LocalStack ended"
        try:
            return httpx.get(f"{self.url}/_localstack/health", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def _environment(self) -> dict[str, str]:
        place = f"127.0.0.1:{self.port}"
        return {
            "PATH": os.environ["PATH"],
            "TMPDIR": str(self._folder),
            "TZ": "UTC",
            "GATEWAY_LISTEN": place,
            "LOCALSTACK_HOST": place,
            "FILESYSTEM_ROOT": str(self._folder / "files"),
            "OVERRIDE_IN_DOCKER": "0",
            "DNS_ADDRESS": "0",
            "DISABLE_EVENTS": "1",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "EAGER_SERVICE_LOADING": "0",
            "SQS_ENDPOINT_STRATEGY": "path",
            "LAMBDA_RUNTIME_EXECUTOR": "processes",
            "LAMBDA_KEEPALIVE_MS": "120000",
            "LAMBDA_PYTHON": sys.executable,
            "LAMBDA_PYTHONPATH": str(HOME / "runtime"),
        }

    def stop(self) -> None:
        """Ends it; one that hangs while ending is killed."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
