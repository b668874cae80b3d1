"""The API's access log: a line a request, in the stage's format, written beside the requests.

A request pays for one append; a thread writes what has come in a second to the log group.
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from asl.ports import Clock
from localcloud.gathering import Gatherer

GATHER_SECONDS = 1.0
_VARIABLE = re.compile(r"\$context\.([A-Za-z]+(?:\.\w+)?)")


class Logs(Protocol):
    """Where lines are put: :class:`localcloud.services.logs.Logs`, here or in another process."""

    def put(self, name: str, events: Sequence[tuple[int, str]]) -> None:
        """Writes events, each with its moment in milliseconds, into a group."""


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
        self._calls = Gatherer("access log", GATHER_SECONDS, self._write)

    def open(self) -> None:
        """Starts to write."""
        self._calls.open()

    def note(self, event: dict[str, Any], status: int, seconds: float) -> None:
        """Takes a call that was answered just now; it is written within about a second."""
        took = int(seconds * 1000)
        call = Call(
            event["requestContext"],
            event["httpMethod"],
            event["resource"],
            self._clock.now() - took,
            status,
            took,
        )
        self._calls.add((call,))

    def close(self) -> None:
        """Writes what is left, and ends."""
        self._calls.close()

    def _write(self, calls: list[Call]) -> None:
        self._logs.put(self._group, [(call.at, line(self._format, call)) for call in calls])


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
