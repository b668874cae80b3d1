"""The process that answers requests, seen from the one in which everything else runs.

Requests are half of what an execution costs that a webhook starts: they have an interpreter of
their own, so that the engine does not wait for them, nor they for it.
"""

from __future__ import annotations

import logging
import pickle
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localcloud.errors import AwsError
from localcloud.functions import Function
from localcloud.link import Peer, Perform

CALLS = 96
"""Calls of the functions that are performed at once."""
LEAVE_SECONDS = 60.0
AGAIN_SECONDS = 0.5
"""Between a process's death and the next one's start: it may die at once, again and again."""
SWITCH_SECONDS = 0.005
"""How long a thread may keep an interpreter: short, so that answers do not wait for batches."""
_log = logging.getLogger("localcloud.front")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the process is to know."""

    environment: Mapping[str, str]
    root: str
    """The folder that functions are imported from."""
    functions: Sequence[Function]
    api: Mapping[str, Any]
    """The API's properties in the template."""
    sockets: Sequence[tuple[str, str, Mapping[str, Any]]]
    """The WebSocket API's resources: kind, name and properties."""
    buckets: Sequence[str]
    objects: Path
    account: str
    region: str
    secret: str
    s3_url: str
    keep_policies: float | None
    record_calls: Path | None
    forgetting: Callable[[], Callable[[], None]] | None
    console: Path | None
    hosts: Sequence[str]


class FrontProcess:
    """Answers requests until it is closed. A process that dies is replaced; whoever connects
    meanwhile waits, as the listener stays."""

    def __init__(self, listener: socket.socket):
        """Starts the process, which gets ready while others do, and waits to be told what for."""
        self._listener = listener
        self._leaving = threading.Event()
        self._starting = threading.Lock()
        self._keeper = threading.Thread(target=self._keep, name="front", daemon=True)
        self._setting: bytes
        self._perform: Perform
        self._peer: Peer
        self._process, self._line = self._started()

    def open(self, setting: Setting, perform: Perform) -> None:
        """Lets the process answer requests."""
        self._setting, self._perform = pickle.dumps(setting), perform
        self._peer = self._told()
        self._keeper.start()

    def call(self, service: str, operation: str, parameters: Mapping[str, Any]) -> Any:
        """Performs an operation of what only that process knows: clients' connections.

        Raises:
            AwsError: see :class:`localcloud.link.Peer`.
        """
        return self._peer.call(service, operation, parameters)

    def close(self) -> None:
        """Ends the process once it has answered what it was asked."""
        with self._starting:
            self._leaving.set()
            self._listener.close()
        if self._keeper.is_alive():
            threading.Thread(target=self._leave, daemon=True).start()
            self._keeper.join(LEAVE_SECONDS)
        self._process.kill()  # it has ended, or never began, or takes too long
        self._process.wait()
        self._line.close()

    def _leave(self) -> None:
        with suppress(AwsError):  # it has ended already
            self._peer.tell("leave")

    def _keep(self) -> None:
        while True:
            self._peer.run()
            code = self._process.wait()
            if self._leaving.is_set():
                return
            _log.warning("The process that answers requests ended with %s; another starts", code)
            self._leaving.wait(AGAIN_SECONDS)
            with self._starting:
                if self._leaving.is_set():
                    return
                self._line.close()
                self._process, self._line = self._started()
                self._peer = self._told()

    def _started(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        """A process, and the line to it.

        It ends with this one: the line is all it has of it, and is cut however that ends.
        """
        ours, theirs = socket.socketpair()
        line, listener = theirs.fileno(), self._listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "localcloud.front", str(line), str(listener)],
            pass_fds=(line, listener),
            process_group=0,  # a terminal's Ctrl+C is not for it
        )
        theirs.close()
        return process, ours

    def _told(self) -> Peer:
        """The process as a peer, once it has been told its setting."""
        with suppress(OSError):  # it has died at once: whoever reads the line will see
            self._line.sendall(self._setting)
        return Peer(self._line, self._perform, CALLS)
