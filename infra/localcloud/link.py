"""Messages between two processes of one local cloud: what they say, and the line they use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from localcloud.functions import Function
from localcloud.services import feeding

OWN = "localcloud"
"""The service of what a process tells the other one of itself."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The first message: what the process that feeds functions is to know."""

    environment: Mapping[str, str]
    root: str
    """The folder that functions are imported from."""
    database_url: str
    functions: Sequence[Function]
    buckets: Sequence[str]
    objects: Path
    account: str
    region: str
    secret: str
    s3_url: str
    record_calls: Path | None
    forgetting: Callable[[], Callable[[], None]] | None


@dataclass(frozen=True, slots=True)
class Feed:
    """A function is to be fed from a queue."""

    queue: feeding.Queue
    mapping: feeding.Mapping


@dataclass(frozen=True, slots=True)
class Wake:
    """A queue has new messages."""

    queue: str


@dataclass(frozen=True, slots=True)
class Leave:
    """End after the batches that are under way."""


@dataclass(frozen=True, slots=True)
class Call:
    """An operation that only the first process can perform."""

    number: int
    service: str
    operation: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gave: its value, or AWS's error as code, message and status."""

    number: int
    value: Any
    error: tuple[str, str, int] | None = None


class Line:
    """One end of the line. Any thread may send; one receives."""

    def __init__(self, connection: Connection):
        self._connection = connection
        self._sending = threading.Lock()

    def send(self, message: Any) -> None:
        """Sends a message.

        Raises:
            OSError: the other process is gone.
        """
        with self._sending:
            self._connection.send(message)

    def receive(self) -> Any:
        """The next message.

        Raises:
            EOFError, OSError: the other process is gone.
        """
        return self._connection.recv()

    def close(self) -> None:
        """Hangs up."""
        self._connection.close()
