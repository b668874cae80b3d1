"""The embedded PostgreSQL ends with the process that started it, however that ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from localcloud.database import EmbeddedDatabase
from tests.support.server import ROOT, until

_SERVE = """
import signal, sys, threading
from pathlib import Path
from asl.signals import leave_in_order
from localcloud.database import EmbeddedDatabase

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it would be ignored, by inheritance
leave_in_order()
database = EmbeddedDatabase(Path(sys.argv[1]))
try:
    print(database.start(), flush=True)
    threading.Event().wait()
finally:
    database.stop()
"""


@pytest.fixture(scope="module")
def folder(data_root: Path) -> Path:
    return data_root / "ends" / "postgres"


class Owner:
    """A process with a database of its own."""

    def __init__(self, folder: Path):
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        pid = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
        self.postgres = psutil.Process(pid)

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def owner(folder: Path) -> Iterator[Owner]:
    made = Owner(folder)
    yield made
    if made.process.poll() is None:
        made.end(signal.SIGKILL)
    until(lambda: not made.postgres.is_running(), "PostgreSQL to end", 30)


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 143), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_it_ends_with_its_process(owner: Owner, folder: Path, number: int, code: int) -> None:
    assert owner.end(number) == code
    if number != signal.SIGKILL:
        assert not owner.postgres.is_running()  # at once: whoever stops in order waits for it
    until(lambda: not owner.postgres.is_running(), "PostgreSQL to end", 30)
    assert not (folder / "postmaster.pid").exists()


def test_it_is_started_again_while_a_killed_one_s_is_still_ending(
    owner: Owner, folder: Path
) -> None:
    with psycopg.connect(owner.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    owner.end(signal.SIGKILL)
    again = EmbeddedDatabase(folder)
    url = again.start()
    try:
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) > 0 FROM kept").fetchone() == (True,)
        assert not owner.postgres.is_running()
    finally:
        again.stop()
    assert not (folder / "postmaster.pid").exists()


def test_another_process_s_database_is_used_and_left_alone(owner: Owner, folder: Path) -> None:
    guest = EmbeddedDatabase(folder)
    url = guest.start()
    guest.stop()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert owner.postgres.is_running()
