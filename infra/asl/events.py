"""Facts that move an execution on. Each says when it happened; the core has no clock of its own."""

from __future__ import annotations

from dataclasses import dataclass

from asl.execution import Path
from asl.payload import Payload


@dataclass(frozen=True, slots=True)
class Started:
    """The execution begins."""

    at: int


@dataclass(frozen=True, slots=True)
class TimePassed:
    """It is now ``at``: whatever was due by then happens."""

    at: int


@dataclass(frozen=True, slots=True)
class TaskAccepted:
    """The request was taken: the job runs, or somebody holds the token."""

    at: int
    path: Path
    id: int
    output: Payload


@dataclass(frozen=True, slots=True)
class ActivityTaken:
    """A worker took an activity's task."""

    at: int
    path: Path
    id: int
    worker: str | None = None


@dataclass(frozen=True, slots=True)
class TaskSucceeded:
    """A task's result."""

    at: int
    path: Path
    id: int
    output: Payload


@dataclass(frozen=True, slots=True)
class TaskFailed:
    """A task's error."""

    at: int
    path: Path
    id: int
    error: str | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Whoever holds the token is still at work."""

    at: int
    path: Path
    id: int


@dataclass(frozen=True, slots=True)
class StopRequested:
    """Somebody stops the execution."""

    at: int
    error: str | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class Redriven:
    """Somebody makes an execution go on that had ended without success.

    ``token`` is the request's own: the same request again changes nothing.
    """

    at: int
    token: str


@dataclass(frozen=True, slots=True)
class MapRunSucceeded:
    """A Map run's results. ``run`` is its ARN."""

    at: int
    path: Path
    run: str
    output: Payload
    redrives: int = 0
    """Which of the run's ends it is: how often it had been redriven by then."""


@dataclass(frozen=True, slots=True)
class MapRunFailed:
    """A Map run's error."""

    at: int
    path: Path
    run: str
    error: str | None
    cause: str | None
    redrives: int = 0


TaskEvent = TaskAccepted | ActivityTaken | TaskSucceeded | TaskFailed | Heartbeat
MapRunEvent = MapRunSucceeded | MapRunFailed
Event = Started | TimePassed | TaskEvent | MapRunEvent | StopRequested | Redriven
