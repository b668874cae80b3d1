"""A Map in Distributed mode: evaluates its fields, asks for a Map run, and goes on with its end.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import orjson

from asl.commands import RedriveMapRun, StartMapRun
from asl.errors import DATA_LIMIT, ITEM_READER, RUNTIME, StateError, StateFailedError
from asl.execution import ForMapRun
from asl.jsonpath.path import PathMissingError
from asl.jsonpath.pathflow import OnSubject
from asl.machine import Limit, MapState
from asl.map_runs.model import Inputs, MapRun, Settings
from asl.payload import Payload
from asl.scope import Scope
from asl.states.common import leave_plainly
from asl.turn import Cursor, Outcome, Turn

Items = list[Any] | dict[str, Any] | None
MAX_REDRIVES = 1000
"""How often a run can be redriven (AWS quota)."""
ENDS_FOR_GOOD = frozenset({DATA_LIMIT, RUNTIME})
"""Errors after which a redrive begins a new run, as AWS documents it."""


def start(
    turn: Turn, cursor: Cursor, state: MapState, scope: Scope, items: Items, concurrency: int
) -> Outcome:
    """Asks for a run and parks.

    Args:
        items: the items that the state was given; None where a reader gives them.
    """
    turn.follow(cursor, "MapStateStarted", {"length": len(items or ())})
    inputs = evaluate(state, scope, items)
    settings = Settings(concurrency, *tolerance(state, scope))
    name = arn(turn, cursor, state)
    began = turn.follow(cursor, "MapRunStarted", {"mapRunArn": name})
    execution = turn.execution
    label = name.rsplit("/", 1)[1].rsplit(":", 1)[0]
    run = MapRun(
        arn=name,
        parent_arn=execution.arn,
        path=cursor.path,
        machine_arn=f"{execution.machine_arn.partition('/')[0]}/{label}",
        role_arn=execution.role_arn,
        revision=execution.revision,
        state=state.name,
        started_at=turn.now,
        settings=settings,
        inputs=inputs,
        express=state.express,
        failure=_unusable(inputs),
    )
    turn.map_runs.append(StartMapRun(run))
    return cursor.park(ForMapRun(began, name))


def redrive(turn: Turn, cursor: Cursor, waiting: ForMapRun) -> Outcome:
    """Has the run go on that the execution had waited for when it ended.

    https://docs.aws.amazon.com/step-functions/latest/dg/redrive-map-run.html
    """
    count = waiting.redrives + 1
    if count > MAX_REDRIVES:
        limit = f"The Map Run reached the maximum number of redrives ({MAX_REDRIVES})."
        raise StateFailedError(RUNTIME, limit)
    cursor.previous = cursor.base = cursor.entered_id
    details = {"mapRunArn": waiting.arn, "redriveCount": count}
    redriven = turn.follow(cursor, "MapRunRedriven", details)
    turn.map_runs.append(RedriveMapRun(waiting.arn, turn.now))
    return cursor.park(ForMapRun(redriven, waiting.arn, count))


def resume(
    turn: Turn, cursor: Cursor, state: MapState, waiting: ForMapRun, output: Payload
) -> Outcome | None:
    """Goes on with the run's results."""
    ended = turn.record(waiting.id, "MapRunSucceeded", {})
    turn.record(ended, "MapStateSucceeded", {})
    # As AWS tells it: the exit does not follow the success, nor the run's end.
    cursor.previous = cursor.base = waiting.id
    scope = turn.scope(cursor, state, result=output.value)
    return leave_plainly(turn, cursor, state, scope, output)


def evaluate(state: MapState, scope: Scope, items: Items) -> Inputs:
    """What reader, batcher and writer are told."""
    reader, batcher, writer = state.reader, state.batcher, state.writer
    reading = None if reader is None else reader.arguments
    writing = None if writer is None else writer.arguments
    batch_input = None if batcher is None else batcher.batch_input
    return Inputs(
        items=items,
        reader={} if reading is None else _object(reading.evaluate(scope), "ItemReader"),
        max_items=int(number(None if reader is None else reader.max_items, scope)),
        batch_items=int(number(None if batcher is None else batcher.max_items, scope, least=1)),
        batch_bytes=int(number(None if batcher is None else batcher.max_bytes, scope, least=1)),
        batch_input=None if batch_input is None else batch_input.evaluate(scope),
        writer={} if writing is None else _object(writing.evaluate(scope), "ResultWriter"),
    )


def tolerance(state: MapState, scope: Scope) -> tuple[int, float]:
    """How many items may fail: as a count, and as a share of 100. 0 is not set."""
    count = number(state.tolerated_count, scope, least=0)
    share = number(state.tolerated_percentage, scope, least=0)
    if share > 100:
        raise StateFailedError(RUNTIME, "ToleratedFailurePercentage cannot be greater than 100.")
    return int(count), share


def number(limit: Limit | None, scope: Scope, *, least: int | None = None) -> float:
    """A limit's value; 0 where there is none.

    Args:
        least: the smallest value that it may have; None where that is judged later.
    """
    if limit is None:
        return 0
    try:
        value = limit.value.evaluate(scope)
    except PathMissingError as error:
        raise StateFailedError(RUNTIME, f"Invalid path in {limit.field}: {error}") from None
    field = limit.field.removesuffix("Path")
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole and not (isinstance(value, float) and field.endswith("Percentage")):
        raise StateFailedError(RUNTIME, _not_a_number(limit, value))
    if least is not None and value < least:
        wrong = "cannot be negative." if least == 0 else "must be positive."
        raise StateFailedError(RUNTIME, f"{field} {wrong}")
    return float(value)


def _unusable(inputs: Inputs) -> StateError | None:
    """What keeps the run from reading: it begins, and fails at once, as on AWS."""
    if inputs.max_items < 0:
        return StateError(ITEM_READER, "field MaxItems must be positive")
    return None


def _object(value: Any, field: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        shown = orjson.dumps(value).decode()
        raise StateFailedError(RUNTIME, f"The parameters of {field} must be an object: {shown}")
    return value


def _not_a_number(limit: Limit, value: Any) -> str:
    shown = value if isinstance(value, str) else orjson.dumps(value).decode()
    reading = limit.value
    where = f": {reading.text}" if isinstance(reading, OnSubject) else ""
    return f'The {limit.field} field refers to value "{shown}" which is not a valid integer{where}'


def arn(turn: Turn, cursor: Cursor, state: MapState) -> str:
    """The run's ARN: of the machine, the state's label, and an id of its own."""
    execution = turn.execution
    place = f"{execution.secret}|{cursor.path}|{cursor.entered_id}|{cursor.retry_count}"
    if execution.redrives.count:  # retries are counted anew
        place += f"|{execution.redrives.count}"
    machine = execution.machine_arn.partition("/")[0]
    label = state.label or _id(f"{machine}|{state.name}")
    return f"{machine.replace(':stateMachine:', ':mapRun:', 1)}/{label}:{_id(place)}"


def _id(text: str) -> str:
    """Text as an id that looks like any other."""
    return str(uuid.UUID(bytes=hashlib.blake2b(text.encode(), digest_size=16).digest(), version=3))
