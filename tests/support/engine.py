"""Running state machines in memory, with time moved by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from asl.commands import Dispatch
from asl.definition import parse_definition
from asl.events import Event, Started, TaskFailed, TaskSucceeded, TimePassed
from asl.execution import Execution, Status, next_due
from asl.machine import Machine
from asl.map_runs.memory import MemoryObjects
from asl.payload import Payload
from asl.step import step
from asl.turn import Entry
from tests.support.children import Children

ARN = "arn:aws:states:us-east-1:000000000000:execution:m:x"
MACHINE_ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:m"
START = 1_767_225_600_000
Answer = Callable[[Dispatch], Any]


def machine_of(states: dict[str, Any], start: str | None = None, **top: Any) -> Machine:
    """A JSONata machine of the given states, beginning with the first."""
    return parse_definition(text_of(states, start, **top))


def text_of(states: dict[str, Any], start: str | None = None, **top: Any) -> str:
    first = start or next(iter(states))
    return json.dumps({"QueryLanguage": "JSONata", "StartAt": first, "States": states, **top})


def new_execution(value: Any = None, now: int = START) -> Execution:
    return Execution(
        ARN, MACHINE_ARN, "role", Payload({} if value is None else value), now, "secret"
    )


class Fails(Exception):
    """What an ``answer`` raises to fail a task."""

    def __init__(self, error: str | None, cause: str | None = None):
        self.error, self.cause = error, cause


class Run:
    """An execution that is driven to its end: tasks are answered, time jumps to what is due."""

    def __init__(
        self,
        machine: Machine,
        value: Any = None,
        answer: Answer | None = None,
        objects: MemoryObjects | None = None,
    ):
        self.machine = machine
        self.answer = answer
        self.now = START
        self.entries: list[Entry] = []
        self.execution = new_execution(value)
        self.pending: list[Dispatch] = []
        self.objects = objects or MemoryObjects()
        self.children = Children(
            machine,
            lambda: self.execution,
            self.deliver,
            lambda: self.now,
            self.pending,
            self.objects,
        )
        self.deliver(Started(self.now))

    def deliver(self, event: Event) -> None:
        self.execution, entries, commands = step(self.machine, self.execution, event)
        self.entries += entries
        self.pending += [each for each in commands if isinstance(each, Dispatch)]
        self.children.perform(commands)

    def to_end(self) -> Run:
        while self.execution.status is Status.RUNNING and self.once():
            pass
        return self

    def once(self) -> bool:
        """One fact: the oldest task's answer, else the next moment. False if nothing is left."""
        if self.pending and self.answer is not None:
            dispatch = self.pending.pop(0)
            if dispatch.execution_arn == self.execution.arn:
                self.deliver(self.outcome(dispatch))
            else:
                self.children.deliver(dispatch.execution_arn, self.outcome(dispatch))
            return True
        moments = (next_due(self.execution), self.children.next_due())
        due = min((moment for moment in moments if moment is not None), default=None)
        if due is None:
            return False
        self.now = max(self.now, due)
        self.deliver(TimePassed(self.now))
        self.children.let_time_pass()
        return True

    def outcome(self, dispatch: Dispatch) -> Event:
        assert self.answer is not None
        try:
            output = Payload(self.answer(dispatch))
        except Fails as error:
            return TaskFailed(self.now, dispatch.path, dispatch.id, error.error, error.cause)
        return TaskSucceeded(self.now, dispatch.path, dispatch.id, output)

    @property
    def output(self) -> Any:
        assert self.execution.output is not None, self.execution.failure
        return self.execution.output.value

    def kinds(self) -> list[str]:
        return [entry[3] for entry in self.entries]


def run(
    states: dict[str, Any],
    value: Any = None,
    answer: Answer | None = None,
    objects: MemoryObjects | None = None,
) -> Run:
    return Run(machine_of(states), value, answer, objects).to_end()


def assert_gapless(entries: Sequence[Entry]) -> None:
    assert [entry[0] for entry in entries] == list(range(1, len(entries) + 1))


TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Arguments": {"FunctionName": "f"},
}
