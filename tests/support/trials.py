"""TestState called with plain values, on an engine whose tasks do what a test wants."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from asl.engine import Engine
from asl.memory import ManualClock, MemoryJournal, MemoryLog, MemoryMachines
from asl.payload import Payload
from asl.ports import Succeeded

ROLE = "arn:aws:iam::000000000000:role/x"
LAMBDA = "arn:aws:states:::lambda:invoke"
JSONATA = {"QueryLanguage": "JSONata"}
TASK = {"Type": "Task", "Resource": LAMBDA, "End": True}
JSONATA_TASK = {**TASK, **JSONATA, "Arguments": {"FunctionName": "{% $states.input.f %}"}}
PATH_TASK = {**TASK, "Parameters": {"FunctionName.$": "$.f"}}
PROCESSOR = {"StartAt": "Inner", "States": {"Inner": {"Type": "Pass", "End": True}}}
DISTRIBUTED = {
    **PROCESSOR,
    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
}
MAP = {"Type": "Map", "ItemProcessor": PROCESSOR, "End": True}
BRANCHES = [
    {"StartAt": name, "States": {name: {"Type": "Pass", "End": True}}} for name in ("A", "B")
]
PARALLEL = {"Type": "Parallel", "Branches": BRANCHES, "End": True}
CATCH_ALL = {"ErrorEquals": ["States.ALL"], "Next": "Caught"}
BOOM = {"errorOutput": {"error": "Boom", "cause": "why"}}


class Account:
    """An engine whose tasks do what ``call`` does."""

    def __init__(self) -> None:
        self.call: Callable[[Any], Any] = lambda dispatch: Succeeded(Payload("done"))
        self.journal = MemoryJournal()
        self.engine = Engine(
            self.journal,
            MemoryMachines(),
            self._call,
            lambda batch: None,
            ManualClock(),
            MemoryLog(),
        )
        self.api = self.engine.api

    def _call(self, dispatch: Any) -> Any:
        return self.call(dispatch)

    def test(self, definition: Any, **request: Any) -> dict[str, Any]:
        """TestState, with values in the place of JSON texts."""
        for name in ("input", "variables", "context"):
            if name in request:
                request[name] = json.dumps(request[name])
        if "result" in request.get("mock", {}):
            request["mock"] = {**request["mock"], "result": json.dumps(request["mock"]["result"])}
        return read(self.api.test_state(json.dumps(definition), **request))


def read(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer with values in the place of JSON texts."""
    shown = dict(answer)
    if "output" in shown:
        shown["output"] = json.loads(shown["output"])
    if "inspectionData" in shown:
        shown["inspectionData"] = {
            name: json.loads(value) if isinstance(value, str) else value
            for name, value in shown["inspectionData"].items()
        }
    return shown


def retrier(**more: Any) -> dict[str, Any]:
    return {"ErrorEquals": ["Boom"], "MaxAttempts": 3, "IntervalSeconds": 2, **more}


WORK = {**JSONATA_TASK, "Arguments": {"FunctionName": "f"}}
MACHINE = {
    "StartAt": "Which",
    "States": {
        "Which": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "Runs"}],
            "Default": "Each",
        },
        "Each": {
            "Type": "Map",
            "Retry": [{"ErrorEquals": ["Never"]}],
            "Catch": [CATCH_ALL],
            "ItemProcessor": {
                "StartAt": "Both",
                "States": {
                    "Both": {
                        "Type": "Parallel",
                        "Branches": [{"StartAt": "Work", "States": {"Work": WORK}}],
                        "End": True,
                    }
                },
            },
            "Next": "Caught",
        },
        "Runs": {
            "Type": "Map",
            "Catch": [CATCH_ALL],
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Alone",
                "States": {"Alone": WORK},
            },
            "Next": "Caught",
        },
        "Caught": {"Type": "Pass", "Parameters": {"is.$": "$$"}, "End": True},
    },
}
