"""The runner on both journals: tasks, retries, time, nested executions, recovery."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from asl.engine import Engine
from asl.errors import ApiError, UnavailableError
from asl.events import TaskSucceeded, TimePassed
from asl.execution import Parent
from asl.memory import ManualClock, MemoryJournal, MemoryLog, MemoryMachines
from asl.payload import Payload
from asl.ports import Accepted, Succeeded, TaskError
from tests.support.engine import TASK, text_of
from tests.support.server import until


class Cloud:
    """An engine with tasks that the test answers."""

    def __init__(self, journal: Any, machines: Any, clock: ManualClock | None = None):
        self.clock = clock or ManualClock()
        self.journal = journal
        self.announced: list[tuple[str, str, bool]] = []
        self.calls: list[Any] = []
        self.outcomes: list[Any] = []
        self.gate = threading.Event()
        self.gate.set()
        self.engine = Engine(journal, machines, self.call, self.announce, self.clock, MemoryLog())
        self.runner, self.states = self.engine.runner, self.engine.api

    def call(self, dispatch: Any) -> Any:
        self.calls.append(dispatch)
        self.gate.wait(10)
        if dispatch.resource.service == "states":
            parent = Parent(dispatch.execution_arn, dispatch.path, dispatch.id, "sync2")
            self.states.start_execution(**dispatch.parameters.value, parent=parent)
            return Accepted(Payload({}))
        return self.outcomes.pop(0) if self.outcomes else Succeeded(Payload({"ok": True}))

    def announce(self, batch: Any) -> None:
        self.announced += [(a.execution.name, a.execution.status.value, a.began) for a in batch]

    def machine(self, name: str, states: dict[str, Any], **top: Any) -> str:
        text = text_of(states, **top)
        return str(self.states.create_state_machine(name, text, "role")["stateMachineArn"])

    def start(self, machine: str, name: str, text: str = "{}") -> str:
        return str(self.states.start_execution(machine, name, text)["executionArn"])

    def ended(self, arn: str) -> dict[str, Any]:
        def check() -> Any:
            found = self.states.describe_execution(arn)
            return found if found["status"] != "RUNNING" else None

        ended: dict[str, Any] = until(check, arn, 20)
        return ended


@pytest.fixture(params=["memory", "postgres"])
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    if request.param == "memory":
        made = Cloud(MemoryJournal(), MemoryMachines())
    else:
        from asl.adapters.postgres_journal import PostgresJournal
        from asl.adapters.postgres_machines import PostgresMachines

        pool = request.getfixturevalue("pool")
        machines = PostgresMachines(pool)
        made = Cloud(PostgresJournal(pool, machines), machines)
    made.engine.open()
    yield made
    made.gate.set()
    made.engine.close()
    if hasattr(made.journal, "close"):
        made.journal.close()


def test_tasks_in_a_row(cloud: Cloud) -> None:
    machine = cloud.machine("m", {"A": {**TASK, "Next": "B"}, "B": {**TASK, "End": True}})
    ended = cloud.ended(cloud.start(machine, "x"))
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", '{"ok":true}')
    assert len({call.key for call in cloud.calls}) == 2
    until(lambda: ("x", "SUCCEEDED", False) in cloud.announced, "the announcement")
    assert ("x", "RUNNING", True) in cloud.announced


def test_a_fact_that_was_held_up_does_not_turn_the_clock_back(cloud: Cloud) -> None:
    branches = [{"StartAt": n, "States": {n: {**TASK, "End": True}}} for n in ("A", "B")]
    machine = cloud.machine("m", {"P": {"Type": "Parallel", "Branches": branches, "End": True}})
    cloud.gate.clear()
    arn = cloud.start(machine, "x")
    until(lambda: len(cloud.calls) == 2, "both calls")
    first, second = cloud.calls
    made = cloud.clock.now()
    cloud.clock.advance(5)
    cloud.runner.deliver(arn, TaskSucceeded(cloud.clock.now(), first.path, first.id, Payload({})))
    cloud.runner.deliver(arn, TaskSucceeded(made, second.path, second.id, Payload({})))
    times = [e["timestamp"] for e in cloud.states.get_execution_history(arn)["events"]]
    assert times == sorted(times)
    assert times[-1] > times[0]


def test_a_retry_waits_for_its_time(cloud: Cloud) -> None:
    retry = [{"ErrorEquals": ["E"], "IntervalSeconds": 30}]
    machine = cloud.machine("m", {"A": {**TASK, "Retry": retry, "End": True}})
    cloud.outcomes = [TaskError("E", "first")]
    arn = cloud.start(machine, "x")
    until(cloud.journal.next_due, "the retry's time")
    assert cloud.runner.fire_due() == 0
    cloud.clock.advance(30)
    cloud.runner.fire_due()
    assert cloud.ended(arn)["status"] == "SUCCEEDED"
    first, second = cloud.calls
    assert first.key != second.key


def test_what_is_due_at_once_moves_together_and_one_failure_holds_up_nobody(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = cloud.machine(
        "m", {"W": {"Type": "Wait", "Seconds": 60, "Next": "A"}, "A": {**TASK, "End": True}}
    )
    arns = [cloud.start(machine, f"x{number}") for number in range(40)]
    cloud.clock.advance(60)
    decide, loaded = cloud.runner._step, []

    def step(execution: Any, event: Any) -> Any:
        if execution.name == "x3" and isinstance(event, TimePassed):
            raise ZeroDivisionError
        return decide(execution, event)

    with monkeypatch.context() as patch:
        patch.setattr(cloud.runner, "_step", step)
        patch.setattr(cloud.journal, "load", loaded.append)
        cloud.gate.clear()
        with pytest.raises(ZeroDivisionError):
            cloud.runner.fire_due()
        assert not loaded, "each was read by itself"
    assert {e.name for e in cloud.journal.due(cloud.clock.now(), 100)} == {"x3"}
    assert cloud.runner.fire_due() == 1
    cloud.gate.set()
    for arn in arns:
        assert cloud.ended(arn)["status"] == "SUCCEEDED"
    assert sorted(call.execution_arn for call in cloud.calls) == sorted(arns)


def test_the_same_start_again_changes_nothing(cloud: Cloud) -> None:
    machine = cloud.machine("m", {"W": {"Type": "Wait", "Seconds": 60, "End": True}})
    arn = cloud.start(machine, "x", '{"a":1}')
    assert cloud.start(machine, "x", '{"a": 1}') == arn
    with pytest.raises(ApiError) as refused:
        cloud.start(machine, "x", '{"a":2}')
    assert refused.value.code == "ExecutionAlreadyExists"
    cloud.states.stop_execution(arn, "E", "c")
    with pytest.raises(ApiError):
        cloud.start(machine, "x", '{"a":1}')


def test_task_tokens(cloud: Cloud) -> None:
    task = {**TASK, "Resource": TASK["Resource"] + ".waitForTaskToken", "End": True}
    machine = cloud.machine("m", {"A": task})
    cloud.outcomes = [Accepted(Payload({}))]
    arn = cloud.start(machine, "x")
    until(lambda: cloud.calls, "the call")
    token = cloud.calls[0].token
    cloud.states.send_task_heartbeat(token)
    with pytest.raises(ApiError) as invalid:
        cloud.states.send_task_success(token[:-4] + "AAAA", "{}")
    assert invalid.value.code in {"TaskTimedOut", "InvalidToken"}
    with pytest.raises(ApiError) as malformed:
        cloud.states.send_task_success(token, "{")
    assert malformed.value.code == "InvalidOutput"
    cloud.states.send_task_success(token, '{"done":1}')
    assert cloud.ended(arn)["output"] == '{"done":1}'
    with pytest.raises(ApiError) as late:
        cloud.states.send_task_success(token, "{}")
    assert late.value.code == "TaskTimedOut"


def test_a_parent_waits_for_its_child(cloud: Cloud) -> None:
    child = cloud.machine("child", {"W": {"Type": "Wait", "Seconds": 60, "End": True}})
    call = {"stateMachineArn": child, "name": "c", "input": '{"from":"parent"}'}
    parent = cloud.machine(
        "parent",
        {
            "A": {
                "Type": "Task",
                "Resource": "arn:aws:states:::states:startExecution.sync:2",
                "Arguments": call,
                "Output": "{% $states.result.Output %}",
                "End": True,
            }
        },
    )
    arn = cloud.start(parent, "p")
    until(cloud.journal.next_due, "the child's wait")
    cloud.clock.advance(60)
    cloud.runner.fire_due()
    assert cloud.ended(arn)["output"] == '{"from":"parent"}'


def test_recovery_calls_again_with_the_same_key(cloud: Cloud) -> None:
    machine = cloud.machine("m", {"A": {**TASK, "End": True}})
    cloud.gate.clear()
    cloud.start(machine, "x")
    until(lambda: cloud.calls, "the first call")
    cloud.runner.recover()
    until(lambda: len(cloud.calls) == 2, "the second call")
    cloud.gate.set()
    until(lambda: ("x", "SUCCEEDED", False) in cloud.announced, "the end")
    assert cloud.calls[0].key == cloud.calls[1].key
    arn = cloud.states.list_executions(machine)["executions"][0]["executionArn"]
    events = cloud.states.get_execution_history(arn)["events"]
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    assert sum(event["type"] == "TaskSucceeded" for event in events) == 1


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_commit_in_doubt_is_cleared_up(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, nth: int, committed: bool
) -> None:
    """The first commit is the start's, the second that of a task's result."""
    states = {"A": {**TASK, "Next": "W"}, "W": {"Type": "Wait", "Seconds": 9, "Next": "B"}}
    machine = cloud.machine("m", {**states, "B": {**TASK, "End": True}})
    append, commits = cloud.journal.append, []

    def lossy(prepare: Any) -> Any:
        commits.append(prepare)
        if len(commits) != nth:
            return append(prepare)
        if committed:
            append(prepare)
        raise UnavailableError("the database went away")

    monkeypatch.setattr(cloud.journal, "append", lossy)
    if nth == 1:
        with pytest.raises(UnavailableError):
            cloud.start(machine, "x")
    arn = cloud.start(machine, "x")
    until(cloud.journal.next_due, "the wait")
    cloud.clock.advance(9)
    cloud.runner.fire_due()
    assert cloud.ended(arn)["status"] == "SUCCEEDED"
    assert len({call.key for call in cloud.calls}) == 2
    until(lambda: ("x", "SUCCEEDED", False) in cloud.announced, "the announcement")
    assert any(began for _, _, began in cloud.announced)


def test_what_was_not_announced_is_announced_after_a_restart(cloud: Cloud) -> None:
    machine = cloud.machine("m", {"A": {"Type": "Succeed"}})

    class Broken(Exception):
        pass

    def fail(batch: Any) -> None:
        raise Broken

    working, cloud.runner._announcer = cloud.runner._announcer, fail
    cloud.start(machine, "x")
    until(lambda: cloud.journal.announcements(10), "the announcement to be kept")
    cloud.runner._announcer = working
    until(lambda: not cloud.journal.announcements(10), "the announcement to be passed on")
    assert ("x", "SUCCEEDED", True) in cloud.announced


@pytest.mark.parametrize(
    ("operation", "parameters", "code"),
    [
        ("start_execution", {"stateMachineArn": "nonsense"}, "InvalidArn"),
        (
            "start_execution",
            {"stateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:no"},
            "StateMachineDoesNotExist",
        ),
        (
            "describe_execution",
            {"executionArn": "arn:aws:states:us-east-1:000000000000:execution:m:no"},
            "ExecutionDoesNotExist",
        ),
        ("create_state_machine", {"name": "a b", "definition": "{}", "roleArn": ""}, "InvalidName"),
        ("create_state_machine", {"name": "a", "definition": "{", "roleArn": ""}, "InvalidDefinition"),
        ("send_task_success", {"taskToken": "!", "output": "{}"}, "InvalidToken"),
    ],
)  # fmt: skip
def test_errors_have_awss_codes(
    cloud: Cloud, operation: str, parameters: dict[str, Any], code: str
) -> None:
    with pytest.raises(ApiError) as refused:
        getattr(cloud.states, operation)(**parameters)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["{", "NaN", "x" * 300_000])
def test_bad_input_is_refused_and_starts_nothing(cloud: Cloud, text: str) -> None:
    machine = cloud.machine("m", {"A": {"Type": "Succeed"}})
    with pytest.raises(ApiError) as refused:
        cloud.start(machine, "x", text)
    assert refused.value.code in {"InvalidExecutionInput", "ValidationException"}
    assert cloud.states.list_executions(machine)["executions"] == []


def test_history_pages_forwards_and_backwards(cloud: Cloud) -> None:
    states: dict[str, Any] = {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(30)}
    states["S30"] = {"Type": "Succeed"}
    arn = cloud.start(cloud.machine("m", states), "x")
    seen, token = [], None
    while True:
        page = cloud.states.get_execution_history(arn, maxResults=7, nextToken=token)
        seen += [event["id"] for event in page["events"]]
        token = page.get("nextToken")
        if token is None:
            break
    assert seen == list(range(1, 65))
    newest = cloud.states.get_execution_history(arn, maxResults=2, reverseOrder=True)
    assert [event["type"] for event in newest["events"]] == [
        "ExecutionSucceeded",
        "SucceedStateExited",
    ]
