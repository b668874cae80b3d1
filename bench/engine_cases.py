"""The state machines that the engine's bench runs, and their input."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:bench"
ROLE = "arn:aws:iam::000000000000:role/bench"
INPUT = json.dumps(
    {
        "id": "A-1",
        "total": 76.0,
        "new": True,
        "customer": {"name": "Ada", "email": "ada@example.com"},
        "items": [{"sku": f"s{i}", "price": 9.5, "qty": 2} for i in range(4)],
    }
)


@dataclass(frozen=True, slots=True)
class Case:
    """A machine of five states."""

    name: str
    about: str
    definition: dict[str, Any]

    @property
    def text(self) -> str:
        """The definition as JSON."""
        return json.dumps(self.definition)

    @property
    def has_tasks(self) -> bool:
        """Whether the machine calls functions."""
        return any(state["Type"] == "Task" for state in self.definition["States"].values())


def _jsonata() -> dict[str, Any]:
    return {
        "QueryLanguage": "JSONata",
        "StartAt": "Order",
        "States": {
            "Order": {"Type": "Pass", "Assign": {"order": "{% $states.input.id %}", "total": "{% $states.input.total %}"}, "Next": "Score"},
            "Score": {"Type": "Pass", "Assign": {"score": "{% $total * 2 %}"}, "Next": "Size"},
            "Size": {"Type": "Choice", "Choices": [{"Condition": "{% $score > 100 %}", "Next": "Large"}], "Default": "Small"},
            "Large": {"Type": "Pass", "Assign": {"size": "large"}, "Next": "Answer"},
            "Small": {"Type": "Pass", "Assign": {"size": "small"}, "Next": "Answer"},
            "Answer": {"Type": "Pass", "Output": {"label": "{% 'Order ' & $order & ' is ' & $size %}", "score": "{% $score %}"}, "End": True},
        },
    }  # fmt: skip


def _jsonpath() -> dict[str, Any]:
    return {
        "StartAt": "Order",
        "States": {
            "Order": {"Type": "Pass", "Parameters": {"order.$": "$.id", "total.$": "$.total"}, "Next": "Score"},
            "Score": {"Type": "Pass", "Parameters": {"score.$": "States.MathAdd($.total, 76)", "order.$": "$.order"}, "Next": "Size"},
            "Size": {"Type": "Choice", "Choices": [{"Variable": "$.score", "NumericGreaterThan": 100, "Next": "Large"}], "Default": "Small"},
            "Large": {"Type": "Pass", "Result": "large", "ResultPath": "$.size", "Next": "Answer"},
            "Small": {"Type": "Pass", "Result": "small", "ResultPath": "$.size", "Next": "Answer"},
            "Answer": {"Type": "Pass", "Parameters": {"label.$": "States.Format('Order {} is {}', $.order, $.size)", "score.$": "$.score"}, "End": True},
        },
    }  # fmt: skip


def _tasks() -> dict[str, Any]:
    names = [f"Step{number}" for number in range(1, 6)]
    states: dict[str, Any] = {
        name: {"Type": "Task", "Resource": FUNCTION, "Next": following}
        for name, following in zip(names, [*names[1:], ""], strict=True)
    }
    del states[names[-1]]["Next"]
    states[names[-1]]["End"] = True
    return {"StartAt": names[0], "States": states}


CHOICE_JSONATA = Case("choice", "5 states, Pass and Choice, JSONata", _jsonata())
CHOICE_JSONPATH = Case("choice-jsonpath", "5 states, Pass and Choice, JSONPath", _jsonpath())
TASKS = Case("tasks", "5 Lambda tasks in a row", _tasks())
CASES = {case.name: case for case in (CHOICE_JSONATA, CHOICE_JSONPATH, TASKS)}


def function(event: dict[str, Any]) -> dict[str, Any]:
    """What each task's Lambda function does, wherever it runs."""
    return {**event, "steps": event.get("steps", 0) + 1}
