"""The journal's entries as GetExecutionHistory shows them.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from asl.payload import Payload
from asl.turn import Entry

_TEXTS = {
    "input": "inputDetails",
    "output": "outputDetails",
    "parameters": None,
}
_WITHOUT_DETAILS = {
    "ParallelStateStarted",
    "ParallelStateSucceeded",
    "ParallelStateFailed",
    "MapRunSucceeded",
    "MapStateFailed",
    "MapStateSucceeded",
    "LambdaFunctionStarted",
    "TaskStateAborted",
}


def render(entry: Entry, *, include_data: bool = True) -> dict[str, Any]:
    """One history event in AWS's shape (timestamps as datetime, as boto3 gives them)."""
    number, previous, at, kind, details = entry
    event: dict[str, Any] = {
        "timestamp": datetime.fromtimestamp(at / 1000, UTC),
        "type": kind,
        "id": number,
        "previousEventId": previous,
    }
    if kind not in _WITHOUT_DETAILS:
        event[_details_name(kind)] = shown_details(details, include_data=include_data)
    return event


def _details_name(kind: str) -> str:
    if kind.endswith("StateEntered"):
        return "stateEnteredEventDetails"
    if kind.endswith("StateExited"):
        return "stateExitedEventDetails"
    return f"{kind[0].lower()}{kind[1:]}EventDetails"


def shown_details(details: dict[str, Any], *, include_data: bool = True) -> dict[str, Any]:
    """An event's details; without its data: the names, times and errors only."""
    shown: dict[str, Any] = {}
    for name, value in details.items():
        if name == "assigned":
            if include_data:
                shown["assignedVariables"] = {key: _text(item) for key, item in value.items()}
                shown["assignedVariablesDetails"] = {"truncated": False}
        elif name in _TEXTS:
            if include_data or name == "parameters":
                shown[name] = _text(value)
            if _TEXTS[name] is not None and include_data:
                shown[str(_TEXTS[name])] = {"truncated": False}
        elif value is not None:
            shown[name] = value
    return shown


def _text(value: Any) -> str:
    if isinstance(value, Payload):
        return value.text.decode()
    return orjson.dumps(value).decode()
