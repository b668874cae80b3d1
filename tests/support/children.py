"""Map runs without threads: on the pure core and the in-memory ports, for tests that step by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from asl.commands import Command, Dispatch, for_map_runs
from asl.events import Event, TimePassed
from asl.execution import Execution, Status
from asl.machine import Machine, map_state
from asl.map_runs.drive import Host, MapRunDriver
from asl.map_runs.memory import MemoryObjects
from asl.map_runs.ports import ObjectStore
from asl.memory import MemoryJournal
from asl.ports import Commit
from asl.step import step


class Children:
    """The Map runs of one execution, and all children below it.

    Args:
        parent: the execution as it is now.
        deliver: takes a fact to that execution.
        now: milliseconds since the epoch.
        pending: where the tasks that children call are added.
    """

    def __init__(
        self,
        machine: Machine,
        parent: Callable[[], Execution],
        deliver: Callable[[Event], None],
        now: Callable[[], int],
        pending: list[Dispatch],
        objects: ObjectStore | None = None,
    ):
        self.journal = MemoryJournal()
        self._machine = machine
        self._parent = parent
        self._tell_parent = deliver
        self._now = now
        self._pending = pending
        self._woken: list[str] = []
        self._settling = False
        host = Host(lambda _: machine, self._load, self.journal.new_key, self.deliver, self._began)
        self._driver = MapRunDriver(host, self.journal.map_runs, objects or MemoryObjects(), self)

    def now(self) -> int:
        return self._now()

    def perform(self, commands: Sequence[Command]) -> None:
        """Does what a step of the parent asked for about Map runs."""
        self.journal._runs.apply(for_map_runs(commands))
        self._take(commands)
        self.settle()

    def deliver(self, arn: str, event: Event) -> None:
        """Takes a fact to a child, or to the parent."""
        if arn == self._parent().arn:
            self._tell_parent(event)
            return
        child = self.journal.load(arn)
        assert child is not None
        assert child.map_child is not None
        moved, entries, commands = step(self._processor(child), child, event)
        if moved is not child:
            commit = Commit(moved, entries, child.turn, for_map_runs(commands))
            self.journal.append(lambda: commit)
            self._take(commands)
            self._woken.append(child.map_child.run)
        self.settle()

    def next_due(self) -> int | None:
        return self.journal.next_due()

    def let_time_pass(self) -> None:
        for execution in self.journal.due(self._now(), 1000):
            self.deliver(execution.arn, TimePassed(self._now()))

    def settle(self) -> None:
        """Has runs driven until they all wait for a child."""
        if self._settling:
            return
        self._settling = True
        try:
            while self._woken:
                self._driver.drive(self._woken.pop())
        finally:
            self._settling = False

    def state_of(self, dispatch: Dispatch) -> str | None:
        """The state that waits for a child's task; None where none does any more."""
        child = self.journal.load(dispatch.execution_arn)
        running = child is not None and child.status is Status.RUNNING
        return dispatch.state if running else None

    def _take(self, commands: Sequence[Command]) -> None:
        for command in commands:
            if not isinstance(command, Dispatch):
                self._woken.append(command.arn)
            elif command.execution_arn != self._parent().arn:
                self._pending.append(command)

    def _began(self, children: Sequence[Commit], commands: Sequence[Command]) -> None:
        self._take(commands)

    def _load(self, arn: str) -> Execution | None:
        parent = self._parent()
        return parent if arn == parent.arn else self.journal.load(arn)

    def _processor(self, child: Execution) -> Machine:
        assert child.map_child is not None
        state = map_state(self._machine, child.map_child.state)
        assert state is not None
        return state.processor
