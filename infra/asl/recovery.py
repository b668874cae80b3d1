"""What a crash may have lost: dispatches that were decided and whose answers were not recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from asl.commands import Dispatch
from asl.execution import Execution, ForChildren, ForTask, in_flight
from asl.machine import Machine, TaskState
from asl.ports import Journal
from asl.states.fan_out import processor
from asl.states.task import dispatch_key


class Recovery:
    """Calls tasks again. A call more than needed does no harm: it has the key that it had.

    Args:
        machine: gives the definition that an execution runs.
        submit: has a task called.
    """

    def __init__(
        self,
        journal: Journal,
        machine: Callable[[Execution], Machine],
        submit: Callable[[Dispatch], None],
    ):
        self._journal = journal
        self._machine = machine
        self._submit = submit

    def everything(self, taken: Sequence[int] | None) -> None:
        """Every task in flight that the last holders of these leases may have called, or every one
        under the leases held."""
        for arn in self._journal.with_tasks_in_flight(taken):
            self.execution(arn)

    def execution(self, arn: str) -> None:
        """The tasks in flight of one execution."""
        for dispatch in self._lost(arn):
            self._submit(dispatch)

    def offers(self) -> None:
        """The tasks of activities that no worker is known to have taken."""
        for arn in self._journal.with_tasks_in_flight():
            for dispatch in self._lost(arn):
                if dispatch.resource.pattern == "activity":
                    self._submit(dispatch)

    def _lost(self, arn: str) -> list[Dispatch]:
        execution = self._journal.load(arn)
        return [] if execution is None else lost_dispatches(execution, self._machine(execution))


def lost_dispatches(execution: Execution, machine: Machine) -> list[Dispatch]:
    """The dispatches of an execution's tasks in flight, with the keys that they had."""
    found = []
    for frame in in_flight(execution):
        waiting = frame.waiting
        state = _state_of(machine, execution, frame.path, frame.state)
        assert isinstance(waiting, ForTask)
        assert isinstance(state, TaskState)
        key = dispatch_key(
            execution.arn,
            frame.path,
            frame.state,
            frame.entered_id,
            frame.retry_count,
            execution.redrives.count,
        )
        found.append(
            Dispatch(
                execution_arn=execution.arn,
                path=frame.path,
                id=waiting.id,
                resource=state.resource,
                parameters=waiting.parameters,
                token=waiting.token,
                key=key,
                timeout_seconds=None,
                state=frame.state,
                retry_count=frame.retry_count,
            )
        )
    return found


def _state_of(machine: Machine, execution: Execution, path: tuple[int, ...], name: str) -> Any:
    """The state that a frame is parked in, found along its path from the top level."""
    frame = execution.root
    for index in path:
        assert frame is not None
        assert isinstance(frame.waiting, ForChildren)
        owner: Any = machine.states[frame.state]
        machine = processor(owner, index)
        frame = frame.waiting.frames[index]
    return machine.states[name]
