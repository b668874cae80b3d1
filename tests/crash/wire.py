"""A Step Functions client that goes on asking until it is answered, as clients with retries do."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass
from typing import Any

from tests.support.server import until

PATIENCE = 90.0
TIMEOUT = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine said. ``code`` is AWS's name of the error, or None."""

    body: dict[str, Any]
    status: int
    unanswered: int = 0
    """Attempts before this one of which nobody knows whether they have happened."""
    failed: tuple[str, ...] = ()
    """The errors of attempts before this one that were answered with 5xx."""
    longest: float = 0.0
    """The longest that an attempt took, in seconds."""

    @property
    def unsure(self) -> bool:
        """Whether an earlier attempt may have happened."""
        return bool(self.unanswered or self.failed)

    @property
    def code(self) -> str | None:
        return self.body.get("__type") if self.status != 200 else None


class Wire:
    """Calls operations at one address; a connection for each thread."""

    def __init__(self, ports: list[int], timeout: float = TIMEOUT):
        self._ports = ports
        self._timeout = timeout
        self._local = threading.local()

    def call(self, operation: str, **parameters: Any) -> Answer:
        """One attempt.

        Raises:
            OSError, http.client.HTTPException: there was no answer.
        """
        connections = self._connections()
        port = random.choice(self._ports)
        if port not in connections:
            connections[port] = http.client.HTTPConnection("127.0.0.1", port, timeout=self._timeout)
        connection = connections[port]
        headers = {"X-Amz-Target": f"AWSStepFunctions.{operation}"}
        try:
            connection.request("POST", "/", json.dumps(parameters), headers)
            answer = connection.getresponse()
            return Answer(json.loads(answer.read()), answer.status)
        except (OSError, http.client.HTTPException):
            connection.close()
            del connections[port]
            raise

    def _connections(self) -> dict[int, http.client.HTTPConnection]:
        """This thread's, by port."""
        if not hasattr(self._local, "connections"):
            self._local.connections = {}
        found: dict[int, http.client.HTTPConnection] = self._local.connections
        return found

    def insist(self, operation: str, **parameters: Any) -> Answer:
        """Calls until there is an answer that is not the server's failure."""
        unanswered, failed, longest = 0, [], 0.0

        def attempt() -> Answer | None:
            nonlocal unanswered, longest
            began = time.monotonic()
            try:
                answer = self.call(operation, **parameters)
            except (OSError, http.client.HTTPException):
                unanswered += 1
                return None
            finally:
                longest = max(longest, time.monotonic() - began)
            if answer.status >= 500:
                failed.append(f"{answer.code}: {answer.body.get('message')}")
                return None
            return Answer(answer.body, answer.status, unanswered, tuple(failed), longest)

        found: Answer = until(attempt, f"an answer to {operation}", PATIENCE)
        return found
