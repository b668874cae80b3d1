"""Redrive: what ended without success goes on from where it stood; what had succeeded stays."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from asl import codec
from asl.events import Redriven, StopRequested, TimePassed
from asl.execution import Execution, Status, in_flight, next_due
from asl.recovery import lost_dispatches
from asl.redrive import DAY, PERIOD, TOKEN_LIFE, obstacle, redriven_at
from asl.turn import MAX_EVENTS
from tests.support.engine import START, TASK, Fails, Run, assert_gapless, machine_of, new_execution


class Answers:
    """A task that fails the first so many times in each place, and then answers with the place."""

    def __init__(self, failures: int):
        self.failures = failures
        self.calls: Counter[Any] = Counter()
        self.keys: list[str] = []

    def __call__(self, dispatch: Any) -> Any:
        place = (*dispatch.path, dispatch.state)
        self.calls[place] += 1
        self.keys.append(dispatch.key)
        if self.calls[place] <= self.failures:
            raise Fails("Boom", "not yet")
        return "/".join(map(str, place))


def redrive(run: Run, token: str = "t", later: int = 1000) -> Run:
    run.pending.clear()
    run.now += later
    run.deliver(Redriven(run.now, token))
    return run


def stop(run: Run) -> Run:
    run.deliver(StopRequested(run.now, None, None))
    return run


def kinds_since(run: Run, kind: str) -> list[str]:
    kinds = run.kinds()
    return kinds[len(kinds) - 1 - kinds[::-1].index(kind) :]


def test_a_failed_task_is_scheduled_again_after_what_had_succeeded() -> None:
    machine = machine_of(
        {
            "A": {"Type": "Pass", "Assign": {"x": 5}, "Output": {"in": 1}, "Next": "T"},
            "T": {**TASK, "Output": "{% [$x, $states.result, $states.input] %}", "End": True},
        }
    )
    answers = Answers(1)
    run = Run(machine, {}, answers).to_end()
    assert run.execution.status is Status.FAILED
    redrive(run).to_end()
    assert run.output == [5, "T", {"in": 1}]
    assert kinds_since(run, "ExecutionFailed") == [
        "ExecutionFailed",
        "ExecutionRedriven",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]
    assert_gapless(run.entries)
    by_kind = {entry[3]: entry for entry in run.entries}
    redriven, failed = by_kind["ExecutionRedriven"], by_kind["ExecutionFailed"]
    assert (redriven[1], redriven[4]) == (failed[0], {"redriveCount": 1})
    # As on AWS, the new attempt follows the state's entry.
    assert by_kind["TaskScheduled"][1] == by_kind["TaskStateEntered"][0]
    assert len(set(answers.keys)) == 2


def test_retries_begin_anew_and_the_context_counts_redrives() -> None:
    told = "{% [$states.context.Execution.RedriveCount, $states.context.State.RetryCount] %}"
    task = {
        **TASK,
        "Arguments": {"FunctionName": "f", "Payload": told},
        "Retry": [{"ErrorEquals": ["Boom"], "MaxAttempts": 1}],
        "End": True,
    }
    seen: list[Any] = []

    def answer(dispatch: Any) -> Any:
        seen.append(dispatch.parameters.value["Payload"])
        if len(seen) < 4:
            raise Fails("Boom")
        return "done"

    run = Run(machine_of({"T": task}), {}, answer).to_end()
    redrive(run).to_end()
    assert run.output == "done"
    assert seen == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_the_context_tells_when_it_was_redriven() -> None:
    fails = {"Type": "Wait", "Seconds": 60, "Next": "B"}
    last = {"Type": "Pass", "Output": "{% $states.context.Execution %}", "End": True}
    run = stop(Run(machine_of({"A": fails, "B": last})))
    assert run.execution.status is Status.ABORTED
    redrive(run, later=1500).to_end()
    assert run.output["RedriveTime"] == "2026-01-01T00:00:01.500Z"
    assert run.output["StartTime"] == "2026-01-01T00:00:00.000Z"


def parallel(*branches: dict[str, Any], **more: Any) -> dict[str, Any]:
    scopes = [{"StartAt": next(iter(branch)), "States": branch} for branch in branches]
    return {"P": {"Type": "Parallel", "Branches": scopes, "End": True, **more}}


def test_branches_that_had_succeeded_are_kept() -> None:
    answers = Answers(1)
    good = {"G": {"Type": "Pass", "Output": "kept", "End": True}}
    bad = {"B": {**TASK, "End": True}}
    waiting = {"W": {"Type": "Wait", "Seconds": 60, "End": True}}
    run = Run(machine_of(parallel(good, bad, waiting)), {"in": 1}, answers).to_end()
    assert run.execution.status is Status.FAILED
    redrive(run).to_end()
    assert run.output == ["kept", "1/B", {"in": 1}]
    assert run.kinds().count("PassStateEntered") == 1
    assert run.kinds().count("WaitStateEntered") == 1
    assert run.kinds().count("ParallelStateStarted") == 1
    assert answers.calls == {(1, "B"): 2}
    assert_gapless(run.entries)


def test_branches_that_had_not_begun_begin() -> None:
    # The first fails before the walk comes to the second.
    broken = {
        "F": {
            "Type": "Pass",
            "Output": "{% $states.context.Execution.RedriveCount = 0 ? $error('x') : 1 %}",
            "End": True,
        }
    }
    other = {"O": {"Type": "Pass", "Output": "{% $states.input.in %}", "End": True}}
    run = Run(machine_of(parallel(broken, other)), {"in": 2}).to_end()
    assert run.execution.status is Status.FAILED
    assert "O" not in [entry[4].get("name") for entry in run.entries]
    redrive(run).to_end()
    assert run.output == [1, 2]


def test_iterations_that_had_succeeded_are_kept_and_the_rest_runs() -> None:
    answers = Answers(1)
    machine = machine_of(
        {
            "M": {
                "Type": "Map",
                "Items": [10, 20, 30],
                "MaxConcurrency": 1,
                "ItemProcessor": {
                    "StartAt": "C",
                    "States": {
                        "C": {
                            "Type": "Choice",
                            "Choices": [{"Condition": "{% $states.input = 20 %}", "Next": "T"}],
                            "Default": "S",
                        },
                        "T": {**TASK, "End": True},
                        "S": {"Type": "Succeed", "Output": "{% $states.input %}"},
                    },
                },
                "End": True,
            }
        }
    )
    run = Run(machine, {}, answers).to_end()
    assert run.execution.status is Status.FAILED
    redrive(run).to_end()
    assert run.output == [10, "1/T", 30]
    assert run.kinds().count("MapIterationStarted") == 3
    assert run.kinds().count("MapStateStarted") == 1


def test_nested_failures_and_several_redrives() -> None:
    answers = Answers(2)
    inner = parallel({"T": {**TASK, "End": True}}, {"U": {**TASK, "End": True}})
    machine = machine_of(parallel({"G": {"Type": "Succeed", "Output": 1}}, {"Q": inner["P"]}))
    run = Run(machine, {}, answers).to_end()
    for count in range(1, 6):
        if run.execution.status is Status.SUCCEEDED:
            break
        redrive(run, f"t{count}").to_end()
        assert run.execution.redrives.count == count
    assert run.output == [1, ["1/0/T", "1/1/U"]]
    assert_gapless(run.entries)


def test_a_parallel_s_own_retry_and_catch_work_after_a_redrive() -> None:
    caught = {"Catch": [{"ErrorEquals": ["Other"], "Next": "Z"}]}
    errors = iter(["Boom", "Other"])

    def answer(dispatch: Any) -> Any:
        raise Fails(next(errors))

    states = parallel({"T": {**TASK, "End": True}}, **caught)
    machine = machine_of({**states, "Z": {"Type": "Succeed", "Output": "caught"}})
    run = Run(machine, {}, answer).to_end()
    assert run.execution.failure is not None
    assert run.execution.failure.error == "Boom"
    assert redrive(run).to_end().output == "caught"


def test_a_result_that_was_too_large_is_made_again() -> None:
    big = {
        "B": {
            "Type": "Pass",
            "Output": "{% $states.context.Execution.RedriveCount = 0 ? $states.input : 'small' %}",
            "End": True,
        }
    }
    machine = machine_of(parallel(big, {"C": big["B"]}, {"D": big["B"]}))
    run = Run(machine, "x" * 100_000).to_end()
    assert run.execution.failure is not None
    assert run.execution.failure.error == "States.DataLimitExceeded"
    assert redrive(run).to_end().output == ["small", "small", "small"]


@pytest.mark.parametrize(("seconds", "over"), [(59, False), (61, True)])
def test_a_stopped_wait_waits_anew_for_seconds_and_for_a_moment_only_until_then(
    seconds: int, over: bool
) -> None:
    machine = machine_of({"W": {"Type": "Wait", "Seconds": 60, "End": True}})
    run = stop(Run(machine))
    redrive(run, later=seconds * 1000)
    assert next_due(run.execution) == run.now + 60_000
    moment = machine_of({"W": {"Type": "Wait", "Timestamp": "2026-01-01T00:01:00Z", "End": True}})
    run = stop(Run(moment))
    redrive(run, later=seconds * 1000)
    assert (run.execution.status is Status.SUCCEEDED) is over


def test_a_fail_state_fails_again() -> None:
    run = Run(machine_of({"F": {"Type": "Fail", "Error": "E"}})).to_end()
    redrive(run)
    assert run.execution.status is Status.FAILED
    assert kinds_since(run, "ExecutionRedriven") == [
        "ExecutionRedriven",
        "FailStateEntered",
        "ExecutionFailed",
    ]


def test_the_machine_s_time_limit_is_set_anew() -> None:
    states = {"W": {"Type": "Wait", "Seconds": 15, "End": True}}
    run = Run(machine_of(states, TimeoutSeconds=10))
    run.execution = replace(run.execution, due=START + 10_000)
    run.to_end()
    assert run.execution.status is Status.TIMED_OUT
    redrive(run, later=5000)
    assert run.execution.due == run.now + 10_000
    run.to_end()
    assert run.execution.status is Status.TIMED_OUT
    assert run.kinds().count("ExecutionTimedOut") == 2


def test_late_answers_from_before_the_redrive_change_nothing() -> None:
    run = Run(machine_of({"T": {**TASK, "End": True}}), {}, lambda dispatch: "late")
    old = run.outcome(run.pending[0])
    stop(run)
    run.deliver(old)
    redrive(run)
    before = len(run.entries)
    run.deliver(old)
    assert len(run.entries) == before
    assert run.execution.status is Status.RUNNING
    assert run.to_end().output == "late"


def test_a_task_that_a_crash_lost_after_a_redrive_is_called_with_the_same_key() -> None:
    machine = machine_of({"T": {**TASK, "End": True}})
    run = stop(Run(machine))
    first = run.pending[0].key
    redrive(run)
    (lost,) = lost_dispatches(run.execution, machine)
    assert lost.key == run.pending[0].key != first
    assert (lost.token, lost.id) == (run.pending[0].token, run.pending[0].id)


# -- when, and how often --------------------------------------------------------------------------


def failed() -> Execution:
    return Run(machine_of({"F": {"Type": "Fail"}})).to_end().execution


@pytest.mark.parametrize(
    ("changes", "days", "reason"),
    [
        ({}, 14, None),
        ({}, 14.1, "Execution redrivable period exceeded"),
        ({"started_at": START - 360 * DAY}, 6, "Execution has exceeded the max execution time"),
        ({"seq": MAX_EVENTS - 2}, 0, None),
        ({"seq": MAX_EVENTS - 1}, 0, "Execution history event limit exceeded"),
        ({"status": Status.RUNNING}, 0, "Execution is RUNNING and cannot be redriven"),
        ({"status": Status.SUCCEEDED}, 0, "Execution is SUCCEEDED and cannot be redriven"),
        (
            {"unfinished": None},
            0,
            "Execution was started before the launch of RedriveExecution",
        ),
    ],
)
def test_what_cannot_be_redriven(changes: dict[str, Any], days: float, reason: str | None) -> None:
    assert obstacle(replace(failed(), **changes), START + int(days * DAY)) == reason


def test_what_cannot_be_redriven_stays_as_it_is() -> None:
    run = Run(machine_of({"F": {"Type": "Fail"}})).to_end()
    before = run.execution
    redrive(run, later=PERIOD + 1)
    assert run.execution is before
    new = new_execution()
    running = Run(machine_of({"W": {"Type": "Wait", "Seconds": 1, "End": True}}))
    before = running.execution
    running.deliver(Redriven(START, "t"))
    assert running.execution is before
    assert new.redrives.count == 0


def test_the_same_request_redrives_once_for_a_quarter_of_an_hour() -> None:
    run = redrive(Run(machine_of({"F": {"Type": "Fail"}})).to_end())
    at = run.now
    redrive(run, "t", 0)
    assert run.execution.redrives.count == 1
    assert redriven_at(run.execution, "t", at + TOKEN_LIFE) == at
    redrive(run, "other", 0)
    assert run.execution.redrives.count == 2
    redrive(run, "t", TOKEN_LIFE + 1)
    assert run.execution.redrives.count == 3
    for number in range(12):
        redrive(run, f"n{number}", 0)
    assert len(run.execution.redrives.tokens) == 10


def test_an_end_without_success_keeps_where_it_stood_and_success_nothing() -> None:
    task = {"T": {**TASK, "End": True}}
    run = stop(Run(machine_of(task)))
    ended = run.execution
    assert ended.unfinished is not None
    assert (ended.root, in_flight(ended), next_due(ended)) == (None, [], None)
    assert codec.load_root(codec.dump_root(ended)) == ended.unfinished
    done = Run(machine_of(task), {}, lambda dispatch: 1).to_end().execution
    assert (done.root, done.unfinished, codec.dump_root(done)) == (None, None, None)
    late = TimePassed(START + 1)
    run.deliver(late)
    assert run.execution is ended
