"""The core: every state type, Retry and Catch, time, late facts."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from asl.events import (
    Heartbeat,
    Started,
    StopRequested,
    TaskAccepted,
    TaskFailed,
    TaskSucceeded,
    TimePassed,
)
from asl.execution import Status
from asl.payload import Payload
from tests.support.engine import TASK, Fails, Run, assert_gapless, machine_of, new_execution, run


def test_pass_assigns_and_shapes() -> None:
    done = run(
        {
            "A": {"Type": "Pass", "Assign": {"x": "{% $states.input.n + 1 %}"}, "Next": "B"},
            "B": {"Type": "Pass", "Output": {"x": "{% $x %}", "kept": 1}, "End": True},
        },
        {"n": 1},
    )
    assert done.output == {"x": 2, "kept": 1}
    assert done.kinds() == [
        "ExecutionStarted",
        "PassStateEntered",
        "PassStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]
    assert_gapless(done.entries)


def test_assign_sees_the_values_from_before() -> None:
    done = run(
        {
            "A": {"Type": "Pass", "Assign": {"a": 1, "b": 2}, "Next": "B"},
            "B": {"Type": "Pass", "Assign": {"a": "{% $b %}", "b": "{% $a %}"}, "Next": "C"},
            "C": {"Type": "Pass", "Output": "{% [$a, $b] %}", "End": True},
        }
    )
    assert done.output == [2, 1]


@pytest.mark.parametrize(("n", "expected"), [(1, "small"), (50, "middle"), (500, "large")])
def test_choice_takes_the_first_rule_that_holds(n: int, expected: str) -> None:
    def end(text: str) -> dict[str, Any]:
        return {"Type": "Pass", "Output": text, "End": True}

    done = run(
        {
            "C": {
                "Type": "Choice",
                "Choices": [
                    {"Condition": "{% $states.input.n > 100 %}", "Next": "Large"},
                    {"Condition": "{% $states.input.n > 10 %}", "Next": "Middle"},
                ],
                "Default": "Small",
            },
            "Large": end("large"),
            "Middle": end("middle"),
            "Small": end("small"),
        },
        {"n": n},
    )
    assert done.output == expected


def test_choice_without_a_match_fails() -> None:
    choice = {"Type": "Choice", "Choices": [{"Condition": False, "Next": "E"}]}
    done = run({"C": choice, "E": {"Type": "Succeed"}})
    assert done.execution.failure is not None
    assert done.execution.failure.error == "States.NoChoiceMatched"


def test_undefined_is_an_error_with_awss_words() -> None:
    done = run({"A": {"Type": "Pass", "Output": {"r": "{% $nothing %}"}, "End": True}})
    failure = done.execution.failure
    assert failure is not None
    assert failure.error == "States.QueryEvaluationError"
    assert failure.cause == (
        "An error occurred while executing the state 'A' (entered at the event id #2). "
        "The JSONata expression '$nothing' specified for the field 'Output/r' returned nothing "
        "(undefined)."
    )
    assert "EvaluationFailed" in done.kinds()


def test_task_result_and_arguments() -> None:
    seen: list[Any] = []

    def answer(dispatch: Any) -> Any:
        seen.append(dispatch.parameters.value)
        return {"Payload": 7}

    task = {**TASK, "Arguments": {"FunctionName": "f", "Payload": "{% $states.input %}"}}
    task |= {"Assign": {"r": "{% $states.result.Payload %}"}, "End": True}
    done = run({"T": task}, {"a": 1}, answer)
    assert seen == [{"FunctionName": "f", "Payload": {"a": 1}}]
    assert done.output == {"Payload": 7}
    assert done.kinds()[2:5] == ["TaskScheduled", "TaskStarted", "TaskSucceeded"]


def test_retry_backs_off_and_then_catches() -> None:
    moments: list[int] = []
    task = {
        **TASK,
        "Retry": [
            {
                "ErrorEquals": ["Busy"],
                "IntervalSeconds": 2,
                "BackoffRate": 3,
                "MaxAttempts": 3,
                "MaxDelaySeconds": 10,
            }
        ],
        "Catch": [
            {
                "ErrorEquals": ["States.ALL"],
                "Next": "Caught",
                "Output": "{% $states.errorOutput %}",
                "Assign": {"e": "{% $states.errorOutput.Error %}"},
            }
        ],
        "End": True,
    }
    machine = machine_of({"T": task, "Caught": {"Type": "Pass", "End": True}})

    def answer(dispatch: Any) -> Any:
        moments.append(running.now)
        raise Fails("Busy", "later")

    running = Run(machine, None, answer)
    running.to_end()
    waits = [(b - a) // 1000 for a, b in itertools.pairwise(moments)]
    assert waits == [2, 6, 10]
    assert running.output == {"Error": "Busy", "Cause": "later"}


def test_full_jitter_stays_below_the_delay_and_repeats() -> None:
    retry = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 100, "JitterStrategy": "FULL"}
    machine = machine_of({"T": {**TASK, "Retry": [retry], "End": True}})

    def first_delay() -> int:
        running = Run(machine, None, lambda _: (_ for _ in ()).throw(Fails("E")))
        running.once()
        running.once()
        return running.now

    assert first_delay() == first_delay()
    assert 0 <= first_delay() - 1_767_225_600_000 < 100_000


@pytest.mark.parametrize(
    ("error", "name", "caught"),
    [
        ("Mine", "Mine", True),
        ("Mine", "States.TaskFailed", True),
        ("States.Timeout", "States.TaskFailed", False),
        ("States.Runtime", "States.ALL", False),
        ("States.Runtime", "States.Runtime", False),
        ("States.DataLimitExceeded", "States.ALL", True),
        ("Other", "Mine", False),
    ],
)
def test_which_names_match_which_errors(error: str, name: str, caught: bool) -> None:
    catch = [{"ErrorEquals": [name], "Next": "Caught"}]
    states = {
        "T": {**TASK, "Catch": catch, "End": True},
        "Caught": {"Type": "Pass", "Output": "caught", "End": True},
    }
    done = run(states, None, lambda _: (_ for _ in ()).throw(Fails(error)))
    assert (done.execution.status is Status.SUCCEEDED) is caught


def test_time_out_and_heartbeat() -> None:
    machine = machine_of({"T": {**TASK, "TimeoutSeconds": 60, "HeartbeatSeconds": 10, "End": True}})
    running = Run(machine)
    task = running.pending[0]
    running.deliver(TaskAccepted(running.now, task.path, task.id, Payload({})))
    running.deliver(Heartbeat(running.now + 9_000, task.path, task.id))
    running.deliver(TimePassed(running.now + 11_000))
    assert running.execution.status is Status.RUNNING
    running.deliver(TimePassed(running.now + 19_000))
    assert running.execution.failure is not None
    assert running.execution.failure.error == "States.Timeout"
    assert running.execution.failure.also == "States.HeartbeatTimeout"


def test_late_and_repeated_facts_change_nothing() -> None:
    machine = machine_of({"T": {**TASK, "Next": "U"}, "U": {**TASK, "End": True}})
    running = Run(machine)
    first = running.pending[0]
    running.deliver(TaskSucceeded(running.now, first.path, first.id, Payload(1)))
    before = running.execution
    for event in (
        TaskSucceeded(running.now, first.path, first.id, Payload(2)),
        TaskFailed(running.now, first.path, first.id, "E", None),
        TaskSucceeded(running.now, (3, 1), 99, Payload(2)),
        Heartbeat(running.now, first.path, first.id),
    ):
        running.deliver(event)
        assert running.execution is before


def test_wait_of_a_year_costs_nothing() -> None:
    done = run({"W": {"Type": "Wait", "Seconds": 31_536_000, "End": True}}, {"a": 1})
    assert done.output == {"a": 1}
    assert done.now - 1_767_225_600_000 == 31_536_000_000


@pytest.mark.parametrize("moment", ["2016-13-05T21:29:29Z", "2016-12-05 21:29:29Z", "tomorrow"])
def test_wait_until_nonsense_fails_as_on_aws(moment: str) -> None:
    done = run({"W": {"Type": "Wait", "Timestamp": f"{{% '{moment}' %}}", "End": True}})
    assert done.execution.failure is not None
    assert done.execution.failure.cause is not None
    assert "The Timestamp field cannot be parsed" in done.execution.failure.cause


def test_parallel_joins_in_order_and_scopes_variables() -> None:
    def branch(name: str) -> dict[str, Any]:
        state = {"Type": "Pass", "Output": f"{{% '{name}' & $outer %}}", "Assign": {"inner": 1}}
        return {"StartAt": name, "States": {name: {**state, "End": True}}}

    done = run(
        {
            "A": {"Type": "Pass", "Assign": {"outer": "!"}, "Next": "P"},
            "P": {"Type": "Parallel", "Branches": [branch("x"), branch("y")], "Next": "B"},
            "B": {
                "Type": "Pass",
                "Output": "{% {'r': $states.input, 'leaked': $exists($inner)} %}",
                "End": True,
            },
        }
    )
    assert done.output == {"r": ["x!", "y!"], "leaked": False}


def test_a_failing_branch_fails_the_state_and_its_siblings_are_dropped() -> None:
    waits = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "End": True}}}
    fails = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "c"}}}
    done = run(
        {
            "P": {
                "Type": "Parallel",
                "Branches": [waits, fails],
                "Catch": [{"ErrorEquals": ["E"], "Next": "C"}],
                "End": True,
            },
            "C": {"Type": "Pass", "End": True},
        }
    )
    assert done.output == {"Error": "E", "Cause": "c"}
    assert done.now == 1_767_225_600_000


def test_map_runs_each_item_within_its_concurrency() -> None:
    most: list[int] = []
    inner = {"T": {**TASK, "Arguments": {"Payload": "{% $states.input %}"}, "End": True}}
    machine = machine_of(
        {
            "M": {
                "Type": "Map",
                "Items": "{% $states.input %}",
                "ItemSelector": {
                    "v": "{% $states.context.Map.Item.Value %}",
                    "i": "{% $states.context.Map.Item.Index %}",
                },
                "MaxConcurrency": 2,
                "ItemProcessor": {"StartAt": "T", "States": inner},
                "End": True,
            }
        }
    )

    def answer(dispatch: Any) -> Any:
        most.append(len(running.pending) + 1)
        payload = dispatch.parameters.value["Payload"]
        return payload["v"] * 10 + payload["i"]

    running = Run(machine, [5, 6, 7, 8, 9], answer)
    running.to_end()
    assert running.output == [50, 61, 72, 83, 94]
    assert max(most) == 2
    assert running.kinds().count("MapIterationSucceeded") == 5


def test_map_over_something_else_fails_as_on_aws() -> None:
    inner = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
    states = {
        "M": {"Type": "Map", "Items": "{% $states.input %}", "ItemProcessor": inner, "End": True}
    }
    failure = run(states, {"foo": "bar"}).execution.failure
    assert failure is not None
    assert failure.cause is not None
    assert failure.cause.endswith("Expected 'array', but was 'object' for value: {\"foo\":\"bar\"}")


def test_stop_and_machine_timeout() -> None:
    wait = {"W": {"Type": "Wait", "Seconds": 1000, "End": True}}
    stopped = Run(machine_of(wait))
    stopped.deliver(StopRequested(stopped.now, "Why", "because"))
    assert stopped.execution.status is Status.ABORTED


def test_the_machines_time_limit_ends_it() -> None:
    limited = Run(machine_of({"W": {"Type": "Wait", "Seconds": 1000, "End": True}}))
    limited.execution = replace(limited.execution, due=limited.now + 5_000)
    limited.to_end()
    assert limited.execution.status is Status.TIMED_OUT
    assert limited.kinds()[-1] == "ExecutionTimedOut"


def test_results_over_the_limit_fail() -> None:
    done = run({"T": {**TASK, "End": True}}, None, lambda _: "x" * 262_200)
    assert done.execution.failure is not None
    assert done.execution.failure.error == "States.DataLimitExceeded"


def test_an_endless_loop_ends_at_25000_events() -> None:
    loop = {
        "A": {"Type": "Pass", "Next": "B"},
        "B": {"Type": "Choice", "Choices": [{"Condition": False, "Next": "C"}], "Default": "A"},
        "C": {"Type": "Succeed"},
    }
    running = Run(machine_of(loop))
    assert running.execution.status is Status.RUNNING, "a long walk is broken off"
    running.to_end()
    assert running.execution.status is Status.FAILED
    assert running.execution.seq == 25_000
    assert_gapless(running.entries)


def test_tokens_differ_and_cannot_be_guessed() -> None:
    arguments = {"t": "{% $states.context.Task.Token %}"}
    resource = TASK["Resource"] + ".waitForTaskToken"
    states = {"T": {**TASK, "Resource": resource, "Arguments": arguments, "End": True}}
    token = Run(machine_of(states)).pending[0].token
    assert Run(machine_of(states)).pending[0].parameters.value == {"t": token}
    again = Run(machine_of(states)).pending[0].token
    assert again == token, "steps are deterministic"
    other = Run(machine_of(states))
    other.execution = replace(new_execution(), secret="another")
    other.pending.clear()
    other.deliver(Started(other.now))
    assert other.pending[0].token != token


def test_deep_data_is_refused_where_it_enters_and_fails_where_it_arises() -> None:
    Payload.parse("[" * 199 + "]" * 199)
    with pytest.raises(ValueError, match="nested deeper"):
        Payload.parse("[" * 300 + "]" * 300)
    deeper = "{% $reduce([1..300], function($a, $i){ {'d': $a} }, {}) %}"
    failure = run({"A": {"Type": "Pass", "Output": deeper, "End": True}}).execution.failure
    assert failure is not None
    assert failure.error == "States.Runtime"
