"""One call of ``step``: the cursor that walks the states, and what the walk leaves behind."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from asl.commands import Dispatch, RedriveMapRun, StartMapRun
from asl.errors import StateError
from asl.execution import Execution, Frame, Path, Waiting
from asl.machine import Machine, MapState, ParallelState, StateBase, TaskState
from asl.payload import Payload
from asl.scope import Scope

MAX_EVENTS = 25_000
"""The most events that the history of a Standard execution may have (AWS quota)."""

MAX_WALK = 1_000
"""How many history events one step may add before it lets others have their turn."""

HIDDEN_IDS = 1_000_000

Entry = tuple[int, int, int, str, dict[str, Any]]
"""A history event: id, previous event id, milliseconds, AWS's type, details."""


class HistoryFullError(Exception):
    """The execution has used up its history: it ends, whatever Catch says."""


@dataclass(frozen=True, slots=True)
class Parked:
    """The scope waits; ``frame`` says for what."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Finished:
    """The scope reached an end."""

    output: Payload
    last: int
    """The scope's last history event."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The scope failed and nothing inside it caught the error."""

    error: StateError
    last: int = 0
    in_task: bool = False
    """A Task failed (not a Fail state, nor an evaluation): Parallel then tells of its abortion."""
    frame: Frame | None = None
    """Where the scope stood: what a redrive goes on from."""


Outcome = Parked | Finished | Failed


@dataclass(frozen=True, slots=True)
class Handled:
    """How a state's failure was met."""

    error: StateError
    retrier: int | None
    """Which rule of Retry matches it, even where that rule's attempts are used up."""
    catcher: int | None
    """Which rule of Catch took it."""


class Cursor:
    """A frame while it moves: the mutable twin of :class:`asl.execution.Frame`."""

    __slots__ = (
        "base",
        "entered_at",
        "entered_id",
        "input",
        "item",
        "own",
        "path",
        "previous",
        "retries",
        "retry_count",
        "state",
        "variables",
    )

    def __init__(
        self,
        path: Path,
        state: str,
        state_input: Payload,
        previous: int,
        inherited: Mapping[str, Any],
        item: tuple[int, Any] | None = None,
    ):
        self.path = path
        self.state = state
        self.input = state_input
        self.previous = previous
        self.base = previous
        """What the state's present work follows: an evaluation that fails undoes it that far."""
        self.own: Mapping[str, Any] = {}
        self.variables = inherited
        self.item = item
        self.entered_at = 0
        self.entered_id = 0
        self.retries: tuple[int, ...] = ()
        self.retry_count = 0

    @classmethod
    def restore(cls, frame: Frame, inherited: Mapping[str, Any]) -> Cursor:
        """The cursor that was parked as ``frame``."""
        cursor = cls(frame.path, frame.state, frame.input, frame.previous, inherited, frame.item)
        cursor.entered_at, cursor.entered_id = frame.entered_at, frame.entered_id
        cursor.retries, cursor.retry_count = frame.retries, frame.retry_count
        cursor.assign(dict(frame.variables))
        return cursor

    def assign(self, values: dict[str, Any]) -> None:
        """Sets variables in this scope."""
        if values:
            self.own = {**self.own, **values}
            self.variables = {**self.variables, **values}

    def park(self, waiting: Waiting) -> Parked:
        """Freezes the cursor until what it waits for has come."""
        return Parked(
            Frame(
                self.path,
                self.state,
                self.input,
                self.entered_at,
                self.entered_id,
                self.previous,
                self.own,
                waiting,
                self.retries,
                self.retry_count,
                self.item,
            )
        )


class Turn:
    """Gathers the history entries and dispatches of one step."""

    __slots__ = (
        "_hidden",
        "_muted",
        "dispatches",
        "entries",
        "execution",
        "handled",
        "map_runs",
        "now",
        "run",
        "seq",
    )

    def __init__(
        self,
        execution: Execution,
        now: int,
        run: Callable[[Turn, Machine, Cursor], Outcome],
    ):
        self.execution = execution
        self.now = now
        self.seq = execution.seq
        self.entries: list[Entry] = []
        self.dispatches: list[Dispatch] = []
        self.handled: Handled | None = None
        """The newest failure of a state."""
        self.map_runs: list[StartMapRun | RedriveMapRun] = []
        self.run = run
        self._muted = False
        self._hidden = 0

    @contextmanager
    def muted(self, muted: bool) -> Iterator[None]:
        """Leaves the events of a Distributed Map's items out: they are not the execution's own."""
        before, self._muted = self._muted, self._muted or muted
        try:
            yield
        finally:
            self._muted = before

    def record(self, previous: int, kind: str, details: dict[str, Any]) -> int:
        """Adds a history event and returns its id."""
        if self._muted:
            # Ids still tell attempts apart, in this turn and in later ones.
            self._hidden += 1
            return -(self.execution.turn * HIDDEN_IDS + self._hidden)
        if self.seq >= MAX_EVENTS - 1 and not self.execution.express:
            raise HistoryFullError
        return self.record_last(previous, kind, details)

    def record_last(self, previous: int, kind: str, details: dict[str, Any]) -> int:
        """Adds an event that ends the execution: there is always room for it."""
        self.seq += 1
        self.entries.append((self.seq, previous, self.now, kind, details))
        return self.seq

    @property
    def tired(self) -> bool:
        """Whether this step has walked far enough: the rest is another step's."""
        return len(self.entries) + self._hidden >= MAX_WALK

    def follow(self, cursor: Cursor, kind: str, details: dict[str, Any]) -> int:
        """Adds the cursor's next history event."""
        cursor.previous = self.record(cursor.previous, kind, details)
        return cursor.previous

    def scope(self, cursor: Cursor, state: StateBase, **fields: Any) -> Scope:
        """What the state's expressions see."""

        def context() -> dict[str, Any]:
            return self.context(cursor, state)

        return Scope(cursor.variables, context, input=cursor.input.value, **fields)

    def context(self, cursor: Cursor, state: StateBase) -> dict[str, Any]:
        """The context object.

        https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
        """
        execution = self.execution
        context: dict[str, Any] = {
            "Execution": {
                "Id": execution.arn,
                "Input": execution.input.value,
                "Name": execution.name,
                "RoleArn": execution.role_arn,
                "StartTime": iso(execution.started_at),
                **_redrives(execution),
            },
            "State": {"Name": cursor.state, "EnteredTime": iso(cursor.entered_at)},
            "StateMachine": {
                "Id": execution.machine_arn,
                "Name": execution.machine_arn.split(":")[6],
            },
        }
        if isinstance(state, TaskState | MapState | ParallelState):
            context["State"]["RetryCount"] = cursor.retry_count
        if isinstance(state, TaskState) and state.resource.pattern != "response":
            context["Task"] = {"Token": self.token(cursor)}
        if cursor.item is not None:
            context["Map"] = {"Item": {"Index": cursor.item[0], "Value": cursor.item[1]}}
        return context

    def token(self, cursor: Cursor) -> str:
        """The task token that the cursor's next task gets.

        Only who was given it can know it: it holds a digest keyed by the execution's secret.
        """
        path = ".".join(map(str, cursor.path))
        place = f"{self.execution.arn}|{path}|{self.seq + 1}"
        digest = hashlib.blake2b(
            place.encode(), key=self.execution.secret.encode()[:64], digest_size=16
        ).hexdigest()
        return urlsafe_b64encode(f"{place}|{digest}".encode()).decode()


def _redrives(execution: Execution) -> dict[str, Any]:
    """What the context object says of redrives; Express executions have none."""
    if execution.express:
        return {}
    redrives = execution.redrives
    told: dict[str, Any] = {"RedriveCount": redrives.count}
    return told if redrives.at is None else {**told, "RedriveTime": iso(redrives.at)}


@lru_cache(maxsize=1024)
def iso(milliseconds: int) -> str:
    """A moment as AWS writes it in the context object: 2026-01-31T12:00:00.123Z."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"
