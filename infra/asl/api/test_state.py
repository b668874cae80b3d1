"""TestState: runs one state by itself, with a mock in the place of its work if the caller wants.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from typing import Any

from asl.api.base import Operations
from asl.api.checks import Answer, constrain, execution_input, given, invalid, not_in
from asl.api.trial.context import read_context
from asl.api.trial.mock import Mock, check_unmocked, read_mock
from asl.api.trial.run import Case, Trial
from asl.api.trial.subject import Subject, holds, lone_state, named_state
from asl.errors import StateError
from asl.execution import Execution
from asl.machine import MapState, ParallelState, TaskState
from asl.payload import Payload
from asl.turn import Failed, Finished, Handled, Outcome, Parked

LEVELS = ("INFO", "DEBUG", "TRACE")
_NEED_MOCK = {
    "retrierRetryCount": "RetrierRetryCount",
    "errorCausedByState": "ErrorCausedByState",
    "mapIterationFailureCount": "MapIterationFailureCount",
    "mapItemReaderData": "MapItemReaderData",
}


class StateTestOperations(Operations):
    """TestState."""

    def test_state(
        self,
        definition: str,
        roleArn: str | None = None,
        input: str = "{}",
        inspectionLevel: str = "INFO",
        revealSecrets: bool = False,
        variables: str | None = None,
        stateName: str | None = None,
        mock: Mapping[str, Any] | None = None,
        context: str | None = None,
        stateConfiguration: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Runs a state and says what became of it; nothing is stored."""
        constrain(not_in(inspectionLevel, "inspectionLevel", LEVELS))
        subject = _subject(definition, stateName)
        configuration = stateConfiguration or {}
        _check_configuration(configuration, subject, mocked=mock is not None)
        mocked = _mock(mock, subject, roleArn, reveal_secrets=revealSecrets)
        made_up = _context(context, subject, mocked)
        case = Case(
            subject,
            _variables(variables),
            mocked,
            made_up,
            roleArn,
            _retries(configuration, made_up),
            configuration.get("mapIterationFailureCount", 0),
            configuration.get("mapItemReaderData"),
        )
        execution = self._trial_execution(execution_input(input))
        trial = Trial(case, execution, self._express.runner.try_task)
        answer = _answer(trial, trial.run())
        if inspectionLevel != "INFO":
            exchange = trial.exchange if inspectionLevel == "TRACE" else {}
            answer["inspectionData"] = {**_inspected(trial), **exchange}
        return answer

    def _trial_execution(self, payload: Payload) -> Execution:
        """An Express execution that is kept nowhere."""
        machine, name = uuid.uuid4(), uuid.uuid4()  # noqa: TID251
        return Execution(
            arn=f"{self._prefix}:express:{machine}:{name}",
            machine_arn=f"{self._prefix}:stateMachine:{machine}",
            role_arn="",
            input=payload,
            started_at=self._clock.now(),
            secret=secrets.token_hex(8),
        )


# -- what is asked --------------------------------------------------------------------------------


def _subject(definition: str, name: str | None) -> Subject:
    if name is None:
        return lone_state(definition)
    subject = named_state(definition, name)
    if subject is None:
        raise invalid("State not found in definition")
    return subject


def _check_configuration(
    configuration: Mapping[str, Any], subject: Subject, *, mocked: bool
) -> None:
    for field, name in _NEED_MOCK.items():
        if field in configuration and not mocked:
            raise invalid(f"TestState does not support {name} when a mock is not specified.")
    state = subject.state
    if "mapIterationFailureCount" in configuration and not (
        isinstance(state, MapState) or subject.in_map
    ):
        raise invalid("TestState supports MapIterationFailureCount for Map states only.")
    read = isinstance(state, MapState) and state.reader is not None
    if "mapItemReaderData" in configuration and not read:
        raise invalid(
            "TestState supports MapItemReaderData for Map states with an ItemReader only."
        )
    source = configuration.get("errorCausedByState")
    if source is None:
        return
    if not isinstance(state, MapState | ParallelState):
        raise invalid("TestState supports ErrorCausedByState for Map and Parallel states only.")
    if not holds(state, source):
        raise invalid("State not found in definition")


def _mock(
    mock: Mapping[str, Any] | None, subject: Subject, role: str | None, *, reveal_secrets: bool
) -> Mock | None:
    if mock is not None:
        return read_mock(mock, subject.state, reveal_secrets=reveal_secrets)
    check_unmocked(subject.state)
    if role is None and isinstance(subject.state, TaskState):
        raise invalid("RoleArn must be specified when testing a Task state")
    return None


def _context(text: str | None, subject: Subject, mock: Mock | None) -> dict[str, Any] | None:
    if text is None:
        return None
    if mock is None:
        raise invalid("TestState does not support Context when a mock is not specified.")
    return read_context(text, subject.state)


def _variables(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        values = Payload.parse(text).value
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise invalid("Variables must be a valid JSON object")
    return values


def _retries(configuration: Mapping[str, Any], context: Mapping[str, Any] | None) -> int:
    """How often the state was retried: as configured, else as the made-up context has it."""
    told = ((context or {}).get("State") or {}).get("RetryCount", 0)
    count: int = configuration.get("retrierRetryCount", told)
    return count


# -- what is answered -----------------------------------------------------------------------------


def _answer(trial: Trial, outcome: Outcome | None) -> Answer:
    match outcome:
        case Finished(output=output):
            return {"output": output.text.decode(), "status": "SUCCEEDED"}
        case Failed(error=error):
            return {**_error(error), "status": "FAILED"}
        case Parked():
            assert trial.handled is not None
            return {**_error(trial.handled.error), "status": "RETRIABLE"}
        case None:
            cursor, handled = trial.cursor, trial.handled
            caught = {} if handled is None else _error(handled.error)
            return {
                **caught,
                "output": cursor.input.text.decode(),
                "nextState": cursor.state,
                "status": "SUCCEEDED" if handled is None else "CAUGHT_ERROR",
            }


def _error(error: StateError) -> Answer:
    return given(error=error.error, cause=error.cause)


def _inspected(trial: Trial) -> Answer:
    shown: Answer = trial.inspection.shown()
    handled = trial.handled
    details = {} if handled is None else _details(handled, trial.retry_delay)
    return {**shown, "errorDetails": details} if details else shown


def _details(handled: Handled, delay: int | None) -> Answer:
    return given(
        catchIndex=handled.catcher,
        retryIndex=handled.retrier,
        retryBackoffIntervalSeconds=delay,
    )
