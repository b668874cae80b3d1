"""Intents: what the runner is to do once the step that decided them is committed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asl.execution import Path
from asl.machine import Resource
from asl.map_runs.model import MapRun
from asl.payload import Payload


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Call a task. ``key`` stays the same when a crash makes it be called again."""

    execution_arn: str
    path: Path
    id: int
    resource: Resource
    parameters: Payload
    token: str
    key: str
    timeout_seconds: int | None
    state: str
    """The name of the state that calls."""
    retry_count: int
    """How many attempts there were before this one."""


@dataclass(frozen=True, slots=True)
class StartMapRun:
    """Run a Distributed Map. The run is stored in the transaction of the step that decided it."""

    run: MapRun

    @property
    def arn(self) -> str:
        """The run's ARN."""
        return self.run.arn


@dataclass(frozen=True, slots=True)
class StopMapRun:
    """The execution does not wait for the run any more: whatever it still does is to stop.

    That too is stored in the transaction of the step that decided it.
    """

    arn: str


@dataclass(frozen=True, slots=True)
class RedriveMapRun:
    """Have a run that has ended go on with the children that had not succeeded.

    That too is stored in the transaction of the step that decided it.
    """

    arn: str
    at: int


MapRunCommand = StartMapRun | StopMapRun | RedriveMapRun
Command = Dispatch | MapRunCommand


def for_map_runs(commands: Sequence[Command]) -> tuple[MapRunCommand, ...]:
    """What is to be stored of Map runs, together with the step that decided the commands."""
    return tuple(each for each in commands if not isinstance(each, Dispatch))
