"""Asks the nursery for processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path


class Child:
    """A process of the nursery's. Its end closes the connection on which it was asked for."""

    def __init__(self, connection: socket.socket, pid: int):
        self._connection = connection
        self._pid = pid
        self._gone = threading.Event()

    def wait(self) -> None:
        """Returns when the process has ended."""
        while self._connection.recv(1):
            pass
        self._gone.set()
        self._connection.close()

    def ended(self) -> bool:
        """Whether it is known to have ended."""
        return self._gone.is_set()

    def kill(self, number: signal.Signals) -> None:
        """Sends it a signal, unless it is gone."""
        if not self._gone.is_set():
            os.kill(self._pid, number)


class Births:
    """The nursery, started when the first process is asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._nursery: subprocess.Popen[bytes] | None = None
        self._path = str(Path(tempfile.mkdtemp(prefix="nursery-")) / "socket")

    def bear(self, env: dict[str, str], folder: str, log: str) -> Child:
        """A process that serves the function of an environment."""
        with self._lock:
            if self._nursery is None or self._nursery.poll() is not None:
                self._nursery = self._started()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(self._path)
        asked = json.dumps({"env": env, "folder": folder, "log": log})
        connection.sendall(asked.encode() + b"\n")
        with connection.makefile("rb", buffering=0) as answer:
            pid = int(answer.readline())
        return Child(connection, pid)

    def _started(self) -> subprocess.Popen[bytes]:
        python = os.environ["LAMBDA_PYTHON"]
        script = str(Path(__file__).with_name("nursery.py"))
        env = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ["LAMBDA_PYTHONPATH"]}
        nursery = subprocess.Popen(
            [python, "-P", script, self._path],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert nursery.stdout is not None
        nursery.stdout.readline()  # it listens
        return nursery
