"""What the operations share: the ports, and finding things by their ARNs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from secrets import SystemRandom
from typing import Any

from asl.api.checks import check_arn, check_execution_arn
from asl.errors import ApiError
from asl.execution import Execution
from asl.express import Express
from asl.ports import Clock, ExecutionLog, Journal
from asl.registry import ActivityTask, MachineRecord, Machines
from asl.runner import Runner

_RANDOM = SystemRandom()
POLL_SECONDS = 60.0
"""How long GetActivityTask waits for a task (AWS's long poll)."""


RECENT = 1024


class Operations:
    """One account's Step Functions in one region, without any operation yet.

    Args:
        express: runs Express executions.
        log: where executions' events may go.
        chance: gives a number in [0, 1) that picks one of an alias's versions.
        poll_seconds: how long GetActivityTask waits.
    """

    def __init__(
        self,
        runner: Runner,
        journal: Journal,
        machines: Machines,
        clock: Clock,
        *,
        express: Express,
        log: ExecutionLog,
        account: str = "000000000000",
        region: str = "us-east-1",
        chance: Callable[[], float] = _RANDOM.random,
        poll_seconds: float = POLL_SECONDS,
    ):
        self._runner = runner
        runner.offer = self.offer_activity_task
        self._express = express
        self._log = log
        self._journal = journal
        self._machines = machines
        self._clock = clock
        self._prefix = f"arn:aws:states:{region}:{account}"
        self._chance = chance
        self._poll_seconds = poll_seconds
        self._recent: dict[str, tuple[int, MachineRecord]] = {}
        """What was started last, and in which second it was looked up."""
        self._offered = threading.Condition()
        """Notified when a worker may find a task."""

    def offer_activity_task(self, task: ActivityTask) -> None:
        """Puts a task where workers find it; the same task again changes nothing."""
        self._machines.activities.offer(task)
        with self._offered:
            self._offered.notify_all()

    def _machine(self, arn: str) -> MachineRecord:
        """A machine or a version."""
        check_arn(arn, "stateMachine")
        record = self._machines.get(arn)
        if record is None:
            raise no_such_machine(arn)
        return record

    def _started(self, arn: str) -> MachineRecord:
        """A machine to start, as of this second: another process's update may take that long.

        AWS says of updates that executions started right after one may use the old definition.
        Those of this process are seen at once: they call :meth:`_forget_started`.
        """
        second = self._clock.now() // 1000
        known = self._recent.get(arn)
        if known is None or known[0] != second:
            known = second, self._machine(arn)
            if len(self._recent) >= RECENT:
                self._forget_started()
            self._recent[arn] = known
        return known[1]

    def _forget_started(self) -> None:
        self._recent.clear()

    def _unqualified(self, arn: str) -> MachineRecord:
        """A machine, for operations that a version cannot undergo."""
        record = self._machine(arn)
        if record.version is not None:
            raise no_such_machine(arn)
        return record

    def _execution(self, arn: str) -> Execution:
        check_execution_arn(arn)
        execution = self._journal.load(arn)
        if execution is None:
            raise ApiError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return execution

    def _standard(self, arn: str) -> Execution:
        """An execution, for operations that an Express child of a Map run cannot undergo."""
        execution = self._execution(arn)
        if execution.map_child is not None and execution.map_child.express:
            raise not_for_this_type()
        return execution


def no_such_machine(arn: str) -> ApiError:
    """A StateMachineDoesNotExist."""
    return ApiError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


def not_for_this_type() -> ApiError:
    """A StateMachineTypeNotSupported."""
    return ApiError(
        "StateMachineTypeNotSupported",
        "This operation is not supported by this type of state machine",
    )


def machine_arn_of(arn: str) -> str:
    """The ARN of the machine that a version or an alias belongs to."""
    return ":".join(arn.split(":")[:7])


Tag = dict[str, Any]
