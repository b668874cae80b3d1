"""Map runs on both stores: children, counts, limits, the API, and going on after a crash."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from asl.engine import Engine
from asl.errors import ApiError, ConflictError
from asl.execution import Status
from asl.map_runs import core
from asl.map_runs.memory import MemoryObjects
from asl.map_runs.model import Counts
from asl.memory import ManualClock, MemoryJournal, MemoryLog, MemoryMachines
from asl.payload import Payload
from asl.ports import Succeeded, TaskError
from tests.support.engine import TASK, text_of
from tests.support.server import until

PREFIX = "arn:aws:states:us-east-1:000000000000"
ARN = f"{PREFIX}:stateMachine:m"
PASS = {"P": {"Type": "Pass", "End": True}}
WORK = {"T": {**TASK, "Arguments": {"FunctionName": "f", "Payload": "{% $states.input %}"}}}
WORK["T"] |= {"Output": "{% $states.result.done %}", "End": True}


def distributed(states: dict[str, Any] = PASS, *, kind: str = "STANDARD", **more: Any) -> Any:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
        "StartAt": next(iter(states)),
        "States": states,
    }
    return {"Type": "Map", "Label": "Each", "ItemProcessor": processor, "End": True, **more}


def csv_reader(key: str, **config: Any) -> dict[str, Any]:
    return {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", **config},
        "Arguments": {"Bucket": "b", "Key": key},
    }


class Cloud:
    """An engine whose tasks the test answers; ``restart`` is a crash and a new process."""

    def __init__(self, journals: Callable[[], Any], machines: Any):
        self._journals = journals
        self.machines = machines
        self.clock = ManualClock()
        self.objects = MemoryObjects()
        self.objects.buckets.add("b")
        self.calls: Counter[str] = Counter()
        self.answer: Callable[[Any], Any] = lambda value: value
        self.gate = threading.Event()
        self.gate.set()
        self.problems: list[Exception] = []
        self._open()

    def _open(self) -> None:
        self.journal = self._journals()
        self.engine = Engine(
            self.journal,
            self.machines,
            self._call,
            lambda batch: None,
            self.clock,
            MemoryLog(),
            report=self.problems.append,
            objects=self.objects,
        )
        self.api = self.engine.api
        self.engine.open()

    def close(self) -> None:
        self.gate.set()
        self.engine.close()
        if hasattr(self.journal, "close"):
            self.journal.close()

    def restart(self) -> None:
        """Closes without answering what is under way, and opens anew."""
        closing = threading.Thread(target=self.engine.close)
        closing.start()
        until(lambda: self.engine.runner._stopping, "the engine to stop")
        self.gate.set()
        closing.join()
        if hasattr(self.journal, "close"):
            self.journal.close()
        self._open()

    def _call(self, dispatch: Any) -> Any:
        value = dispatch.parameters.value["Payload"]
        self.calls[json.dumps(value)] += 1
        if not self.gate.is_set():
            self.gate.wait(20)
        answer = self.answer(value)
        return answer if isinstance(answer, TaskError) else Succeeded(Payload({"done": answer}))

    def start(self, state: dict[str, Any], value: Any = None, **top: Any) -> str:
        text = text_of({"Map": state}, **top)
        machine = self.api.create_state_machine("m", text, "role")["stateMachineArn"]
        given = json.dumps({} if value is None else value)
        return str(self.api.start_execution(machine, "x", given)["executionArn"])

    def ended(self, arn: str) -> dict[str, Any]:
        def check() -> Any:
            found = self.api.describe_execution(arn)
            return found if found["status"] != "RUNNING" else None

        ended: dict[str, Any] = until(check, arn, 20)
        return ended

    def run_arn(self, execution: str) -> str:
        return str(self.api.list_map_runs(execution)["mapRuns"][0]["mapRunArn"])

    def described(self, execution: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.api.describe_map_run(self.run_arn(execution))
        return answer


@pytest.fixture(params=["memory", "postgres"])
def cloud(request: pytest.FixtureRequest) -> Iterator[Cloud]:
    with ExitStack() as closing:
        if request.param == "memory":
            journal = MemoryJournal()

            def reopened() -> Any:
                journal._free = [0]
                return journal

            made = Cloud(reopened, MemoryMachines())
        else:
            from asl.adapters.postgres_journal import PostgresJournal
            from asl.adapters.postgres_machines import PostgresMachines

            pool = request.getfixturevalue("pool")
            machines = PostgresMachines(pool)
            made = Cloud(lambda: PostgresJournal(pool, machines), machines)
        closing.callback(made.close)
        yield made
    assert made.problems == []


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(ApiError) as error:
        call()
    return error.value.code


# -- children -------------------------------------------------------------------------------------


def test_each_item_is_an_execution_of_its_own(cloud: Cloud) -> None:
    cloud.objects.objects["b", "f.csv"] = b"n\n1\n2\n3\n"
    arn = cloud.start(distributed(WORK, ItemReader=csv_reader("f.csv")))
    ended = cloud.ended(arn)
    assert json.loads(ended["output"]) == [{"n": "1"}, {"n": "2"}, {"n": "3"}]
    listed = cloud.api.list_executions(mapRunArn=cloud.run_arn(arn))["executions"]
    assert [each["itemCount"] for each in listed] == [1, 1, 1]
    child = cloud.api.describe_execution(listed[0]["executionArn"])
    assert child["executionArn"].startswith(f"{PREFIX}:execution:m/Each:")
    assert (child["stateMachineArn"], child["mapRunArn"]) == (f"{ARN}/Each", cloud.run_arn(arn))
    assert (json.loads(child["input"]), child["status"]) == ({"n": "3"}, "SUCCEEDED")
    history = cloud.api.get_execution_history(child["executionArn"])["events"]
    assert [history[0]["type"], history[-1]["type"]] == ["ExecutionStarted", "ExecutionSucceeded"]


def test_a_machines_list_has_no_children(cloud: Cloud) -> None:
    arn = cloud.start(distributed(), [1, 2, 3])
    cloud.ended(arn)
    listed = cloud.api.list_executions(ARN)["executions"]
    assert [each["executionArn"] for each in listed] == [arn]


def test_children_are_listed_by_page_and_status(cloud: Cloud) -> None:
    cloud.answer = lambda value: TaskError("Bad", None) if value == 2 else value
    arn = cloud.start(distributed(WORK, ToleratedFailureCount=1), [0, 1, 2, 3, 4])
    assert cloud.ended(arn)["status"] == "SUCCEEDED"
    run = cloud.run_arn(arn)
    inputs: list[str] = []
    token = None
    while True:
        page = cloud.api.list_executions(mapRunArn=run, maxResults=2, nextToken=token)
        for each in page["executions"]:
            inputs.append(cloud.api.describe_execution(each["executionArn"])["input"])
        token = page.get("nextToken")
        if token is None:
            break
    assert inputs == ["4", "3", "2", "1", "0"]
    failed = cloud.api.list_executions(mapRunArn=run, statusFilter="FAILED")["executions"]
    assert [each["status"] for each in failed] == ["FAILED"]
    assert cloud.api.list_executions(mapRunArn=run, statusFilter="PENDING_REDRIVE") == {
        "executions": []
    }


def test_a_child_runs_the_processor_in_what_is_told_of_its_machine(cloud: Cloud) -> None:
    arn = cloud.start(distributed(), [1])
    cloud.ended(arn)
    (child,) = cloud.api.list_executions(mapRunArn=cloud.run_arn(arn))["executions"]
    told = cloud.api.describe_state_machine_for_execution(child["executionArn"])
    assert (told["label"], told["mapRunArn"]) == ("Each", cloud.run_arn(arn))
    assert json.loads(told["definition"])["States"] == PASS


def test_express_children_have_no_history(cloud: Cloud) -> None:
    arn = cloud.start(distributed(kind="EXPRESS"), [1])
    assert cloud.ended(arn)["output"] == "[1]"
    (child,) = cloud.api.list_executions(mapRunArn=cloud.run_arn(arn))["executions"]
    assert child["executionArn"].startswith(f"{PREFIX}:express:m/Each:")
    assert cloud.api.describe_execution(child["executionArn"])["output"] == "1"
    for call in (cloud.api.get_execution_history, cloud.api.stop_execution):
        assert refused(lambda call=call: call(child["executionArn"])) == (
            "StateMachineTypeNotSupported"
        )


def test_a_child_may_have_a_map_run_of_its_own(cloud: Cloud) -> None:
    inner = distributed(WORK, Label="Inner", Items="{% $states.input %}")
    arn = cloud.start(distributed({"Inner": inner}), [[1, 2], [3]])
    assert json.loads(cloud.ended(arn)["output"]) == [[1, 2], [3]]
    children = cloud.api.list_executions(mapRunArn=cloud.run_arn(arn))["executions"]
    runs = [cloud.described(child["executionArn"]) for child in children]
    assert [run["itemCounts"]["succeeded"] for run in runs] == [1, 2]
    assert {run["executionArn"] for run in runs} == {c["executionArn"] for c in children}


# -- counts and limits ----------------------------------------------------------------------------


def test_a_run_is_counted_while_it_goes_on(cloud: Cloud) -> None:
    cloud.gate.clear()
    arn = cloud.start(distributed(WORK, MaxConcurrency=2), [1, 2, 3, 4, 5])
    until(lambda: cloud.calls.total() == 2, "two children")
    described = cloud.described(arn)
    assert described["status"] == "RUNNING"
    assert "stopDate" not in described
    counts = described["itemCounts"]
    assert {name: number for name, number in counts.items() if number} == {
        "running": 2,
        "pending": 3,
        "total": 5,
    }
    cloud.gate.set()
    assert cloud.ended(arn)["output"] == "[1,2,3,4,5]"
    counts = cloud.described(arn)["executionCounts"]
    assert {name: number for name, number in counts.items() if number} == {
        "succeeded": 5,
        "total": 5,
        "resultsWritten": 5,
    }


def test_its_limits_can_be_changed_while_it_goes_on(cloud: Cloud) -> None:
    cloud.gate.clear()
    cloud.answer = lambda value: TaskError("Bad", None) if value < 3 else value
    arn = cloud.start(distributed(WORK, MaxConcurrency=1), [1, 2, 3, 4, 5])
    until(lambda: cloud.calls.total() == 1, "a child")
    run = cloud.run_arn(arn)
    assert cloud.api.update_map_run(run, maxConcurrency=3, toleratedFailureCount=2) == {}
    until(lambda: cloud.calls.total() == 3, "three children")
    described = cloud.described(arn)
    assert (described["maxConcurrency"], described["toleratedFailureCount"]) == (3, 2)
    cloud.gate.set()
    assert cloud.ended(arn)["status"] == "SUCCEEDED"
    assert refused(lambda: cloud.api.update_map_run(run, maxConcurrency=1)) == "ValidationException"


def test_too_many_failures_stop_the_others(cloud: Cloud) -> None:
    cloud.answer = lambda value: TaskError("Bad", None) if value == 2 else value
    sleep = {"W": {"Type": "Wait", "Seconds": 600, "End": True}}
    states = {
        "C": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input = 1 %}", "Next": "W"}],
            "Default": "T",
        },
        **WORK,
        **sleep,
    }
    arn = cloud.start(distributed(states, MaxConcurrency=2), [1, 2, 3])
    ended = cloud.ended(arn)
    assert (ended["status"], ended["error"]) == (
        "FAILED",
        "States.ExceedToleratedFailureThreshold",
    )
    described = cloud.described(arn)
    assert described["status"] == "FAILED"
    counts = {name: n for name, n in described["itemCounts"].items() if n}
    assert counts.pop("failed") == 1
    assert counts == {"aborted": 1, "pending": 1, "total": 3}


def test_a_stopped_parent_stops_its_run(cloud: Cloud) -> None:
    wait = {"W": {"Type": "Wait", "Seconds": 600, "End": True}}
    arn = cloud.start(distributed(wait, MaxConcurrency=2), [1, 2, 3])
    until(lambda: cloud.described(arn)["executionCounts"]["running"] == 2, "two children")
    cloud.api.stop_execution(arn)
    until(lambda: cloud.described(arn)["status"] == "ABORTED", "the run's end")
    counts = cloud.described(arn)["itemCounts"]
    assert (counts["aborted"], counts["pending"], counts["running"]) == (2, 1, 0)


def test_results_are_written_with_a_manifest(cloud: Cloud) -> None:
    cloud.answer = lambda value: TaskError("Bad", "why") if value == 2 else value
    writer = {
        "Resource": "arn:aws:states:::s3:putObject",
        "Arguments": {"Bucket": "b", "Prefix": "out"},
    }
    arn = cloud.start(distributed(WORK, ResultWriter=writer, ToleratedFailureCount=1), [1, 2, 3])
    output = json.loads(cloud.ended(arn)["output"])
    run = cloud.run_arn(arn)
    folder = f"out/{run.rsplit(':', 1)[1]}/"
    assert output == {
        "MapRunArn": run,
        "ResultWriterDetails": {"Bucket": "b", "Key": f"{folder}manifest.json"},
    }
    manifest = json.loads(cloud.objects.objects["b", f"{folder}manifest.json"])
    files = {name: [f["Key"] for f in found] for name, found in manifest["ResultFiles"].items()}
    assert files == {
        "FAILED": [f"{folder}FAILED_0.json"],
        "PENDING": [],
        "SUCCEEDED": [f"{folder}SUCCEEDED_0.json"],
    }
    written = json.loads(cloud.objects.objects["b", f"{folder}SUCCEEDED_0.json"])
    assert [(each["Input"], each["Output"]) for each in written] == [("1", "1"), ("3", "3")]
    (failed,) = json.loads(cloud.objects.objects["b", f"{folder}FAILED_0.json"])
    assert (failed["Error"], failed["Cause"], failed["Status"]) == ("Bad", "why", "FAILED")


# -- redrive --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_a_redrive_runs_what_had_not_succeeded_again(cloud: Cloud, kind: str) -> None:
    cloud.answer = lambda value: TaskError("Bad", "why") if value == 3 else value
    arn = cloud.start(distributed(WORK, kind=kind, MaxConcurrency=1), [1, 2, 3, 4, 5])
    assert cloud.ended(arn)["status"] == "FAILED"
    run = cloud.run_arn(arn)
    before = {e["executionArn"]: e for e in cloud.api.list_executions(mapRunArn=run)["executions"]}
    cloud.answer = lambda value: value * 10
    cloud.api.redrive_execution(arn)
    assert json.loads(cloud.ended(arn)["output"]) == [1, 2, 30, 40, 50]
    assert cloud.calls == Counter({"1": 1, "2": 1, "3": 2, "4": 1, "5": 1})
    described = cloud.described(arn)
    assert (described["mapRunArn"], described["status"]) == (run, "SUCCEEDED")
    assert (described["redriveCount"], "redriveDate" in described) == (1, True)
    counts = described["executionCounts"]
    assert (counts["succeeded"], counts["failed"], counts["total"]) == (5, 0, 5)
    assert (counts["pendingRedrive"], counts["failuresNotRedrivable"]) == (0, 0)
    assert len(cloud.api.list_map_runs(arn)["mapRuns"]) == 1
    children = cloud.api.list_executions(mapRunArn=run)["executions"]
    assert before.keys() < {child["executionArn"] for child in children}
    again = int(kind == "STANDARD")  # Express executions begin anew
    assert [child["redriveCount"] for child in children] == [0, 0, again, 0, 0]
    events = cloud.api.get_execution_history(arn)["events"]
    (redriven,) = (event for event in events if event["type"] == "MapRunRedriven")
    details = {"mapRunArn": run, "redriveCount": 1}
    assert redriven["mapRunRedrivenEventDetails"] == details
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))


def test_children_wait_for_their_redrive(cloud: Cloud) -> None:
    cloud.answer = lambda value: TaskError("Bad", "why") if value < 4 else value
    state = distributed(WORK, MaxConcurrency=1, ToleratedFailureCount=2)
    arn = cloud.start(state, [1, 2, 3, 4])
    assert cloud.ended(arn)["error"] == "States.ExceedToleratedFailureThreshold"
    cloud.gate.clear()
    cloud.answer = lambda value: TaskError("Bad", "still") if value == 2 else value
    cloud.api.redrive_execution(arn)
    until(lambda: cloud.described(arn)["executionCounts"]["running"] == 1, "the first child")
    counts = cloud.described(arn)["executionCounts"]
    assert (counts["pendingRedrive"], counts["failed"], counts["pending"]) == (2, 0, 1)
    run = cloud.run_arn(arn)
    first = cloud.api.list_executions(mapRunArn=run, statusFilter="PENDING_REDRIVE", maxResults=1)
    rest = cloud.api.list_executions(
        mapRunArn=run, statusFilter="PENDING_REDRIVE", nextToken=first["nextToken"]
    )
    waiting = first["executions"] + rest["executions"]
    assert [each["status"] for each in waiting] == ["PENDING_REDRIVE"] * 2
    assert "nextToken" not in rest
    cloud.gate.set()
    assert len(json.loads(cloud.ended(arn)["output"])) == 4
    counts = cloud.described(arn)["executionCounts"]
    assert (counts["succeeded"], counts["failed"], counts["total"]) == (3, 1, 4)


def test_a_stopped_run_goes_on_once_it_has_ended(cloud: Cloud) -> None:
    wait = {"W": {"Type": "Wait", "Seconds": 600, "End": True}}
    arn = cloud.start(distributed(wait, MaxConcurrency=2), [1, 2, 3])
    until(lambda: cloud.described(arn)["executionCounts"]["running"] == 2, "two children")
    cloud.engine.runner._map_runs.close()  # nobody drives runs any more
    cloud.api.stop_execution(arn)
    cloud.api.redrive_execution(arn)
    assert (cloud.described(arn)["status"], cloud.described(arn)["redriveCount"]) == ("RUNNING", 0)
    cloud.restart()
    until(lambda: cloud.described(arn)["redriveCount"] == 1, "the redrive")
    until(lambda: cloud.described(arn)["executionCounts"]["running"] == 2, "two children again")
    for succeeded in (2, 3):
        cloud.clock.advance(600)
        cloud.engine.runner.fire_due()
        until(lambda: cloud.described(arn)["itemCounts"]["succeeded"] == succeeded, "the ends")  # noqa: B023
        until(lambda: cloud.described(arn)["itemCounts"]["running"] == 3 - succeeded, "the last")  # noqa: B023
    assert cloud.ended(arn)["output"] == "[1,2,3]"


def test_results_that_were_too_large_make_a_redrive_begin_a_new_run(cloud: Cloud) -> None:
    cloud.answer = lambda value: "a" * 150_000
    arn = cloud.start(distributed(WORK), [1, 2])
    assert cloud.ended(arn)["error"] == "States.DataLimitExceeded"
    first = cloud.run_arn(arn)
    cloud.answer = lambda value: value
    cloud.api.redrive_execution(arn)
    assert cloud.ended(arn)["output"] == "[1,2]"
    assert [r["mapRunArn"] == first for r in cloud.api.list_map_runs(arn)["mapRuns"]] == [
        False, True,
    ]  # fmt: skip


# -- crashes --------------------------------------------------------------------------------------


def test_a_run_goes_on_after_a_crash(cloud: Cloud) -> None:
    cloud.objects.objects["b", "f.csv"] = b"n\n" + b"\n".join(b"%d" % n for n in range(50))
    cloud.gate.clear()
    arn = cloud.start(distributed(WORK, ItemReader=csv_reader("f.csv"), MaxConcurrency=8))
    until(lambda: cloud.calls.total() == 8, "eight children")
    cloud.restart()
    assert json.loads(cloud.ended(arn)["output"]) == [{"n": str(n)} for n in range(50)]
    counts = cloud.described(arn)["itemCounts"]
    assert (counts["succeeded"], counts["total"]) == (50, 50)
    assert len(cloud.calls) == 50


def test_a_stop_is_not_forgotten_by_a_crash(cloud: Cloud) -> None:
    """The parent's end is stored; the run hears of it from whoever looks after it next."""
    wait = {"W": {"Type": "Wait", "Seconds": 600, "End": True}}
    arn = cloud.start(distributed(wait, MaxConcurrency=2), [1, 2, 3])
    until(lambda: cloud.described(arn)["executionCounts"]["running"] == 2, "two children")
    cloud.engine.runner._map_runs.close()  # nobody drives runs any more
    cloud.api.stop_execution(arn)
    assert cloud.described(arn)["status"] == "RUNNING"
    cloud.restart()
    until(lambda: cloud.described(arn)["status"] == "ABORTED", "the run's end")


# -- the store ------------------------------------------------------------------------------------


def test_of_two_decisions_one_counts(cloud: Cloud) -> None:
    wait = {"W": {"Type": "Wait", "Seconds": 600, "End": True}}
    arn = cloud.start(distributed(wait, MaxConcurrency=1), [1, 2])
    until(lambda: cloud.described(arn)["executionCounts"]["running"] == 1, "a child")
    store = cloud.journal.map_runs
    run = store.load(cloud.run_arn(arn))
    assert (run.read, run.started, run.total) == (1, 1, 2)
    slower = core.change(run, replace(run.settings, tolerated_count=5))
    store.advance(run, core.change(run, replace(run.settings, tolerated_count=3)))
    with pytest.raises(ConflictError):
        store.advance(run, slower)
    assert store.load(run.arn).settings.tolerated_count == 3


def test_children_are_stored_with_the_decision_or_not_at_all(cloud: Cloud) -> None:
    wait = {"W": {"Type": "Wait", "Seconds": 600, "End": True}}
    arn = cloud.start(distributed(wait, MaxConcurrency=1), [1, 2])
    until(lambda: cloud.described(arn)["executionCounts"]["running"] == 1, "a child")
    store, driver = cloud.journal.map_runs, cloud.engine.runner._map_runs._driver
    run = store.load(cloud.run_arn(arn))
    stream = driver._inputs(run)
    (given,), taken = stream.take(1)
    machine = driver._state(run).processor
    commit, _ = driver._child(run, machine, given, run.started, cloud.clock.now())
    store.advance(run, core.change(run, replace(run.settings, concurrency=2)))
    with pytest.raises(ConflictError):
        store.advance(run, core.take(run, taken), [commit])
    assert cloud.journal.load(commit.execution.arn) is None
    until(lambda: cloud.described(arn)["executionCounts"]["running"] == 1, "one child still")


def test_a_childs_end_counts_once(cloud: Cloud) -> None:
    wait = {"W": {"Type": "Wait", "Seconds": 60, "End": True}}
    arn = cloud.start(distributed(wait), [1, 2, 3])
    until(lambda: cloud.described(arn)["executionCounts"]["running"] == 3, "three children")
    run = cloud.run_arn(arn)
    (child, *_) = cloud.api.list_executions(mapRunArn=run)["executions"]
    for _ in range(2):
        cloud.api.stop_execution(child["executionArn"])
    store = cloud.journal.map_runs
    assert store.load(run).executions == Counts(aborted=1)
    running = store.children(store.load(run), -1, 9, Status.RUNNING)
    assert [each.map_child.index for each in running] == [0, 1]
    cloud.clock.advance(60)
    cloud.engine.runner.fire_due()
    assert cloud.ended(arn)["status"] == "SUCCEEDED"
    assert store.load(run).executions == Counts(succeeded=2, aborted=1)


# -- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda api: api.describe_map_run("nonsense"), "InvalidArn"),
        (lambda api: api.describe_map_run(ARN), "InvalidArn"),
        (lambda api: api.describe_map_run(f"{PREFIX}:mapRun:m/Each:none"), "ResourceNotFound"),
        (lambda api: api.list_map_runs(f"{PREFIX}:execution:m:none"), "ExecutionDoesNotExist"),
        (lambda api: api.list_map_runs("nonsense"), "InvalidArn"),
        (
            lambda api: api.list_executions(ARN, mapRunArn=f"{PREFIX}:mapRun:m/Each:none"),
            "ValidationException",
        ),
        (lambda api: api.list_executions(), "ValidationException"),
        (
            lambda api: api.update_map_run(f"{PREFIX}:mapRun:m/Each:none", maxConcurrency=-1),
            "ValidationException",
        ),
        (
            lambda api: api.update_map_run(
                f"{PREFIX}:mapRun:m/Each:none", toleratedFailurePercentage=101.0
            ),
            "ValidationException",
        ),
        (
            lambda api: api.describe_execution(f"{PREFIX}:execution:m/Each:none"),
            "ExecutionDoesNotExist",
        ),
    ],
)
def test_bad_requests_are_refused(cloud: Cloud, call: Callable[[Any], Any], code: str) -> None:
    assert refused(lambda: call(cloud.api)) == code
