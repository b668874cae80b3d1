"""A PostgreSQL that a run stops, one way or the other, and starts again."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil

from localcloud.database import EmbeddedDatabase
from tests.support.server import until

STOPS = {"as an operator does": signal.SIGINT, "as a crash does": signal.SIGQUIT}
"""https://www.postgresql.org/docs/current/server-shutdown.html"""


class RestartablePostgres:
    """The embedded database, with a way to take it away from its clients."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._database = EmbeddedDatabase(folder)

    def start(self) -> str:
        """Starts the server and returns its URL, which stays the same."""
        return self._database.start()

    def stop(self, how: str) -> None:
        """Stops the server without waiting for its clients."""
        server = psutil.Process(int((self._folder / "postmaster.pid").read_text().splitlines()[0]))
        server.send_signal(STOPS[how])
        until(lambda: not server.is_running(), "PostgreSQL to stop")

    def close(self) -> None:
        """Stops it for good."""
        self._database.stop()
