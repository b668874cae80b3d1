"""`make run` leaves nothing behind, however it is ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.support.server import ROOT, free_port, until

PATIENCE = 90


class Made:
    """A `make run`, and what it has started."""

    def __init__(self, data: Path):
        self.port = free_port()
        binaries = Path(sys.executable).parent
        options = [f"BIN={binaries}", "READY=", f"PORT={self.port}", f"DATA={data}"]
        self.log = data.with_suffix(".log")
        with self.log.open("ab") as log:
            self.make = subprocess.Popen(
                ["make", "run", *options],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self._answers, f"the server; see {self.log}", PATIENCE)
        self.server = psutil.Process(self.make.pid).children()[0]
        pid = int((data / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])
        self.postgres = psutil.Process(pid)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).is_success
        except httpx.TransportError:
            assert self.make.poll() is None, self.log.read_text()
            return False

    def left(self) -> list[psutil.Process]:
        return [process for process in (self.server, self.postgres) if process.is_running()]


@pytest.fixture
def made(data_root: Path) -> Iterator[Made]:
    started = Made(data_root / "made")
    yield started
    for process in started.left():
        process.kill()


@pytest.mark.parametrize(
    ("group", "number"),
    [
        pytest.param(False, signal.SIGTERM, id="make is terminated"),
        pytest.param(False, signal.SIGKILL, id="make is killed"),
        pytest.param(True, signal.SIGHUP, id="the terminal is closed"),
    ],
)
def test_ending_make_run_ends_all(made: Made, group: bool, number: int) -> None:
    if group:
        os.killpg(made.make.pid, number)
    else:
        made.make.send_signal(number)
    made.make.wait(PATIENCE)
    until(lambda: not made.left(), f"all to end, but {made.left()} run", PATIENCE)
    assert "Traceback" not in made.log.read_text()
