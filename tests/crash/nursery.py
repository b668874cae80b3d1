"""The process that forks the workers, and what it says of their births and deaths."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time

from asl.adapters.postgres_leases import LEASE_SECONDS
from tests.support.server import ROOT

BIRTH_SECONDS = 60.0


class Nursery:
    """The process that forks workers, one at a time."""

    def __init__(self, url: str, port: int, lease_seconds: float = LEASE_SECONDS):
        self.port, self.pid = port, 0
        command = [sys.executable, "-m", "tests.crash.worker", url, str(port), str(lease_seconds)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(line.strip())
        self._said.put("gone")

    def bear(self, point: str | None = None, hit: int = 0, *, pause: bool = False) -> int:
        """Starts a worker and returns its process id.

        Args:
            point: where it kills itself, or stops where it is to ``pause``.
            hit: how often it has been there by then.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"point": point, "hit": hit, "pause": pause}) + "\n")
        self._process.stdin.flush()
        said = self._hear(BIRTH_SECONDS)
        assert said is not None, "the nursery does not answer"
        assert said.startswith("born "), said
        self.pid = int(said.split()[1])
        return self.pid

    def live(self) -> None:
        """Starts a worker that nothing kills."""
        self.bear()
        assert self.ready()

    def ready(self) -> bool:
        """Waits until the worker serves; False if it died before."""
        said = self._hear(BIRTH_SECONDS)
        assert said is not None, "the worker does not become ready"
        return said == "ready"

    def death(self, seconds: float) -> int | None:
        """The worker's exit code, or None if it lives on for that long."""
        deadline = time.monotonic() + seconds
        while (said := self._hear(deadline - time.monotonic())) is not None:
            if said.startswith("ended "):
                return int(said.split()[1])
        return None

    def _hear(self, seconds: float) -> str | None:
        try:
            return self._said.get(timeout=max(0.001, seconds))
        except queue.Empty:
            return None

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
