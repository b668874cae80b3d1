"""The Step Functions operations over the in-memory ports, called by name as boto3 does."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import Any

from asl.commands import Dispatch
from asl.engine import Engine
from asl.errors import ApiError
from asl.execution import Execution
from asl.memory import ManualClock, MemoryJournal, MemoryLog, MemoryMachines
from asl.payload import Payload
from asl.ports import Accepted, Succeeded, TaskError, TaskOutcome
from tests.conformance.behaviours import call
from tests.conformance.cases import Case
from tests.conformance.normalise import as_json, as_text, concrete, is_spaced
from tests.conformance.outcomes import Outcomes
from tests.conformance.simulate import START, objects_of

PATIENCE = 10
"""How many real seconds a task's thread may take before the case fails."""


class UnsupportedError(Exception):
    """The engine has no such operation, or the operation has no such parameter."""


class Rig:
    """One account, whose time and tasks the harness moves."""

    def __init__(self, case: Case, outcomes: list[dict[str, Any]] | None = None):
        mocks = case.get("mocks") or {}
        self._outcomes = Outcomes(outcomes or mocks.get("task_outcomes") or [])
        self._functions = mocks.get("functions") or []
        self._spaced = is_spaced(case.get("expected"))
        self._told = _inspected_result(case)
        self.clock = ManualClock(START)
        self.journal = MemoryJournal()
        machines = MemoryMachines()
        self.log = MemoryLog()
        self._engine = Engine(
            self.journal,
            machines,
            self._dispatch,
            lambda batch: None,
            self.clock,
            self.log,
            objects=objects_of(mocks),
            workers=4,
            account="111111111111",
        )
        self.api = self._engine.api

    def close(self) -> None:
        """Ends the engine's threads."""
        self._engine.close()

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Calls an operation.

        Raises:
            UnsupportedError: the engine does not have it.
            ApiError: it refuses.
        """
        method = getattr(self.api, operation, None)
        if method is None:
            raise UnsupportedError(f"operation {operation} is not supported")
        known = inspect.signature(method).parameters
        if not any(p.kind is p.VAR_KEYWORD for p in known.values()):
            for name in arguments:
                if name not in known:
                    raise UnsupportedError(f"{operation}: parameter {name} is not supported")
        self.clock.advance(0.01)
        answer: dict[str, Any] = method(**arguments)
        return answer

    def wait_for(self, condition: Callable[[], bool]) -> bool:
        """Lets time pass until the condition holds; says whether it came to hold."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                return False
            self._let_time_pass()
        return True

    def _let_time_pass(self) -> None:
        due = self._next_due()
        time.sleep(0.02)  # a task's thread may answer first
        if due is not None and due == self._next_due():
            self.clock.advance(max(0, due - self.clock.now()) / 1000)
            self._engine.runner.fire_due()
            self._engine.express.runner.fire_due()

    def _next_due(self) -> int | None:
        moments = (self.journal.next_due(), self._engine.express.journal.next_due())
        return min((moment for moment in moments if moment is not None), default=None)

    def load(self, arn: str) -> Execution | None:
        """An execution as the journal has it."""
        return self.journal.load(arn)

    def _dispatch(self, dispatch: Dispatch) -> TaskOutcome:
        outcome = self._outcomes.take(None, dispatch)
        if outcome is not None:
            return _answer(outcome["then"] or [])
        answer = call(self._functions, dispatch, spaced=self._spaced) or self._told
        return answer or TaskError("Conformance.NoOutcome", "no outcome was recorded")


def _inspected_result(case: Case) -> TaskOutcome | None:
    """What the task of a tried state gave, where the recorded inspection data tell it."""
    response = (case.get("expected") or {}).get("response") or {}
    inspected = response.get("inspectionData") or {}
    if "result" not in inspected:
        return None
    return Succeeded(Payload(as_json(concrete(inspected["result"]))))


def _answer(then: list[dict[str, Any]]) -> TaskOutcome:
    """The last of the recorded events, as a dispatcher gives it; nothing more comes later."""
    last = then[-1] if then else {"type": "TimedOut"}
    if last["type"].endswith("Succeeded"):
        return Succeeded(Payload(as_json(concrete(last.get("output")))))
    if last["type"].endswith("Failed"):
        return TaskError(concrete(last.get("error")), as_text(concrete(last.get("cause"))))
    return Accepted(Payload(None))


def error_of(error: ApiError) -> dict[str, str]:
    """A refusal as the recording shows it."""
    return {"code": error.code, "message": error.message}
