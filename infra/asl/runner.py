"""Performs what :mod:`asl.step` decides: load → step → commit → dispatch.

A commit is the only thing that makes a step real. It happens before the caller hears "started",
before a task is called, at its result and at the end; between those the walk costs memory only.
After a crash :meth:`Runner.recover` calls again each task whose answer was not recorded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from math import isinf

from asl.alarm import Alarm
from asl.commands import Command, Dispatch, for_map_runs
from asl.definitions import Definitions
from asl.doubts import EVERY_OFFER, EVERY_TASK, Doubts
from asl.errors import ConflictError, UnavailableError
from asl.events import Event, Started, TaskEvent, TimePassed
from asl.execution import Execution, Parent, Status, next_due
from asl.guard import RETRY_SECONDS, Guard
from asl.hot import HotExecutions
from asl.machine import Machine
from asl.map_runs.drive import Host, MapRunDriver
from asl.map_runs.memory import NoObjects
from asl.map_runs.ports import ObjectStore
from asl.map_runs.threads import MapRunThreads
from asl.nesting import child_ended
from asl.outbox import Outbox
from asl.payload import Payload
from asl.ports import Announcement, Announcer, Clock, Commit, Journal, TaskDispatcher
from asl.randomness import random_hex
from asl.recovery import Recovery
from asl.registry import ActivityTask, MachineRecord, Machines
from asl.step import Step, step
from asl.tasks import TaskThreads
from asl.turn import Entry
from asl.waking import Woken

RENEWALS = 4
"""How often a lease is renewed while it lasts."""
EXPRESS_SECONDS = 300
"""How long an Express execution may take (AWS quota)."""
STRIPES = 512
BATCH = 500
FEW = 50
"""How many executions time moves at once while tasks are behind; then it lets them catch up."""
CATCH_UP_SECONDS = 0.1


class Runner:
    """Runs executions against a journal. Thread-safe; several threads serve it."""

    def __init__(
        self,
        journal: Journal,
        machines: Machines,
        dispatcher: TaskDispatcher,
        announcer: Announcer,
        clock: Clock,
        *,
        workers: int = 64,
        report: Callable[[Exception], None] | None = None,
        log: Callable[[Execution, list[Entry]], None] | None = None,
        objects: ObjectStore | None = None,
    ):
        self._journal = journal
        self._machines = machines
        self._announcer = announcer
        self._clock = clock
        self._log = log
        self.offer: Callable[[ActivityTask], None] = machines.activities.offer
        """Puts an activity's task where workers find it."""
        self._hot = HotExecutions()
        self._stripes = [threading.Lock() for _ in range(STRIPES)]
        self._alarm = Alarm()
        self._stop = threading.Event()
        self._guard = Guard(self._stop, report)
        self._outbox = Outbox(journal, self.announce, self._stop)
        self._tasks = TaskThreads(
            dispatcher, self._record, self._offer, clock, self._guard, self._stop, workers
        )
        self._submit = self._tasks.submit
        self._threads: list[threading.Thread] = []
        self._definitions = Definitions(machines)
        self._recovery = Recovery(journal, self._definitions.of, self._submit)
        self._doubts = Doubts(self._recovery)
        self._leases: list[int] = []
        self._taken: list[int] = []
        host = Host(
            self._definitions.of_revision,
            journal.load,
            journal.new_key,
            self.deliver,
            self._children_began,
        )
        driver = MapRunDriver(host, journal.map_runs, objects or NoObjects(), clock)
        self._map_runs = MapRunThreads(
            driver, journal.map_runs, self._map_run_failed, RETRY_SECONDS
        )

    # -- life ---------------------------------------------------------------------------------

    def open(self) -> None:
        """Recovers what a crash left, then starts the threads for time, leases, announcements."""
        self.take_over()
        for loop in (self._time_loop, self._announce_loop, self._lease_loop):
            thread = threading.Thread(target=loop, name=f"asl-{loop.__name__}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        """Stops taking work and lets what is under way come to its next commit."""
        self._stop.set()
        self._alarm.ring()
        self._outbox.wake()
        for thread in self._threads:
            thread.join()
        self._map_runs.close()
        self._tasks.close()

    def take_over(self) -> None:
        """Keeps the leases, and looks after what comes with those that had become free."""
        fresh = self._journal.hold()
        self._leases += fresh
        self._taken += fresh  # kept until all that comes with them is called again
        if not self._taken:
            return
        self.recover(self._taken)
        self._map_runs.take_over(self._taken)
        taken, self._taken = self._taken, []
        self._alarm.ring()
        self._tasks.insist(self._outbox.left_over, taken)

    def recover(self, taken: Sequence[int] | None = None) -> None:
        """Calls the tasks again that may have been lost: with leases, or of those held."""
        self._recovery.everything(taken)

    def doubt_offers(self) -> None:
        """Has the tasks of activities offered again: a worker may have been about to take one."""
        self._doubt(EVERY_OFFER)

    def _map_run_failed(self, error: Exception) -> None:
        self._guard.tell(error)
        if isinstance(error, UnavailableError):  # its children may have begun
            self._doubt(EVERY_TASK)

    def _doubt(self, arn: str) -> None:
        self._doubts.add(arn)
        self._alarm.ring()

    def _lease_loop(self) -> None:
        pause = self._journal.lease_seconds / RENEWALS
        while not self._stop.wait(None if isinf(pause) else pause):
            self._guard.attempt(self.take_over)

    # -- moving executions --------------------------------------------------------------------

    def start(
        self,
        record: MachineRecord,
        arn: str,
        execution_input: Payload,
        parent: Parent | None = None,
        alias: str | None = None,
        trace_header: str | None = None,
    ) -> Execution:
        """Starts an execution and walks it as far as it goes; returns once that is durable.

        Raises:
            ExecutionExistsError: the name is taken.
        """
        now = self._clock.now()
        machine = self._definitions.of_revision(record.revision)
        execution = Execution(
            arn=arn,
            machine_arn=record.arn,
            role_arn=record.role_arn,
            input=execution_input,
            started_at=now,
            secret=random_hex(8),
            key=self._journal.new_key(),
            revision=record.revision,
            due=_deadline(record, machine, now),
            parent=parent,
            version=record.version,
            alias=alias,
            trace_header=trace_header,
        )
        turns: list[Step] = []

        def begin() -> Commit:
            turns.append(step(machine, execution, Started(now)))
            moved, entries, commands = turns[-1]
            return Commit(moved, entries, 0, for_map_runs(commands))

        announcement = self._append(arn, begin)
        moved, entries, commands = turns[-1]
        self._committed(moved, entries, announcement)
        self._perform(commands)
        return moved

    def map_run_changed(self, arn: str) -> None:
        """Has a Map run's next step decided anew: somebody has changed its limits."""
        self._map_runs.wake(arn)

    def _children_began(self, children: Sequence[Commit], commands: Sequence[Command]) -> None:
        """Takes over the children of a Map run, which were stored just now."""
        for commit in children:
            self._committed(commit.execution, commit.entries, None)
        self._perform(commands)

    def _perform(self, commands: Sequence[Command]) -> None:
        for dispatch in self._dispatches(commands):
            self._submit(dispatch)

    def _dispatches(self, commands: Sequence[Command]) -> list[Dispatch]:
        """The tasks to call; what is to be done about Map runs is done here."""
        dispatches = []
        for command in commands:
            if isinstance(command, Dispatch):
                dispatches.append(command)
            else:
                self._map_runs.wake(command.arn)
        return dispatches

    def deliver(self, arn: str, event: Event) -> Execution | None:
        """Takes a fact to an execution. A fact that nobody waits for changes nothing.

        Returns:
            The execution as it is now, or None where there is none of that ARN.
        """
        execution, dispatches = self._move(arn, event)
        for dispatch in dispatches:
            self._submit(dispatch)
        return execution

    def _move(self, arn: str, event: Event) -> tuple[Execution | None, list[Dispatch]]:
        with self._stripes[hash(arn) % STRIPES]:
            while True:
                hot = self._hot.take(arn)
                execution = hot or self._journal.load(arn)
                if execution is None:
                    return None, []
                # Others may have moved it since the event was made: its history never goes back.
                now = self._clock.now()
                event = event if event.at >= now else replace(event, at=now)
                moved, entries, commands = self._step(execution, event)
                if moved is execution:
                    if hot is not None:
                        continue  # another process may have moved it: only the journal knows
                    self._hot.keep(execution)
                    return execution, []
                try:
                    commit = Commit(moved, entries, execution.turn, for_map_runs(commands))
                    announcement = self._append(arn, partial(_same, commit))
                except ConflictError:
                    continue
                self._committed(moved, entries, announcement)
                return moved, self._dispatches(commands)

    def _step(self, execution: Execution, event: Event) -> Step:
        return step(self._definitions.of(execution), execution, event)

    def _append(self, arn: str, prepare: Callable[[], Commit]) -> Announcement | None:
        try:
            announcement = self._journal.append(prepare)
        except UnavailableError:
            self._doubt(arn)
            raise
        self._doubts.remove(arn)
        return announcement

    def _committed(
        self, execution: Execution, entries: list[Entry], announcement: Announcement | None
    ) -> None:
        self._hot.keep(execution)
        if self._log is not None:
            self._log(execution, entries)
        if announcement is not None:
            self._outbox.add(announcement)
        if execution.status is not Status.RUNNING:
            if execution.map_child is not None:
                self._map_runs.wake(execution.map_child.run)
        else:
            due = next_due(execution)
            if due is not None:
                self._alarm.hear(due)

    # -- tasks --------------------------------------------------------------------------------

    def _record(self, arn: str, event: Event) -> list[Dispatch]:
        return self._move(arn, event)[1]

    def _offer(self, task: ActivityTask) -> None:
        self.offer(task)

    def try_task(self, dispatch: Dispatch, seconds: float) -> TaskEvent | None:
        """Calls a task that belongs to no execution; None if that takes longer than ``seconds``."""
        return self._tasks.attempt(dispatch, seconds)

    # -- time ---------------------------------------------------------------------------------

    def _time_loop(self) -> None:
        while not self._stopping:
            self._guard.attempt(self._time_turn)

    def _time_turn(self) -> None:
        if self._doubts.settle():
            self._tasks.insist(self._outbox.left_over)
            self._tasks.insist(self._map_runs.take_over, self._leases)
        if not self._alarm.wait(self._journal.next_due, self._clock.now):
            return
        if self._tasks.behind:  # what is due may call more of them: they must not pile up
            self.fire_due(FEW)
            self._stop.wait(CATCH_UP_SECONDS)
        else:
            self.fire_due()

    def fire_due(self, most: int = BATCH) -> int:
        """Lets happen what is due by the clock; returns how many executions moved.

        Many move at once: one query reads them, and while each is stepped those before it are
        being committed.
        """
        woken = Woken(self._wake)
        due = self._journal.due(self._clock.now(), most)
        results = self._journal.append_all(woken.each(due))
        failures = woken.failures
        for commit, commands, result in zip(woken.commits, woken.commands, results, strict=True):
            if isinstance(result, Exception):
                failures += self._not_woken(commit.execution.arn, result)
            else:
                self._doubts.remove(commit.execution.arn)
                self._committed(commit.execution, commit.entries, result)
                self._perform(commands)
        if failures:
            raise failures[0]
        return len(woken.commits)

    def _wake(self, execution: Execution) -> Step:
        self._hot.take(execution.arn)
        return self._step(execution, TimePassed(self._clock.now()))

    def _not_woken(self, arn: str, error: Exception) -> list[Exception]:
        """What is wrong, if anything: what somebody else has moved is asked for again if due."""
        if isinstance(error, ConflictError):
            return []
        if isinstance(error, UnavailableError):
            self._doubt(arn)
        return [error]

    # -- announcements ------------------------------------------------------------------------

    def _announce_loop(self) -> None:
        while not self._stopping:
            if not self._guard.attempt(self._outbox.turn):
                self._guard.insist(self._outbox.left_over)

    def announce(self, batch: Sequence[Announcement]) -> None:
        """Passes status changes on and tells waiting parents."""
        self._announcer(batch)
        for announcement in batch:
            execution = announcement.execution
            if execution.parent is not None and execution.status is not Status.RUNNING:
                self.deliver(execution.parent.arn, child_ended(execution, execution.parent))

    @property
    def _stopping(self) -> bool:
        return self._stop.is_set()


def _deadline(record: MachineRecord, machine: Machine, now: int) -> int | None:
    """When the execution's time runs out, in milliseconds since the epoch."""
    seconds = machine.timeout_seconds
    if record.kind == "EXPRESS":
        seconds = min(seconds or EXPRESS_SECONDS, EXPRESS_SECONDS)
    return None if seconds is None else now + seconds * 1000


def _same(commit: Commit) -> Commit:
    return commit
