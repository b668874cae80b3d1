"""What a task's outcome means to the execution that called it."""

from __future__ import annotations

from typing import assert_never

from asl.commands import Dispatch
from asl.events import TaskAccepted, TaskEvent, TaskFailed, TaskSucceeded
from asl.ports import Accepted, Succeeded, TaskError, TaskOutcome


def event_of(outcome: TaskOutcome, dispatch: Dispatch, now: int) -> TaskEvent:
    """The fact that a dispatcher's answer is; ``now`` in milliseconds."""
    match outcome:
        case Succeeded(output=output):
            return TaskSucceeded(now, dispatch.path, dispatch.id, output)
        case Accepted(output=output):
            return TaskAccepted(now, dispatch.path, dispatch.id, output)
        case TaskError(error=error, cause=cause):
            return TaskFailed(now, dispatch.path, dispatch.id, error, cause)
        case _:
            assert_never(outcome)
