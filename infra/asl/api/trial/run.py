"""Runs one state: by the walk's own step, on a turn that belongs to no stored execution.

A Task's call is answered by the mock, or really made. The frames below a Parallel or a Map never
run: stand-ins end at once, with the mock's results. Time does not pass: a Wait is over at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from asl.api.checks import invalid
from asl.api.trial.distributed import plan
from asl.api.trial.http import exchange_of
from asl.api.trial.inspection import Inspection
from asl.api.trial.mock import Mock
from asl.api.trial.subject import NAME, Subject
from asl.commands import Dispatch, StartMapRun
from asl.errors import RUNTIME, TIMEOUT, StateError, StateFailedError
from asl.events import TaskEvent, TaskFailed, TaskSucceeded
from asl.execution import Execution, ForTask, ForTime
from asl.jsonata.dataflow import Dataflow
from asl.jsonpath.pathflow import PathFlow
from asl.machine import Machine, MapState, State, StateBase
from asl.map_runs.core import EXCEEDED, too_many
from asl.map_runs.model import FROM_INPUT, Settings
from asl.payload import Payload
from asl.states import fan_out, map_run, task, wait
from asl.states.common import handle_failure, leave_plainly, record_entered
from asl.states.selection import selection_at
from asl.turn import Cursor, Failed, Finished, Handled, Outcome, Parked, Turn
from asl.walk import perform, visit

LIMIT_SECONDS = 300
"""How long a trial may take (AWS quota)."""
NOTHING = Payload(0)
"""What an iteration comes to that is not run: short, as there may be very many."""
Call = Callable[[Dispatch, float], TaskEvent | None]
"""Makes a Task's call; None where it takes longer than so many seconds."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is tried, and with what."""

    subject: Subject
    variables: Mapping[str, Any] = field(default_factory=dict)
    mock: Mock | None = None
    context: dict[str, Any] | None = None
    """A context object that takes the place of the real one."""
    role_arn: str | None = None
    retries: int = 0
    """How many attempts each rule of Retry has used up."""
    failed_items: int = 0
    """How many of a Map's iterations have failed."""
    item_data: str | None = None
    """What a Distributed Map's ItemReader reads."""


class TrialTurn(Turn):
    """A turn that shows the context object of a trial."""

    __slots__ = ("_case",)

    def __init__(
        self,
        execution: Execution,
        case: Case,
        run: Callable[[Turn, Machine, Cursor], Outcome],
    ):
        super().__init__(execution, execution.started_at, run)
        self._case = case

    def context(self, cursor: Cursor, state: StateBase) -> dict[str, Any]:
        """The made-up context object, else that of an Express execution."""
        context = super().context(cursor, state)
        if self._case.context is not None:
            # A Map's own items are none of the caller's making.
            items = {"Map": context["Map"]} if "Map" in context else {}
            return {**self._case.context, **items}
        context["Execution"]["RoleArn"] = self._case.role_arn
        if self._case.subject.given_by_a_run:
            context["Map"]["Item"]["Source"] = FROM_INPUT
        return context


class Trial:
    """One run of one state. ``inspection`` says what its data came to."""

    def __init__(self, case: Case, execution: Execution, call: Call):
        self._case = case
        self._call = call
        self._turn = TrialTurn(execution, case, self._stand_in)
        self._children: list[Cursor] = []
        self._items = 0
        alone = case.context is not None or not case.subject.in_map
        item = None if alone else (0, execution.input.value)
        self.cursor = Cursor((), NAME, execution.input, 0, case.variables, item)
        self.retry_delay: int | None = None
        """How many seconds until the next attempt, where there is to be one."""
        self.exchange: dict[str, dict[str, str]] = {}
        """The request of an HTTP Task that was really sent, and its response."""
        self.inspection = Inspection()
        self.inspection.tell("input", execution.input)

    @property
    def handled(self) -> Handled | None:
        """How the newest failure was met, if there was one."""
        return self._turn.handled

    def run(self) -> Outcome | None:
        """Runs the state and takes its failure to the states above; None if it leads to another."""
        self._turn.follow(self.cursor, "ExecutionStarted", {})
        state = self._watched(replace(self._case.subject.state, name=NAME))
        outcome = visit(self._turn, self.cursor, state, self._begin)
        if isinstance(outcome, Parked):
            outcome = self._resume(state, outcome)
        if isinstance(outcome, Failed):
            outcome = self._propagate(outcome)
        if isinstance(outcome, Parked) and isinstance(outcome.frame.waiting, ForTime):
            self.retry_delay = (outcome.frame.waiting.due - self._turn.now) // 1000
        if self.cursor.variables:
            self.inspection.tell("variables", dict(self.cursor.variables))
        return outcome

    def _watched(self, state: State) -> State:
        return self.inspection.watch(state, self._turn.scope(self.cursor, state))

    def _begin(self, turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
        record_entered(turn, cursor, state)
        self._use_up_retries(state)
        if isinstance(state, MapState):
            return self._map(cursor, state)
        return perform(turn, cursor, state)

    def _use_up_retries(self, state: State) -> None:
        self.cursor.retries = (self._case.retries,) * len(state.retry)
        self.cursor.retry_count = self._case.retries

    # -- tasks and time -----------------------------------------------------------------------

    def _resume(self, state: State, parked: Parked) -> Outcome | None:
        match parked.frame.waiting:
            case ForTask() as waiting:
                return self._answer(state, waiting)
            case ForTime(due=due, then="leave"):
                if due - self._turn.now > LIMIT_SECONDS * 1000:
                    return Failed(StateError(TIMEOUT))
                self._turn.now = due
                return visit(self._turn, self.cursor, state, wait.resume)
            case _:
                return parked

    def _answer(self, state: State, waiting: ForTask) -> Outcome | None:
        shaped = isinstance(state.flow, PathFlow)
        self.inspection.tell("afterParameters" if shaped else "afterArguments", waiting.parameters)
        dispatch = self._turn.dispatches[-1]
        event = self._mocked(dispatch) or self._really(dispatch)
        if event is None:
            return self._too_late(state, waiting)
        result = event.output if isinstance(event, TaskSucceeded) else None
        if result is not None:
            self.inspection.tell("result", result)
        if self._case.mock is None and dispatch.resource.service == "http":
            self.exchange = exchange_of(waiting.parameters, result)

        def resume(turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
            return task.resume(turn, cursor, state, waiting, event)

        outcome = visit(self._turn, self.cursor, state, resume)
        if isinstance(outcome, Parked) and isinstance(outcome.frame.waiting, ForTask):
            return Failed(
                StateError(RUNTIME, "The task has no result yet, and a trial waits for none")
            )
        return outcome

    def _mocked(self, dispatch: Dispatch) -> TaskEvent | None:
        mock, now = self._case.mock, self._turn.now
        if mock is None:
            return None
        if mock.result is not None:
            return TaskSucceeded(now, dispatch.path, dispatch.id, mock.result)
        assert mock.error is not None
        return TaskFailed(now, dispatch.path, dispatch.id, mock.error.error, mock.error.cause)

    def _really(self, dispatch: Dispatch) -> TaskEvent | None:
        return self._call(dispatch, min(dispatch.timeout_seconds or LIMIT_SECONDS, LIMIT_SECONDS))

    def _too_late(self, state: State, waiting: ForTask) -> Outcome | None:
        if waiting.timeout_seconds is None or waiting.timeout_seconds > LIMIT_SECONDS:
            return Failed(StateError(TIMEOUT))
        self._turn.now += waiting.timeout_seconds * 1000

        def late(turn: Turn, cursor: Cursor, state: State) -> Outcome | None:
            return task.time_out(turn, cursor, state, waiting)

        return visit(self._turn, self.cursor, state, late)

    # -- states above and below -----------------------------------------------------------------

    def _stand_in(self, turn: Turn, machine: Machine, child: Cursor) -> Outcome:
        """What a branch or an iteration comes to: nothing in it is run."""
        self._children.append(child)
        mock = self._case.mock
        if mock is None or isinstance(self._case.subject.state, MapState):
            return Finished(NOTHING, child.previous)
        if mock.error is not None:
            return Failed(mock.error, child.previous)
        assert mock.result is not None
        return Finished(Payload(mock.result.value[child.path[-1]]), child.previous)

    def _map(self, cursor: Cursor, state: MapState) -> Outcome | None:
        """What the Map itself does; its iterations' results are the mock's, as a whole."""
        mock = self._case.mock
        assert mock is not None
        outcome = self._plan(cursor, state)
        if self.handled is not None:
            return outcome
        if self._exceeded(cursor, state):
            return handle_failure(self._turn, cursor, state, EXCEEDED)
        if mock.error is not None:
            return handle_failure(self._turn, cursor, state, mock.error)
        assert mock.result is not None
        scope = self._turn.scope(cursor, state, result=mock.result.value)
        return leave_plainly(self._turn, cursor, state, scope, mock.result)

    def _plan(self, cursor: Cursor, state: MapState) -> Outcome | None:
        """Evaluates the Map's items and limits, with iterations that come to nothing."""
        before = cursor.state, cursor.input, cursor.previous
        flow = PathFlow() if isinstance(state.flow, PathFlow) else Dataflow()
        outcome = fan_out.perform_map(self._turn, cursor, replace(state, flow=flow))
        if self.handled is None and state.distributed:
            outcome = self._plan_run(cursor, state)
        if self.handled is None:
            cursor.state, cursor.input, cursor.previous = before
            self.inspection.default_concurrency()
            if state.selector is not None and not state.distributed:
                self.inspection.tell("afterItemSelector", [c.input.value for c in self._children])
        return outcome

    def _plan_run(self, cursor: Cursor, state: MapState) -> Outcome | None:
        """Reads a Distributed Map's items; none of them becomes an execution."""
        begun, select = self._turn.map_runs[-1], selection_at(self._turn, cursor, state)
        assert isinstance(begun, StartMapRun)  # a state that is tried was not redriven
        try:
            self._items = plan(begun.run, state, select, self._case.item_data, self.inspection)
        except StateFailedError as failure:
            return handle_failure(self._turn, cursor, state, failure.data)
        return None

    def _exceeded(self, cursor: Cursor, state: MapState) -> bool:
        """Whether more iterations failed than are tolerated, where the state says how many are."""
        failed = self._case.failed_items
        items = self._items if state.distributed else len(self._children)
        if failed > items:
            raise invalid(
                "Map iteration failure count must be less than or equal to the number of Map "
                "iterations"
            )
        if state.tolerated_count is None and state.tolerated_percentage is None:
            return False
        scope = self._turn.scope(cursor, state)
        return too_many(Settings(0, *map_run.tolerance(state, scope)), failed, items)

    def _propagate(self, failed: Failed) -> Outcome | None:
        """Takes an error that the state itself did not handle to the states that it lies in.

        An item of a Distributed Map is an execution of its own: its error goes no further.
        """
        outcome: Outcome | None = failed
        for parent in reversed(self._case.subject.parents):
            if isinstance(parent, MapState) and parent.distributed:
                break
            known = self.handled
            self._use_up_retries(parent)
            above = self.inspection.watch_catch(parent)
            outcome = handle_failure(self._turn, self.cursor, above, failed.error)
            if not isinstance(outcome, Failed):
                break
            self._turn.handled = known
        return outcome
