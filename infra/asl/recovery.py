"""What a crash may have lost: dispatches that were decided and whose answers were not recorded."""

from __future__ import annotations

from typing import Any

from asl.commands import Dispatch
from asl.execution import Execution, ForChildren, ForTask, in_flight
from asl.machine import Machine, TaskState
from asl.states.fan_out import processor
from asl.states.task import dispatch_key


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
