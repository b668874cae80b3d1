"""A Distributed Map on the pure core: its fields, its children, its end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from asl import codec
from asl.definition import parse_definition
from asl.execution import Status
from asl.map_runs.memory import MemoryMapRuns, MemoryObjects
from asl.map_runs.model import MapRunStatus
from asl.payload import LIMIT
from tests.support.engine import TASK, Fails, Run, machine_of

ZERO_FAILS = {
    "C": {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $states.input = 0 %}", "Next": "F"}],
        "Default": "P",
    },
    "F": {"Type": "Fail", "Error": "Zero", "Cause": "none"},
    "P": {"Type": "Pass", "End": True},
}
PASS = {"P": {"Type": "Pass", "End": True}}
KINDS = [
    "ExecutionStarted",
    "MapStateEntered",
    "MapStateStarted",
    "MapRunStarted",
    "MapRunSucceeded",
    "MapStateSucceeded",
    "MapStateExited",
    "ExecutionSucceeded",
]


def map_over(states: dict[str, Any] = ZERO_FAILS, kind: str = "STANDARD", **more: Any) -> Any:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
        "StartAt": next(iter(states)),
        "States": states,
    }
    return {"M": {"Type": "Map", "Label": "L", "ItemProcessor": processor, "End": True, **more}}


def paths(states: dict[str, Any], value: Any, objects: MemoryObjects | None = None) -> Run:
    """Runs JSONPath states."""
    text = json.dumps({"StartAt": next(iter(states)), "States": states})
    return Run(parse_definition(text), value, None, objects).to_end()


def run(states: dict[str, Any], value: Any, answer: Any = None, objects: Any = None) -> Run:
    return Run(machine_of(states), value, answer, objects).to_end()


def bucket(**objects: str) -> MemoryObjects:
    store = MemoryObjects()
    store.buckets |= {"b", "out"}
    for name, body in objects.items():
        store.objects["b", name.replace("_", ".")] = body.encode()
    return store


def reader(kind: str = "JSON", key: str = "a.json", **config: Any) -> dict[str, Any]:
    return {
        "Resource": "arn:aws:states:::s3:getObject",
        "ReaderConfig": {"InputType": kind, **config},
        "Arguments": {"Bucket": "b", "Key": key},
    }


def failure(done: Run) -> tuple[str | None, str | None]:
    assert done.execution.failure is not None
    return done.execution.failure.error, done.execution.failure.cause


def the_run(done: Run) -> Any:
    return done.children.journal.map_runs.of_execution(done.execution, None, 1)[0]


def children(done: Run) -> list[Any]:
    return done.children.journal.map_runs.children(the_run(done), -1, 100)


def test_items_are_executions_of_their_own() -> None:
    done = run(map_over(), [1, 2, 3])
    assert done.output == [1, 2, 3]
    assert done.kinds() == KINDS
    first = children(done)[0]
    assert first.arn.startswith("arn:aws:states:us-east-1:000000000000:execution:m/L:")
    assert first.machine_arn.endswith(":stateMachine:m/L")
    entries = done.children.journal.history(first, 0, 100)
    assert [entry[3] for entry in entries] == [
        "ExecutionStarted",
        "ChoiceStateEntered",
        "ChoiceStateExited",
        "PassStateEntered",
        "PassStateExited",
        "ExecutionSucceeded",
    ]


def test_large_results_are_written_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results are written from pages of children, and large ones make smaller pages."""
    loaded: list[int] = []
    original = MemoryMapRuns.children

    def noted(*arguments: Any) -> Any:
        page = original(*arguments)
        loaded.append(sum(len(child.input.text) for child in page))
        return page

    monkeypatch.setattr(MemoryMapRuns, "children", noted)
    writer = {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "out"}}
    for size, count, most in ((100_000, 90, 4_200_000), (10, 900, 20_000)):
        loaded.clear()
        store = bucket(a_jsonl="\n".join(json.dumps("x" * size) for _ in range(count)))
        states = map_over(PASS, ItemReader=reader("JSONL", "a.jsonl"), ResultWriter=writer)
        done = run(states, None, objects=store)
        assert done.execution.status is Status.SUCCEEDED, done.execution.failure
        assert sum(loaded) >= size * count, "every result once"
        assert max(loaded) <= most
        assert len(loaded) <= 8


def test_a_child_sees_neither_the_item_context_nor_the_variables_outside() -> None:
    inner = {"P": {"Type": "Pass", "Output": "{% $states.context %}", "End": True}}
    states = {
        "A": {"Type": "Pass", "Assign": {"x": 1}, "Next": "M"},
        **map_over(inner, Items=[7], ItemSelector={"v": "{% $states.context.Map.Item.Value + $x %}"}),
    }  # fmt: skip
    seen = run(states, {}).output[0]
    assert "Map" not in seen
    assert seen["Execution"]["Input"] == {"v": 8}
    assert seen["StateMachine"]["Name"] == "m/L"


def test_a_selector_sees_the_item_and_where_it_comes_from() -> None:
    selector = {"item": "{% $states.context.Map.Item %}", "all": "{% $count($states.input) %}"}
    assert run(map_over(PASS, ItemSelector=selector), [5]).output == [
        {"item": {"Index": 0, "Value": 5, "Source": "STATE_DATA"}, "all": 1}
    ]
    items = {"k": 5}
    assert run(map_over(PASS, Items=items, ItemSelector={"item": "{% $states.context.Map.Item.Key %}"}), {}).output == [{"item": "k"}]  # fmt: skip
    from_file = map_over(PASS, ItemReader=reader(), ItemSelector={"from": "{% $states.context.Map.Item.Source %}"})  # fmt: skip
    assert run(from_file, {}, None, bucket(a_json="[1]")).output == [{"from": "S3://b/a.json"}]


def test_members_of_an_object_are_items() -> None:
    assert run(map_over(PASS), {"a": 1, "b": [2]}).output == [
        {"Key": "a", "Value": 1},
        {"Key": "b", "Value": [2]},
    ]


def test_a_selector_that_fails_fails_the_run() -> None:
    states = {"M": {**map_over(PASS)["M"], "ItemSelector": {"x.$": "$.missing"}}}
    done = paths(states, [1])
    error, cause = failure(done)
    assert error == "States.Runtime"
    assert "entered at the event id #2" in str(cause)
    assert "MapRunFailed" in done.kinds()


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, Status.FAILED),
        ({"ToleratedFailureCount": 1}, Status.SUCCEEDED),
        ({"ToleratedFailurePercentage": 24}, Status.FAILED),
        ({"ToleratedFailurePercentage": 25}, Status.SUCCEEDED),
    ],
)
def test_tolerated_failures_stay_in_the_results(more: dict[str, Any], status: Status) -> None:
    done = run(map_over(**more), [1, 0, 3, 4])
    assert done.execution.status is status
    if status is Status.SUCCEEDED:
        assert [done.output[index] for index in (0, 2, 3)] == [1, 3, 4]
        told = done.output[1]
        assert (told["Error"], told["Cause"], told["Status"]) == ("Zero", "none", "FAILED")
        assert told["Input"] == "0"
    else:
        assert failure(done) == (
            "States.ExceedToleratedFailureThreshold",
            "The specified tolerated failure threshold was exceeded",
        )
        assert done.kinds()[4:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]


def test_after_too_many_failures_nothing_is_started_and_what_runs_is_stopped() -> None:
    work = {**ZERO_FAILS, "P": {"Type": "Wait", "Seconds": 60, "End": True}}
    done = run(map_over(work, MaxConcurrency=3), [1, 2, 0, 4, 5])
    assert done.execution.status is Status.FAILED
    assert [child.status for child in children(done)] == [
        Status.ABORTED,
        Status.ABORTED,
        Status.FAILED,
    ]
    ended = the_run(done)
    assert (ended.status, ended.pending, ended.running) == (MapRunStatus.FAILED, 2, 0)


def test_the_map_retries_with_a_run_of_its_own_and_catches() -> None:
    retry = {"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "MaxAttempts": 1}
    catch = {"ErrorEquals": ["States.ALL"], "Next": "E"}
    states = {**map_over(Retry=[retry], Catch=[catch]), "E": {"Type": "Succeed"}}
    del states["M"]["End"]
    states["M"]["Next"] = "E"
    done = run(states, [0])
    assert done.output["Error"] == "States.ExceedToleratedFailureThreshold"
    runs = done.children.journal.map_runs.of_execution(done.execution, None, 10)
    assert len({each.arn for each in runs}) == 2


def test_as_many_run_at_once_as_may() -> None:
    most: list[int] = []

    def answer(dispatch: Any) -> Any:
        most.append(the_run(working).running)
        return dispatch.parameters.value["Payload"]

    task = {
        **TASK,
        "Arguments": {"FunctionName": "f", "Payload": "{% $states.input %}"},
        "End": True,
    }
    working = Run(machine_of(map_over({"T": task}, MaxConcurrency=3)), list(range(8)), answer)
    assert working.to_end().output == list(range(8))
    assert max(most) == 3


def test_a_tasks_failure_in_a_child_is_retried_there() -> None:
    tries: list[str] = []

    def answer(dispatch: Any) -> Any:
        tries.append(dispatch.key)
        if len(tries) == 1:
            raise Fails("E", "c")
        return 1

    task = {**TASK, "Retry": [{"ErrorEquals": ["E"]}], "End": True}
    assert run(map_over({"T": task}), [1], answer).output == [1]
    assert len(set(tries)) == 2


def test_maps_in_maps_and_in_branches() -> None:
    inner = map_over(PASS)["M"]
    inner["Label"] = "inner"
    outer = map_over({"I": inner})
    branch = {"StartAt": "M", "States": outer}
    states = {"B": {"Type": "Parallel", "Branches": [branch], "End": True}}
    assert run(states, [[1, 2], [3]]).output == [[[1, 2], [3]]]


def test_a_failing_sibling_aborts_the_run() -> None:
    waiting = map_over({"W": {"Type": "Wait", "Seconds": 60, "End": True}})
    fails = {"T": {"Type": "Wait", "Seconds": 1, "Next": "F"}, "F": {"Type": "Fail", "Error": "E"}}
    branches = [{"StartAt": "M", "States": waiting}, {"StartAt": "T", "States": fails}]
    states = {"B": {"Type": "Parallel", "Branches": branches, "End": True}}
    done = run(states, [1, 2])
    assert failure(done)[0] == "E"
    assert {child.status for child in children(done)} == {Status.ABORTED}
    assert the_run(done).status is MapRunStatus.ABORTED


def test_the_items_of_a_file() -> None:
    files = bucket(a_json="[1, 2, 3]", n_json='{"d": {"Items": [1, 2]}}', a_csv="x|y\n1|2\n")
    assert run(map_over(PASS, ItemReader=reader()), {}, None, files).output == [1, 2, 3]
    some = map_over(PASS, ItemReader=reader(MaxItems="{% $states.input.n %}"))
    assert run(some, {"n": 2}, None, files).output == [1, 2]
    nested = map_over(PASS, ItemReader=reader(key="n.json", ItemsPointer="/d/Items"))
    assert run(nested, {}, None, files).output == [1, 2]
    table = reader("CSV", "a.csv", CSVHeaderLocation="FIRST_ROW", CSVDelimiter="PIPE")
    assert run(map_over(PASS, ItemReader=table), {}, None, files).output == [{"x": "1", "y": "2"}]


def test_an_items_path_reads_the_file_where_there_is_a_reader() -> None:
    state = map_over(PASS, ItemsPath="$.d.Items", ItemReader=reader(key="n.json"))
    parameters = state["M"]["ItemReader"].pop("Arguments")
    state["M"]["ItemReader"]["Parameters"] = {"Bucket": parameters["Bucket"], "Key.$": "$.key"}
    files = bucket(n_json='{"d": {"Items": [1, 2]}}')
    assert paths(state, {"key": "n.json"}, files).output == [1, 2]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"ItemReader": reader(key="missing")}, "States.ItemReaderFailed"),
        ({"ItemReader": reader(MaxItems="{% -1 %}")}, "States.ItemReaderFailed"),
        ({"Items": ["x" * LIMIT]}, "States.DataLimitExceeded"),
        ({"Items": "{% [1..300].($pad('', 1000, 'x')) %}"}, "States.DataLimitExceeded"),
    ],
)
def test_a_run_that_cannot_be_done_is_told_as_failed(more: dict[str, Any], error: str) -> None:
    done = run(map_over(PASS, **more), {}, None, bucket(a_json="[1]"))
    assert failure(done)[0] == error
    assert done.kinds()[-3:] == ["MapRunFailed", "MapStateFailed", "ExecutionFailed"]
    assert the_run(done).told


def test_items_before_an_unreadable_one_are_processed() -> None:
    lines = reader("JSONL", "a.jsonl")
    done = run(map_over(PASS, ItemReader=lines), {}, None, bucket(a_jsonl="1\n2\n{\n"))
    assert failure(done)[0] == "States.ItemReaderFailed"
    assert the_run(done).executions.succeeded == 2


def test_batches_fail_and_count_as_the_items_in_them() -> None:
    check = {
        **ZERO_FAILS["C"],
        "Choices": [{"Condition": "{% 0 in $states.input.Items %}", "Next": "F"}],
    }
    states = {**ZERO_FAILS, "C": check}
    batcher = {
        "MaxItemsPerBatch": "{% $states.input.n %}",
        "BatchInput": {"a": "{% $states.input.n %}"},
    }
    value = {"n": 2, "items": [0, 1, 2, 3, 4]}
    more = {"Items": "{% $states.input.items %}", "ItemBatcher": batcher}
    done = run(map_over(states, **more, ToleratedFailurePercentage=40), value)
    assert done.output[1:] == [
        {"BatchInput": {"a": 2}, "Items": [2, 3]},
        {"BatchInput": {"a": 2}, "Items": [4]},
    ]
    assert (the_run(done).executions.failed, the_run(done).items.failed) == (1, 2)
    assert (
        run(map_over(states, **more, ToleratedFailureCount=1), value).execution.status
        is Status.FAILED
    )


def writer(**config: Any) -> dict[str, Any]:
    to = {
        "Resource": "arn:aws:states:::s3:putObject",
        "Arguments": {"Bucket": "out", "Prefix": "p"},
    }
    return {**to, **({"WriterConfig": config} if config else {})}


def exported(done: Run) -> dict[str, Any]:
    objects = {key: body for (bucket, key), body in done.objects.objects.items() if bucket == "out"}
    return {key.split("/")[-1]: body.decode() for key, body in objects.items()}


def test_results_are_exported_with_a_manifest() -> None:
    work = {**ZERO_FAILS, "P": {"Type": "Wait", "Seconds": 60, "End": True}}
    done = run(
        map_over(work, ResultWriter=writer(), MaxConcurrency=3), [1, 2, 0, 4], None, bucket()
    )
    assert done.execution.status is Status.FAILED
    files = exported(done)
    folder = f"p/{the_run(done).id_part}"
    manifest = json.loads(files["manifest.json"])
    assert manifest == {
        "DestinationBucket": "out",
        "MapRunArn": the_run(done).arn,
        "ResultFiles": {
            "FAILED": [{"Key": f"{folder}/FAILED_0.json", "Size": len(files["FAILED_0.json"])}],
            "PENDING": [{"Key": f"{folder}/PENDING_0.json", "Size": len(files["PENDING_0.json"])}],
            "SUCCEEDED": [],
        },
    }
    failed = json.loads(files["FAILED_0.json"])
    assert [each["Status"] for each in failed] == ["ABORTED", "ABORTED", "FAILED"]
    assert json.loads(files["PENDING_0.json"]) == [
        {"Input": "4", "InputDetails": {"Included": True}, "Status": "PENDING"}
    ]


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"Transformation": "COMPACT", "OutputType": "JSON"}, "[[1,2],3]"),
        ({"Transformation": "FLATTEN", "OutputType": "JSON"}, "[1,2,3]"),
        ({"Transformation": "FLATTEN", "OutputType": "JSONL"}, "1\n2\n3\n"),
    ],
)
def test_results_take_the_form_that_is_asked_for(config: dict[str, Any], text: str) -> None:
    done = run(map_over(PASS, ResultWriter=writer(**config)), [[1, 2], 3], None, bucket())
    assert exported(done)["SUCCEEDED_0.json"] == text
    assert done.output["ResultWriterDetails"] == {
        "Bucket": "out",
        "Key": f"p/{the_run(done).id_part}/manifest.json",
    }
    if config["OutputType"] == "JSON":
        unexported = map_over(PASS, ResultWriter={"WriterConfig": config})
        assert run(unexported, [[1, 2], 3]).output == json.loads(text)


def test_each_result_is_described_where_nothing_is_said() -> None:
    done = run(map_over(PASS, ResultWriter=writer()), [{"a": 1}], None, bucket())
    (told,) = json.loads(exported(done)["SUCCEEDED_0.json"])
    child = children(done)[0]
    assert told == {
        "ExecutionArn": child.arn,
        "Input": '{"a":1}',
        "InputDetails": {"Included": True},
        "Name": child.name,
        "Output": '{"a":1}',
        "OutputDetails": {"Included": True},
        "RedriveCount": 0,
        "RedriveStatus": "NOT_REDRIVABLE",
        "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
        "StartDate": "2026-01-01T00:00:00.000Z",
        "StateMachineArn": child.machine_arn,
        "Status": "SUCCEEDED",
        "StopDate": "2026-01-01T00:00:00.000Z",
    }


def test_results_that_cannot_be_written_fail_the_run() -> None:
    to = writer()
    to["Arguments"] = {"Bucket": "nowhere"}
    done = run(map_over(PASS, ResultWriter=to), [1], None, bucket())
    assert failure(done) == ("States.ResultWriterFailed", "The specified bucket does not exist")


def test_an_express_child_has_five_minutes() -> None:
    work = {"W": {"Type": "Wait", "Seconds": 600, "End": True}}
    done = run(map_over(work, "EXPRESS", ToleratedFailureCount=9), [1])
    child = children(done)[0]
    assert (child.status, child.stopped_at - child.started_at) == (Status.TIMED_OUT, 300_000)
    assert ":express:m/L:" in child.arn
    assert the_run(done).executions.timed_out == 1


def test_a_waiting_map_is_stored_and_read_back() -> None:
    waiting = Run(machine_of(map_over({"W": {"Type": "Wait", "Seconds": 60, "End": True}})), [1])
    root = codec.load_root(codec.dump_root(waiting.execution))
    assert root == waiting.execution.root
