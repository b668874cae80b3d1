"""Performs what :mod:`asl.map_runs.core` decides: reads items, starts children, hands in results.

It keeps nothing that a crash could lose: an open stream is a convenience, the run's row is the
truth. Two processes may drive one run; the row's turn lets only one of them decide.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from asl.commands import Command, for_map_runs
from asl.errors import ITEM_READER, ConflictError, StateError, StateFailedError
from asl.events import Event, Redriven, Started, StopRequested
from asl.execution import Execution, MapChild, Status
from asl.machine import Machine, MapState, ResultWriter, map_state
from asl.map_runs import core
from asl.map_runs.datasets import open_source
from asl.map_runs.inputs import ChildInput, ChildInputs
from asl.map_runs.model import MapRun, child_arn
from asl.map_runs.ports import MapRunStore, ObjectStore
from asl.map_runs.results import COMPACT, export, exported, gather
from asl.payload import Payload
from asl.ports import Clock, Commit
from asl.randomness import random_hex
from asl.states.selection import selection
from asl.step import Step, step

PAGE = 500
FIRST_PAGE = 16
PAGE_BYTES = 4_000_000
"""About so many bytes of children's data are loaded at once: it takes many times that, parsed."""
OPEN = 64
"""How many sources are kept open: of other runs that wait for room, it is read again."""
EXPRESS_SECONDS = 300
"""How long an Express execution may take (AWS quota)."""


@dataclass(frozen=True, slots=True)
class Host:
    """The engine that parents and children run on."""

    definition: Callable[[int], Machine]
    """A state machine as of a revision."""
    load: Callable[[str], Execution | None]
    """An execution as last committed."""
    new_key: Callable[[], int]
    """A number for a new execution."""
    deliver: Callable[[str, Event], object]
    """Takes a fact to an execution."""
    began: Callable[[Sequence[Commit], Sequence[Command]], None]
    """Takes over children that were stored just now, and what they ask for."""


@dataclass(frozen=True, slots=True)
class _Stream:
    """A source that is open."""

    inputs: ChildInputs
    read: int
    """How many items had been read of it when it was put aside."""


class MapRunDriver:
    """Drives Map runs, one call at a time for each run."""

    def __init__(self, host: Host, store: MapRunStore, objects: ObjectStore, clock: Clock):
        self._host = host
        self._store = store
        self._objects = objects
        self._clock = clock
        self._lock = threading.Lock()
        self._streams: OrderedDict[str, _Stream] = OrderedDict()

    def drive(self, arn: str) -> None:
        """Does all that can be done now. Never waits for a child."""
        output: Payload | None = None
        while (run := self._store.load(arn)) is not None:
            try:
                match core.decide(run):
                    case core.StartChildren(most=most):
                        self._start(run, most)
                    case core.Redrive():
                        self._store.advance(run, core.redrive(run))
                    case core.RedriveChildren(most=most):
                        self._redrive_children(run, most)
                    case core.Fail(error=error):
                        self._store.advance(run, core.fail(run, error))
                    case core.StopChildren():
                        self._stop(run)
                    case core.Finish():
                        output = self._finish(run)
                    case core.Tell():
                        self._tell(run, output)
                    case core.Rest():
                        return
                    case decision:
                        assert_never(decision)
            except ConflictError:
                continue

    # -- starting children ----------------------------------------------------------------------

    def _start(self, run: MapRun, most: int) -> None:
        """Reads on and stores new children with the new position, in one transaction."""
        inputs = self._stream(run)
        try:
            found, taken = inputs.take(most)
        except StateFailedError as failure:
            self._store.advance(run, core.fail(run, _plain(failure.data)))
            return
        after = core.take(run, taken)
        machine, now = self._state(run).processor, self._clock.now()
        commits, commands = [], []
        for number, each in enumerate(found):
            commit, asked = self._child(run, machine, each, run.started + number, now)
            commits.append(commit)
            commands += asked
        self._store.advance(run, after, commits)
        if not taken.exhausted:
            self._keep(run, inputs, after.read)
        self._host.began(commits, commands)

    def _redrive_children(self, run: MapRun, most: int) -> None:
        """Has children go on that had not succeeded, in one transaction with where that stands."""
        assert run.redrives.after is not None
        machine, now = self._state(run).processor, self._clock.now()
        found = self._store.unsuccessful(run, run.redrives.after, most)
        commits, commands, lost = [], [], []
        for child in found:
            moved, entries, asked = _redriven(machine, child, now, f"{run.redrives.count}")
            if moved is child:
                lost.append(child)
            else:
                commits.append(Commit(moved, entries, child.turn, for_map_runs(asked)))
                commands += asked
        last = _index(found[-1]) if len(found) == most else None
        self._store.advance(run, core.children_redriven(run, last, found, lost), commits)
        self._host.began(commits, commands)

    def _stream(self, run: MapRun) -> ChildInputs:
        """The run's open source, or a new one. It is kept again once what it gave is stored."""
        with self._lock:
            known = self._streams.pop(run.arn, None)
        if known is not None and known.read == run.read:
            return known.inputs
        return self._inputs(run)

    def _keep(self, run: MapRun, inputs: ChildInputs, read: int) -> None:
        with self._lock:
            self._streams[run.arn] = _Stream(inputs, read)
            if len(self._streams) > OPEN:
                self._streams.popitem(last=False)

    def _inputs(self, run: MapRun) -> ChildInputs:
        state = self._state(run)
        parent = self._host.load(run.parent_arn)
        assert parent is not None
        source = open_source(run.inputs, state.reader, self._objects, run.position)
        return ChildInputs(run, source, selection(parent, run.path, state, self._clock.now()))

    def _child(
        self, run: MapRun, machine: Machine, given: ChildInput, index: int, now: int
    ) -> tuple[Commit, list[Command]]:
        seconds = EXPRESS_SECONDS if run.express else machine.timeout_seconds
        child = Execution(
            arn=child_arn(run.machine_arn, run.arn, index, express=run.express),
            machine_arn=run.machine_arn,
            role_arn=run.role_arn,
            input=given.payload,
            started_at=now,
            secret=random_hex(8),
            key=self._host.new_key(),
            revision=run.revision,
            due=None if seconds is None else now + seconds * 1000,
            map_child=MapChild(run.arn, run.state, index, given.items, run.express, run.key),
        )
        moved, entries, commands = step(machine, child, Started(now))
        return Commit(moved, entries, 0, for_map_runs(commands)), commands

    def _state(self, run: MapRun) -> MapState:
        state = map_state(self._host.definition(run.revision), run.state)
        assert state is not None
        return state

    # -- ending -----------------------------------------------------------------------------------

    def _stop(self, run: MapRun) -> None:
        """Stops the children that run, page by page."""
        after, stopped = -1, 0
        while page := self._store.children(run, after, PAGE, Status.RUNNING):
            for child in page:
                self._host.deliver(child.arn, StopRequested(self._clock.now(), None, None))
            after, stopped = _index(page[-1]), stopped + len(page)
        if not stopped:
            raise RuntimeError(f"{run.arn} counts running children that are not there")

    def _finish(self, run: MapRun) -> Payload | None:
        """Hands in the results and ends the run."""
        with self._lock:
            self._streams.pop(run.arn, None)
        output, error, left = None, None, 0
        try:
            writer = self._state(run).writer or COMPACT
            if writer.arguments is not None:
                left = self._export(run, writer)
                output = exported(run)
            elif run.failure is None and not run.stopping:
                output = gather(self._children(run), writer, run.state)
        except StateFailedError as failure:
            error = failure.data
        now = self._clock.now()
        ended = core.finish(run, now, written=output is not None, left=left, error=error)
        self._store.advance(run, ended)
        return output

    def _export(self, run: MapRun, writer: ResultWriter) -> int:
        unread = run.failure is not None and run.failure.error == ITEM_READER
        left = iter(()) if run.exhausted or unread else self._inputs(run).rest()
        return export(run, self._children(run), left, writer, self._objects)

    def _children(self, run: MapRun) -> Iterator[Execution]:
        after, most = -1, FIRST_PAGE
        while page := self._store.children(run, after, most):
            yield from page
            after, most = _index(page[-1]), _next_page(page)

    def _tell(self, run: MapRun, output: Payload | None) -> None:
        if output is None and run.failure is None:
            writer = self._state(run).writer or COMPACT
            output = (
                gather(self._children(run), writer, run.state)
                if writer.arguments is None
                else exported(run)
            )
        self._host.deliver(run.parent_arn, core.outcome(run, output))
        self._store.tell(run)


def _redriven(machine: Machine, child: Execution, now: int, token: str) -> Step:
    """A child that goes on where it stood; an Express one begins again. The same if it cannot."""
    if not (child.map_child and child.map_child.express):
        return step(machine, child, Redriven(now, token))
    again = replace(
        child,
        status=Status.RUNNING,
        unfinished=None,
        failure=None,
        stopped_at=None,
        due=now + EXPRESS_SECONDS * 1000,
    )
    return step(machine, again, Started(now))


def _next_page(page: Sequence[Execution]) -> int:
    """How many children to load next, going by the size of those of this page."""
    size = sum(len(c.input.text) + len(c.output.text if c.output else b"") for c in page)
    return max(FIRST_PAGE, min(PAGE, PAGE_BYTES * len(page) // max(size, 1)))


def _index(child: Execution) -> int:
    assert child.map_child is not None
    return child.map_child.index


def _plain(error: StateError) -> StateError:
    return StateError(error.error, error.cause)
