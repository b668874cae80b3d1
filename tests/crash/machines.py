"""What the load runs: one machine per kind of waiting, each with an outcome known beforehand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ROLE = "arn:aws:iam::000000000000:role/crash"
_FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:"
_ACTIVITY = "arn:aws:states:us-east-1:000000000000:activity:work"
_MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:"
_FAST = {"IntervalSeconds": 1, "MaxDelaySeconds": 2, "JitterStrategy": "FULL"}
TURNS = 300
"""Of the loop: more history than one step may add, so that it is broken off in between."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A machine, how often it is started, and what an execution with ``{"n": n}`` must come to."""

    name: str
    weight: int
    definition: dict[str, Any]
    output: Callable[[int], Any]
    status: str = "SUCCEEDED"


def _chain(*names: str, **states: dict[str, Any]) -> dict[str, Any]:
    """States in a row."""
    chained = {
        name: {**states[name], **({"Next": following} if following else {"End": True})}
        for name, following in zip(names, [*names[1:], ""], strict=True)
    }
    return {"StartAt": names[0], "States": chained}


def _call(function: str, **fields: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": _FUNCTION + function, **fields}


def _wait(milliseconds: str) -> dict[str, Any]:
    due = f"$toMillis($states.context.State.EnteredTime) + {milliseconds}"
    return {"Type": "Wait", "Timestamp": "{% $fromMillis(" + due + ") %}"}


WORK = _call("work")
PASS = {"Type": "Pass"}

CHAIN = _chain("A", "B", "C", "D", A=WORK, B=WORK, C=WORK, D=WORK)
FAN = _chain(
    "P",
    P={
        "Type": "Parallel",
        "Branches": [
            _chain("A", A=WORK),
            _chain("W", "E", W=_wait("120"), E=PASS),
            _chain(
                "M",
                M={
                    "Type": "Map",
                    "Items": [1, 2, 3, 4],
                    "MaxConcurrency": 2,
                    "ItemSelector": {"n": "{% $states.context.Map.Item.Value %}"},
                    "ItemProcessor": _chain("B", B=WORK),
                },
            ),
        ],
    },
)
TIMES = _chain("W", "A", "V", W=_wait("($states.input.n % 5) * 150"), A=WORK, V=_wait("40"))
RETRIES = {
    "StartAt": "A",
    "States": {
        "A": _call("flaky", Retry=[{"ErrorEquals": ["Flaky"], "MaxAttempts": 3, **_FAST}], Next="B"),
        "B": _call("broken", Catch=[{"ErrorEquals": ["Broken"], "Output": "{% $merge([$states.input, {'caught': $states.errorOutput.Error}]) %}", "Next": "C"}], End=True),
        "C": {**PASS, "End": True},
    },
}  # fmt: skip
TOKEN = {
    "StartAt": "T",
    "States": {
        "T": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Arguments": {
                "FunctionName": "ask",
                "Payload": {"token": "{% $states.context.Task.Token %}", "n": "{% $states.input.n %}"},
            },
            "Catch": [{"ErrorEquals": ["Refused"], "Output": "{% {'n': $states.input.n, 'refused': true} %}", "Next": "C"}],
            "End": True,
        },
        "C": {**PASS, "End": True},
    },
}  # fmt: skip
NESTED = _chain(
    "N",
    "A",
    N={
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Arguments": {"StateMachineArn": _MACHINE + "chain", "Input": {"n": "{% $states.input.n %}"}},
        "Output": "{% $states.result.Output %}",
    },
    A=WORK,
)  # fmt: skip
# A worker that was killed between taking the task and hearing of it lets it time out.
_AGAIN = [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 99, **_FAST}]
ACTIVITY = _chain(
    "A", A={"Type": "Task", "Resource": _ACTIVITY, "TimeoutSeconds": 2, "Retry": _AGAIN}
)
LOOP = {
    "StartAt": "Begin",
    "States": {
        "Begin": {**PASS, "Assign": {"turn": 0}, "Next": "Turn"},
        "Turn": {**PASS, "Assign": {"turn": "{% $turn + 1 %}"}, "Next": "More"},
        "More": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $turn < " + str(TURNS) + " %}", "Next": "Turn"}],
            "Default": "A",
        },
        "A": {**WORK, "End": True},
    },
}
LOST = {**_chain("T", T={**TOKEN["States"]["T"], "Catch": []}), "TimeoutSeconds": 2}
LOST["States"]["T"].pop("Catch")
LOST["States"]["T"]["Arguments"] = {"FunctionName": "nobody"}

EACH = _chain(
    "M",
    M={
        "Type": "Map",
        "Label": "Each",
        "Items": "{% [1..7].{'n': $} %}",
        "MaxConcurrency": 3,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            **_chain("B", B=WORK),
        },
    },
)

KINDS = [
    Kind("chain", 4, CHAIN, lambda n: {"n": n + 4}),
    Kind("fan", 3, FAN, lambda n: [{"n": n + 1}, {"n": n}, [{"n": m + 1} for m in (1, 2, 3, 4)]]),
    Kind("times", 3, TIMES, lambda n: {"n": n + 1}),
    Kind("retries", 2, RETRIES, lambda n: {"n": n, "caught": "Broken"}),
    Kind("token", 4, TOKEN, lambda n: {"n": n, "refused": True} if n % 5 == 0 else {"n": n * 2}),
    Kind("nested", 3, NESTED, lambda n: {"n": n + 5}),
    Kind("activity", 2, ACTIVITY, lambda n: {"n": n + 10}),
    Kind("each", 2, EACH, lambda n: [{"n": m + 1} for m in range(1, 8)]),
    Kind("loop", 1, LOOP, lambda n: {"n": n + 1}),
    Kind("fails", 1, _chain("A", A=_call("broken")), lambda _: None, "FAILED"),
    Kind("lost", 1, LOST, lambda _: None, "TIMED_OUT"),
    Kind("stopped", 1, _chain("W", W=_wait("86400000")), lambda _: None, "ABORTED"),
]
ITEM = Kind("item", 0, EACH, lambda n: {"n": n + 1})
"""An item of a Distributed Map: nobody starts it by itself."""
BY_NAME = {kind.name: kind for kind in KINDS}


def text(kind: Kind) -> str:
    """The machine's definition."""
    return json.dumps({"QueryLanguage": "JSONata", **kind.definition})


def function(name: str, event: Any, attempt: int) -> Any:
    """What the functions do. A failure is an exception with the error's name.

    Raises:
        FunctionError: the function fails.
    """
    if name == "broken" or (name == "flaky" and attempt < 2):
        raise FunctionError(name.capitalize())
    return event if name == "flaky" else {"n": event["n"] + 1}


class FunctionError(Exception):
    """A function failed; the message is the error's name."""
