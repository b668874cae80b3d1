"""A Distributed Map's run: how many items may fail, and what its beginning and end look like.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import orjson

from asl.errors import RUNTIME, TOLERANCE, StateError, StateFailedError
from asl.jsonpath.path import PathMissingError
from asl.jsonpath.pathflow import OnSubject
from asl.machine import Limit, MapState
from asl.scope import Scope
from asl.turn import Cursor, Turn

EXCEEDED = StateError(TOLERANCE, "The specified tolerated failure threshold was exceeded")


def tolerated(state: MapState, scope: Scope, items: int) -> int:
    """How many of the items may fail: the smaller of count and percentage, none by default."""
    allowed = []
    if state.tolerated_count is not None:
        allowed.append(int(_number(state.tolerated_count, scope, "ToleratedFailureCount")))
    if state.tolerated_percentage is not None:
        share = _number(state.tolerated_percentage, scope, "ToleratedFailurePercentage")
        if share > 100:
            raise StateFailedError(
                RUNTIME, "ToleratedFailurePercentage cannot be greater than 100."
            )
        allowed.append(int(items * share / 100))
    return min(allowed, default=0)


def _number(limit: Limit, scope: Scope, field: str) -> float:
    try:
        value = limit.value.evaluate(scope)
    except PathMissingError as error:
        raise StateFailedError(RUNTIME, f"Invalid path in {limit.field}: {error}") from None
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole and not (isinstance(value, float) and field.endswith("Percentage")):
        raise StateFailedError(RUNTIME, _not_a_number(limit, value))
    if value < 0:
        raise StateFailedError(RUNTIME, f"{field} cannot be negative.")
    return float(value)


def _not_a_number(limit: Limit, value: Any) -> str:
    shown = value if isinstance(value, str) else orjson.dumps(value).decode()
    reading = limit.value
    where = f": {reading.text}" if isinstance(reading, OnSubject) else ""
    return f'The {limit.field} field refers to value "{shown}" which is not a valid integer{where}'


def arn(turn: Turn, cursor: Cursor, state: MapState) -> str:
    """The run's ARN: of the machine, the state's label, and an id of its own."""
    place = f"{turn.execution.secret}|{cursor.path}|{cursor.entered_id}|{cursor.retry_count}"
    digest = hashlib.blake2b(place.encode(), digest_size=32).digest()
    label = state.label or str(uuid.UUID(bytes=digest[:16]))
    machine = turn.execution.machine_arn.replace(":stateMachine:", ":mapRun:", 1)
    return f"{machine}/{label}:{uuid.UUID(bytes=digest[16:])}"
