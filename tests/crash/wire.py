"""A Step Functions client that goes on asking until it is answered, as clients with retries do."""

from __future__ import annotations

import http.client
import json
import threading
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

    @property
    def unsure(self) -> bool:
        """Whether an earlier attempt may have happened."""
        return bool(self.unanswered or self.failed)

    @property
    def code(self) -> str | None:
        return self.body.get("__type") if self.status != 200 else None


class Wire:
    """Calls operations at one address; a connection for each thread."""

    def __init__(self, port: int):
        self._port = port
        self._local = threading.local()

    def call(self, operation: str, **parameters: Any) -> Answer:
        """One attempt.

        Raises:
            OSError, http.client.HTTPException: there was no answer.
        """
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
            self._local.connection = connection
        headers = {"X-Amz-Target": f"AWSStepFunctions.{operation}"}
        try:
            connection.request("POST", "/", json.dumps(parameters), headers)
            answer = connection.getresponse()
            return Answer(json.loads(answer.read()), answer.status)
        except (OSError, http.client.HTTPException):
            connection.close()
            self._local.connection = None
            raise

    def insist(self, operation: str, **parameters: Any) -> Answer:
        """Calls until there is an answer that is not the server's failure."""
        unanswered, failed = 0, []

        def attempt() -> Answer | None:
            nonlocal unanswered
            try:
                answer = self.call(operation, **parameters)
            except (OSError, http.client.HTTPException):
                unanswered += 1
                return None
            if answer.status >= 500:
                failed.append(f"{answer.code}: {answer.body.get('message')}")
                return None
            return Answer(answer.body, answer.status, unanswered, tuple(failed))

        found: Answer = until(attempt, f"an answer to {operation}", PATIENCE)
        return found
