"""Runs a recorded execution on the pure core: a virtual clock, tasks answered as recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from asl.commands import Dispatch
from asl.definition import parse_definition
from asl.events import Event, Started, TimePassed
from asl.execution import Execution, ForChildren, Frame, Path, Status, next_due
from asl.history import render
from asl.machine import Machine
from asl.map_runs.memory import MemoryObjects
from asl.outcomes import event_of
from asl.payload import Payload
from asl.step import step
from asl.turn import Entry
from tests.conformance.behaviours import call
from tests.conformance.cases import Case, definition_text, input_text
from tests.conformance.normalise import is_spaced, recorded
from tests.conformance.outcomes import Outcomes, events
from tests.support.children import Children

START = 1_767_225_600_000
MOST_FACTS = 20_000


def objects_of(mocks: dict[str, Any]) -> MemoryObjects:
    """The buckets and objects that were there when the case was recorded."""
    objects = MemoryObjects()
    for done in mocks.get("setup") or []:
        match done:
            case {"service": "s3", "op": "create_bucket", "args": {"Bucket": bucket}}:
                objects.buckets.add(bucket)
            case {"service": "s3", "op": "put_object", "args": {"Body": body, **of}}:
                raw = body.encode() if isinstance(body, str) else bytes.fromhex(body["$bytes"])
                objects.objects[of["Bucket"], of["Key"]] = raw
    return objects


class StuckError(Exception):
    """The execution waits for something that was not recorded."""


class Simulation:
    """One execution, driven until it ends."""

    def __init__(self, case: Case):
        self.machine: Machine = parse_definition(definition_text(case))
        self.now = _clock(case)
        self.entries: list[Entry] = []
        self.pending: list[Dispatch] = []
        mocks = case.get("mocks") or {}
        self.children = Children(
            self.machine,
            lambda: self.execution,
            self._deliver,
            lambda: self.now,
            self.pending,
            objects_of(mocks),
        )
        self.outcomes = Outcomes(mocks.get("task_outcomes") or [])
        self.functions = mocks.get("functions") or []
        self.spaced = is_spaced(case["expected"])
        timeout = self.machine.timeout_seconds
        self.execution = Execution(
            arn=_execution_arn(case),
            machine_arn=case["state_machine"]["arn"],
            role_arn=case["state_machine"]["role_arn"],
            input=Payload.parse(input_text(case)),
            started_at=self.now,
            secret="conformance",
            due=None if timeout is None else self.now + timeout * 1000,
        )

    def run(self, enough: int | None = None) -> Simulation:
        """Goes on until the execution has ended.

        Args:
            enough: stop before time passes again once there are so many events (a recording
                that breaks off).

        Raises:
            StuckError: it waits for what will not come, or goes round in circles.
        """
        self._deliver(Started(self.now))
        for _ in range(MOST_FACTS):
            if self.execution.status is not Status.RUNNING:
                return self
            if self._answer():
                continue
            if enough is not None and len(self.entries) >= enough:
                return self
            self._let_time_pass()
        raise StuckError(f"no end after {MOST_FACTS} facts")

    def history(self) -> list[dict[str, Any]]:
        """The events in AWS's shape, as the recording would show them."""
        return [recorded(render(_plain(entry))) for entry in self.entries]

    def _deliver(self, event: Event) -> None:
        self.execution, entries, commands = step(self.machine, self.execution, event)
        self.entries += entries
        self.pending += [each for each in commands if isinstance(each, Dispatch)]
        self.children.perform(commands)

    def _answer(self) -> bool:
        """Answers the oldest pending task; says whether there was one."""
        if not self.pending:
            return False
        dispatch = self.pending.pop(0)
        own = dispatch.execution_arn == self.execution.arn
        state = (
            _state_at(self.execution.root, dispatch.path)
            if own
            else self.children.state_of(dispatch)
        )
        if state is None:
            return True
        for event in self._events(state, dispatch):
            if own:
                self._deliver(event)
            else:
                self.children.deliver(dispatch.execution_arn, event)
        return True

    def _events(self, state: str, dispatch: Dispatch) -> list[Event]:
        """What was recorded for this call; inside Parallel nothing was, so what it would do."""
        outcome = self.outcomes.take(state, dispatch)
        if outcome is not None and outcome["then"] is not None:
            return list(events(outcome, dispatch, self.now, spaced=self.spaced))
        answer = call(self.functions, dispatch)
        if answer is None:
            raise StuckError(f"no outcome was recorded for {state} calling {dispatch.resource.arn}")
        return [event_of(answer, dispatch, self.now)]

    def _let_time_pass(self) -> None:
        moments = (next_due(self.execution), self.children.next_due())
        due = min((moment for moment in moments if moment is not None), default=None)
        if due is None:
            raise StuckError("it waits for a task that was never answered")
        self.now = max(self.now, due)
        self._deliver(TimePassed(self.now))
        self.children.let_time_pass()


def _clock(case: Case) -> int:
    at = (case.get("time_dependent") or {}).get("clock")
    return START if at is None else int(datetime.fromisoformat(at).timestamp() * 1000)


def _execution_arn(case: Case) -> str:
    machine = str(case["state_machine"]["arn"]).replace(":stateMachine:", ":execution:")
    return f"{machine}:{case['execution_name']}"


def _state_at(root: Frame | None, path: Path) -> str | None:
    """The name of the state that the frame at ``path`` is in; None where there is none now."""
    frame = root
    for index in path:
        if frame is None or not isinstance(frame.waiting, ForChildren):
            return None
        frame = frame.waiting.frames.get(index)
    return None if frame is None else frame.state


def _plain(entry: Entry) -> Entry:
    """The entry as a journal gives it back: payloads as plain values."""
    number, previous, at, kind, details = entry
    return number, previous, at, kind, {k: getattr(v, "value", v) for k, v in details.items()}
