"""The API's access log: a line a request, in the stage's format, written beside the requests.

A request pays for one append; a thread writes what has come in a second to the log group.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from __future__ import annotations

import logging
import re
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

from asl.ports import Clock
from localcloud.services.logs import Logs

GATHER_SECONDS = 1.0
MOST_WAITING = 200_000
"""Calls that wait to be written; beyond, the oldest are forgotten: a log must not fill memory."""
_VARIABLE = re.compile(r"\$context\.([A-Za-z]+(?:\.\w+)?)")
_log = logging.getLogger("localcloud")


@dataclass(frozen=True, slots=True)
class Call:
    """A request that a function answered; not its body, of which no line tells."""

    context: dict[str, Any]
    method: str
    resource: str
    at: int
    """When it came, in milliseconds."""
    status: int
    milliseconds: int


class AccessLog:
    """Writes the calls of an API to a log group until it is closed."""

    def __init__(self, setting: dict[str, str], logs: Logs, clock: Clock):
        self._group = setting["DestinationArn"].partition(":log-group:")[2].removesuffix(":*")
        self._format = setting["Format"]
        self._logs = logs
        self._clock = clock
        self._calls: deque[Call] = deque(maxlen=MOST_WAITING)
        self._some = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write_all, name="access-log", daemon=True)

    def open(self) -> None:
        """Starts to write."""
        self._thread.start()

    def note(self, event: dict[str, Any], status: int, seconds: float) -> None:
        """Takes a call that was answered just now; it is written within about a second."""
        took = int(seconds * 1000)
        self._calls.append(
            Call(
                event["requestContext"],
                event["httpMethod"],
                event["resource"],
                self._clock.now() - took,
                status,
                took,
            )
        )
        if not self._some.is_set():
            self._some.set()

    def close(self) -> None:
        """Writes what is left, and ends."""
        self._stop.set()
        self._some.set()
        self._thread.join(timeout=10)

    def _write_all(self) -> None:
        while not self._stop.is_set():
            self._some.wait()
            self._stop.wait(GATHER_SECONDS)
            self._some.clear()
            self._write()
        self._write()

    def _write(self) -> None:
        """What is there: nothing, where all came before the last time."""
        if not self._calls:
            return
        calls = [self._calls.popleft() for _ in range(len(self._calls))]
        try:
            self._logs.put(self._group, [(call.at, line(self._format, call)) for call in calls])
        except Exception:  # whoever is served does not suffer from a log
            _log.exception("%d lines of the access log are lost", len(calls))


def line(pattern: str, call: Call) -> str:
    """A line with its variables replaced; one that is not known is ``-``, as API Gateway does.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
    """
    context = call.context
    authorizer = context.get("authorizer") or {}
    known = {
        "requestId": context["requestId"],
        "requestTimeEpoch": call.at,
        "httpMethod": call.method,
        "resourcePath": call.resource,
        "status": call.status,
        "responseLatency": call.milliseconds,
        **{f"authorizer.{name}": value for name, value in authorizer.items()},
    }
    return _VARIABLE.sub(lambda match: str(known.get(match[1], "-")), pattern)
