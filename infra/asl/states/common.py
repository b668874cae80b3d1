"""What all state types share: entering, leaving, and failing (Retry, then Catch)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from asl.errors import (
    ALL,
    HEARTBEAT_TIMEOUT,
    QUERY_EVALUATION,
    RUNTIME,
    TASK_FAILED,
    TIMEOUT,
    UNCATCHABLE,
    StateError,
    StateFailedError,
)
from asl.execution import ForTime
from asl.machine import (
    Catcher,
    ChoiceState,
    FailState,
    Flow,
    MapState,
    ParallelState,
    PassState,
    Retrier,
    State,
    SucceedState,
    TaskState,
    WaitState,
)
from asl.payload import Payload
from asl.scope import Scope
from asl.turn import Cursor, Failed, Finished, Handled, Outcome, Turn

MAX_DELAY = 31_536_000
"""The longest delay before a retry in seconds: a year, which is as long as an execution lives."""
TYPE_NAMES: dict[type[State], str] = {
    PassState: "Pass",
    TaskState: "Task",
    ChoiceState: "Choice",
    WaitState: "Wait",
    SucceedState: "Succeed",
    FailState: "Fail",
    ParallelState: "Parallel",
    MapState: "Map",
}
_ENTERED = {kind: f"{name}StateEntered" for kind, name in TYPE_NAMES.items()}
_EXITED = {kind: f"{name}StateExited" for kind, name in TYPE_NAMES.items()}


def record_entered(turn: Turn, cursor: Cursor, state: State) -> None:
    """Writes the StateEntered event and forgets the retries of the state before."""
    cursor.entered_at, cursor.base = turn.now, cursor.previous
    cursor.retries, cursor.retry_count = (), 0
    details = {"name": state.name, "input": cursor.input}
    cursor.entered_id = turn.follow(cursor, _ENTERED[type(state)], details)


def leave(
    turn: Turn,
    cursor: Cursor,
    state: State,
    scope: Scope,
    default: Payload,
    flow: Flow,
    next_state: str | None,
) -> Outcome | None:
    """Shapes the output, sets variables, writes StateExited, and points at the next state.

    Returns:
        None to walk on, or Finished where the state is an end.
    """
    output = flow.effective_output(scope, default).check_size(state.name)
    assigned = flow.assigned(scope)
    details: dict[str, object] = {"name": state.name, "output": output}
    if assigned:
        details["assigned"] = assigned
        cursor.assign(assigned)
    turn.follow(cursor, _EXITED[type(state)], details)
    if next_state is None:
        return Finished(output, cursor.previous)
    cursor.state, cursor.input = next_state, output
    return None


def leave_plainly(
    turn: Turn, cursor: Cursor, state: State, scope: Scope, default: Payload
) -> Outcome | None:
    """Leaves by the state's own ``Output``, ``Assign`` and ``Next``."""
    return leave(turn, cursor, state, scope, default, state.flow, state.next)


def handle_failure(
    turn: Turn,
    cursor: Cursor,
    state: State,
    error: StateError,
    *,
    evaluating: bool = False,
    telling: str | None = None,
) -> Outcome | None:
    """Takes an error through Retry and Catch.

    Args:
        telling: an event to write once no retry is left, such as MapStateFailed.
        evaluating: the error arose in the state itself (a field's evaluation), not in a task or
            below: its cause then says where, and evaluation errors get an event of their own.
    """
    if evaluating:
        error = located(turn, cursor, error)
    retrier = _rule(state.retry, error)
    delay = None if retrier is None else _retry_delay(turn, cursor, state, retrier)
    catcher = _rule(state.catch, error) if delay is None else None
    turn.handled = Handled(error, retrier, catcher)
    if delay is not None:
        return cursor.park(ForTime(turn.now + delay, "retry"))
    if telling is not None:
        turn.follow(cursor, telling, {})
    if catcher is None:
        in_task = isinstance(state, TaskState) and not evaluating
        return Failed(error, cursor.previous, in_task)
    caught = Payload({"Error": error.error, "Cause": error.cause})
    scope = turn.scope(cursor, state, errorOutput=caught.value)
    rule = state.catch[catcher]
    try:
        return leave(turn, cursor, state, scope, caught, rule.flow, rule.next)
    except StateFailedError as failure:
        return Failed(located(turn, cursor, failure.data), cursor.previous)


def located(turn: Turn, cursor: Cursor, error: StateError) -> StateError:
    """The error with the place in its cause; a failed evaluation also gets an event of its own."""
    if error.error not in {QUERY_EVALUATION, RUNTIME}:
        return error
    where = (
        f"An error occurred while executing the state '{cursor.state}' "
        f"(entered at the event id #{cursor.entered_id}). "
    )
    error = StateError(error.error, where + (error.cause or ""), error.location)
    if error.error == QUERY_EVALUATION:
        details = {
            "error": error.error,
            "cause": error.cause,
            "location": error.location,
            "state": cursor.state,
        }
        cursor.previous = turn.record(cursor.base, "EvaluationFailed", details)
    return error


def _matches(name: str, error: StateError) -> bool:
    """https://states-language.net/#error-names, with Step Functions' own additions."""
    if error.error in UNCATCHABLE:
        return False
    if name in {error.error, error.also} or name == ALL:
        return True
    return name == TASK_FAILED and error.error not in {TIMEOUT, HEARTBEAT_TIMEOUT}


def _rule(rules: Sequence[Retrier | Catcher], error: StateError) -> int | None:
    """The first rule that is for this error."""
    return next(
        (i for i, rule in enumerate(rules) if any(_matches(n, error) for n in rule.errors)), None
    )


def _retry_delay(turn: Turn, cursor: Cursor, state: State, index: int) -> int | None:
    """Milliseconds until the rule's next attempt, or None where it has none left."""
    retrier = state.retry[index]
    used = (*cursor.retries, *(0,) * (len(state.retry) - len(cursor.retries)))
    if used[index] >= retrier.max_attempts:
        return None
    cursor.retries = (*used[:index], used[index] + 1, *used[index + 1 :])
    cursor.retry_count += 1
    return _delay(turn, cursor, retrier, used[index])


def _delay(turn: Turn, cursor: Cursor, retrier: Retrier, attempt: int) -> int:
    longest = MAX_DELAY if retrier.max_delay is None else min(retrier.max_delay, MAX_DELAY)
    try:
        seconds = min(retrier.interval * retrier.backoff**attempt, longest)
    except OverflowError:
        seconds = longest
    if retrier.full_jitter:
        place = f"{turn.execution.secret}|{cursor.entered_id}|{cursor.retry_count}".encode()
        digest = hashlib.blake2b(place, digest_size=8).digest()
        seconds *= int.from_bytes(digest, "big") / 2**64
    return int(seconds * 1000)
