"""TestState: what it answers for every type of state, with and without a mock.

The rules are AWS's: https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from asl.payload import Payload
from asl.ports import Accepted, Succeeded, TaskError
from tests.support.trials import (
    BOOM,
    CATCH_ALL,
    DISTRIBUTED,
    JSONATA,
    JSONATA_TASK,
    LAMBDA,
    MACHINE,
    MAP,
    PARALLEL,
    PATH_TASK,
    PROCESSOR,
    ROLE,
    TASK,
    Account,
    retrier,
)


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    made = Account()
    yield made
    made.engine.close()


# -- what the data came to ------------------------------------------------------------------------

DATA = {"f": "g", "a": {"b": 1}}
INSPECTED: dict[str, tuple[Any, dict[str, Any], Any, dict[str, Any], str | None]] = {
    # definition, request, output, inspectionData, nextState
    "pass": (
        {"Type": "Pass", "Next": "N"},
        {},
        DATA,
        {
            "afterInputPath": DATA,
            "afterParameters": DATA,
            "afterResultSelector": DATA,
            "afterResultPath": DATA,
        },
        "N",
    ),
    "pass with all fields": (
        {
            "Type": "Pass",
            "InputPath": "$.a",
            "Parameters": {"c.$": "$.b"},
            "ResultPath": "$.r",
            "OutputPath": "$.r.c",
            "End": True,
        },
        {},
        1,
        {
            "afterInputPath": {"b": 1},
            "afterParameters": {"c": 1},
            "afterResultSelector": {"c": 1},
            "afterResultPath": {**DATA, "r": {"c": 1}},
        },
        None,
    ),
    "pass with its own result": (
        {"Type": "Pass", "InputPath": "$.a", "Result": [1], "ResultPath": "$.r", "End": True},
        {},
        {**DATA, "r": [1]},
        {
            "result": [1],
            "afterResultSelector": [1],
            "afterResultPath": {**DATA, "r": [1]},
        },
        None,
    ),
    "pass, result thrown away": (
        {"Type": "Pass", "Parameters": {"x": 1}, "ResultPath": None, "End": True},
        {},
        DATA,
        {
            "afterInputPath": DATA,
            "afterParameters": {"x": 1},
            "afterResultSelector": {"x": 1},
            "afterResultPath": DATA,
        },
        None,
    ),
    "pass in JSONata": (
        {**JSONATA, "Type": "Pass", "Output": "{% $v + 1 %}", "Assign": {"w": 2}, "End": True},
        {"variables": {"v": 4}},
        5,
        {"variables": {"v": 4, "w": 2}},
        None,
    ),
    "choice": (
        {
            "Type": "Choice",
            "InputPath": "$.a",
            "Choices": [{"Variable": "$.b", "NumericEquals": 1, "Next": "One"}],
        },
        {},
        {"b": 1},
        {"afterInputPath": {"b": 1}},
        "One",
    ),
    "choice in JSONata, by default": (
        {
            **JSONATA,
            "Type": "Choice",
            "Choices": [{"Condition": "{% false %}", "Next": "Never"}],
            "Default": "Else",
        },
        {},
        DATA,
        {},
        "Else",
    ),
    "succeed": ({"Type": "Succeed"}, {}, DATA, {"afterInputPath": DATA}, None),
    "wait, at once": (
        {"Type": "Wait", "Seconds": 300, "Next": "N"},
        {},
        DATA,
        {"afterInputPath": DATA},
        "N",
    ),
    "task": (
        {**PATH_TASK, "ResultSelector": {"p.$": "$.Payload"}, "ResultPath": "$.r"},
        {"mock": {"result": {"Payload": "x", "More": 1}}},
        {**DATA, "r": {"p": "x"}},
        {
            "afterInputPath": DATA,
            "afterParameters": {"FunctionName": "g"},
            "result": {"Payload": "x", "More": 1},
            "afterResultSelector": {"p": "x"},
            "afterResultPath": {**DATA, "r": {"p": "x"}},
        },
        None,
    ),
    "task in JSONata": (
        {**JSONATA_TASK, "Output": "{% $states.result.Payload %}"},
        {"mock": {"result": {"Payload": "x"}}},
        "x",
        {"afterArguments": {"FunctionName": "g"}, "result": {"Payload": "x"}},
        None,
    ),
    "task that waits for its token": (
        {
            **TASK,
            "Resource": LAMBDA + ".waitForTaskToken",
            "Parameters": {"FunctionName": "f", "Payload.$": "$$.Task.Token"},
        },
        {"mock": {"result": "free"}, "context": {"Task": {"Token": "t"}}},
        "free",
        {
            "afterInputPath": DATA,
            "afterParameters": {"FunctionName": "f", "Payload": "t"},
            "result": "free",
            "afterResultSelector": "free",
            "afterResultPath": "free",
        },
        None,
    ),
    "parallel": (
        {**PARALLEL, "InputPath": "$.a", "ResultPath": "$.r"},
        {"mock": {"result": [1, 2]}},
        {**DATA, "r": [1, 2]},
        {"afterResultSelector": [1, 2], "afterResultPath": {**DATA, "r": [1, 2]}},
        None,
    ),
    "parallel in JSONata": (
        {**PARALLEL, **JSONATA, "Arguments": {"x": 1}, "Output": "{% $states.result[1] %}"},
        {"mock": {"result": [1, 2]}},
        2,
        {},
        None,
    ),
    "map": (
        {
            **MAP,
            "ItemsPath": "$.l",
            "ItemSelector": {"v.$": "$$.Map.Item.Value", "i.$": "$$.Map.Item.Index"},
            "MaxConcurrency": 3,
            "ResultPath": "$.l",
        },
        {"input": {"l": [7, 8]}, "mock": {"result": ["x", "y"]}},
        {"l": ["x", "y"]},
        {
            "afterInputPath": {"l": [7, 8]},
            "afterItemsPath": [7, 8],
            "afterItemSelector": [{"v": 7, "i": 0}, {"v": 8, "i": 1}],
            "maxConcurrency": 3,
            "afterResultSelector": ["x", "y"],
            "afterResultPath": {"l": ["x", "y"]},
        },
        None,
    ),
    "map in JSONata": (
        {
            **MAP,
            **JSONATA,
            "ItemProcessor": DISTRIBUTED,
            "Items": "{% [1..3] %}",
            "ToleratedFailureCount": "{% 1 + 1 %}",
            "ToleratedFailurePercentage": 50,
        },
        {"mock": {"result": [1]}},
        [1],
        {"maxConcurrency": 0, "toleratedFailureCount": 2, "toleratedFailurePercentage": 50.0},
        None,
    ),
}


READ: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    # the reader's configuration and the Map's other fields, the data, what is shown of it
    "CSV in batches": (
        {
            "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
            "ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"of.$": "$.n"}},
            "ItemSelector": {"v.$": "$$.Map.Item.Value.a", "i.$": "$$.Map.Item.Index"},
        },
        "a,b\n1,2\n3,4\n5,6\n",
        {
            "afterItemSelector": [{"v": "1", "i": 0}, {"v": "3", "i": 1}, {"v": "5", "i": 2}],
            "afterItemBatcher": [
                {"BatchInput": {"of": 7}, "Items": [{"v": "1", "i": 0}, {"v": "3", "i": 1}]},
                {"BatchInput": {"of": 7}, "Items": [{"v": "5", "i": 2}]},
            ],
        },
    ),
    "JSON with a pointer": (
        {"ReaderConfig": {"InputType": "JSON", "ItemsPointer": "/x/l", "MaxItems": 2}},
        '{"x": {"l": [1, 2, 3]}}',
        {"afterItemsPointer": [1, 2]},
    ),
    "a list of objects": (
        {
            "Resource": "arn:aws:states:::s3:listObjectsV2",
            "ItemSelector": {"k.$": "$$.Map.Item.Value.Key"},
        },
        '[{"Key": "a"}, {"Key": "b"}]',
        {"afterItemSelector": [{"k": "a"}, {"k": "b"}]},
    ),
}


def reading(more: dict[str, Any]) -> dict[str, Any]:
    """A Distributed Map that reads its items."""
    reader = {
        "Resource": more.get("Resource", "arn:aws:states:::s3:getObject"),
        "Parameters": {"Bucket": "b", "Key": "k"},
        "ReaderConfig": more.get("ReaderConfig", {}),
    }
    if "listObjects" in reader["Resource"]:
        reader["Parameters"] = {"Bucket": "b", "Prefix": "k"}
    rest = {name: more[name] for name in more.keys() - {"Resource", "ReaderConfig"}}
    return {**MAP, "ItemProcessor": DISTRIBUTED, "ItemReader": reader, **rest}


@pytest.mark.parametrize("name", READ)
def test_a_distributed_map_reads_the_data_that_it_is_given(account: Account, name: str) -> None:
    more, data, shown = READ[name]
    answer = account.test(
        reading(more),
        input={"n": 7},
        mock={"result": ["x"]},
        stateConfiguration={"mapItemReaderData": data},
        inspectionLevel="DEBUG",
    )
    assert (answer["status"], answer["output"]) == ("SUCCEEDED", ["x"])
    inspected = answer["inspectionData"]
    assert {name: inspected[name] for name in inspected if name.startswith("afterItem")} == shown


def test_data_that_cannot_be_read_fails_a_distributed_map(account: Account) -> None:
    answer = account.test(
        reading({"ReaderConfig": {"InputType": "JSON"}}),
        mock={"result": []},
        stateConfiguration={"mapItemReaderData": '{"a": '},
    )
    assert (answer["status"], answer["error"]) == ("FAILED", "States.ItemReaderFailed")


@pytest.mark.parametrize("name", INSPECTED)
@pytest.mark.parametrize("level", ["INFO", "DEBUG", "TRACE"])
def test_the_data_is_shown_field_by_field(account: Account, name: str, level: str) -> None:
    definition, request, output, inspected, following = INSPECTED[name]
    request = {"input": DATA, **request}
    expected: dict[str, Any] = {"status": "SUCCEEDED", "output": output}
    if following is not None:
        expected["nextState"] = following
    if level != "INFO":
        expected["inspectionData"] = {"input": request["input"], **inspected}
    assert account.test(definition, inspectionLevel=level, **request) == expected


# -- errors ---------------------------------------------------------------------------------------


OTHER_RETRIER = {"ErrorEquals": ["Other"], "MaxAttempts": 9}
FAILURES: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    # definition, request, the answer without input and what all have in common
    "nobody handles it": (JSONATA_TASK, {"mock": BOOM}, {"status": "FAILED"}),
    "a retry, with its backoff": (
        {**JSONATA_TASK, "Retry": [OTHER_RETRIER, retrier(BackoffRate=3)]},
        {"mock": BOOM, "stateConfiguration": {"retrierRetryCount": 2}},
        {
            "status": "RETRIABLE",
            "errorDetails": {"retryIndex": 1, "retryBackoffIntervalSeconds": 18},
        },
    ),
    "a retry, with a longest delay": (
        {**JSONATA_TASK, "Retry": [retrier(MaxDelaySeconds=5)]},
        {"mock": BOOM, "stateConfiguration": {"retrierRetryCount": 2}},
        {
            "status": "RETRIABLE",
            "errorDetails": {"retryIndex": 0, "retryBackoffIntervalSeconds": 5},
        },
    ),
    "a retry after more attempts than a number can tell": (
        {**JSONATA_TASK, "Retry": [retrier(MaxAttempts=99_999_999, MaxDelaySeconds=60)]},
        {"mock": BOOM, "stateConfiguration": {"retrierRetryCount": 99_999_998}},
        {
            "status": "RETRIABLE",
            "errorDetails": {"retryIndex": 0, "retryBackoffIntervalSeconds": 60},
        },
    ),
    "the retries of a made-up context": (
        {**JSONATA_TASK, "Retry": [retrier()]},
        {"mock": BOOM, "context": {"State": {"RetryCount": 3}}},
        {"status": "FAILED", "errorDetails": {"retryIndex": 0}},
    ),
    "retries used up": (
        {**JSONATA_TASK, "Retry": [retrier()]},
        {"mock": BOOM, "stateConfiguration": {"retrierRetryCount": 3}},
        {"status": "FAILED", "errorDetails": {"retryIndex": 0}},
    ),
    "caught after retries": (
        {**JSONATA_TASK, "Retry": [retrier()], "Catch": [CATCH_ALL]},
        {"mock": BOOM, "stateConfiguration": {"retrierRetryCount": 3}},
        {
            "status": "CAUGHT_ERROR",
            "nextState": "Caught",
            "output": {"Error": "Boom", "Cause": "why"},
            "errorDetails": {"retryIndex": 0, "catchIndex": 0},
        },
    ),
    "caught by the second rule": (
        {
            **JSONATA_TASK,
            "Catch": [
                {"ErrorEquals": ["Other"], "Next": "Other"},
                {**CATCH_ALL, "Output": "{% $states.errorOutput.Cause %}"},
            ],
        },
        {"mock": BOOM},
        {
            "status": "CAUGHT_ERROR",
            "nextState": "Caught",
            "output": "why",
            "errorDetails": {"catchIndex": 1},
        },
    ),
    "caught in a Map": (
        {**MAP, **JSONATA, "Items": [1], "Catch": [CATCH_ALL]},
        {"mock": BOOM, "stateConfiguration": {"errorCausedByState": "Inner"}},
        {
            "status": "CAUGHT_ERROR",
            "nextState": "Caught",
            "output": {"Error": "Boom", "Cause": "why"},
            "maxConcurrency": 0,
            "errorDetails": {"catchIndex": 0},
        },
    ),
    "a retry of a Parallel": (
        {**PARALLEL, **JSONATA, "Retry": [retrier()]},
        {"mock": BOOM, "stateConfiguration": {"errorCausedByState": "B"}},
        {
            "status": "RETRIABLE",
            "errorDetails": {"retryIndex": 0, "retryBackoffIntervalSeconds": 2},
        },
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_errors_go_through_retry_and_catch(account: Account, name: str) -> None:
    definition, request, expected = FAILURES[name]
    answer = account.test(definition, input=DATA, inspectionLevel="DEBUG", **request)
    shown = answer.pop("inspectionData")
    assert shown.pop("input") == DATA
    if definition["Type"] == "Task":
        assert shown.pop("afterArguments") == {"FunctionName": "g"}
    assert {**answer, **shown} == {"error": "Boom", "cause": "why", **expected}


def test_a_caught_error_shows_what_its_result_path_makes_of_it(account: Account) -> None:
    definition = {**PATH_TASK, "Catch": [{**CATCH_ALL, "ResultPath": "$.e"}]}
    answer = account.test(definition, input=DATA, inspectionLevel="DEBUG", mock=BOOM)
    merged = {**DATA, "e": {"Error": "Boom", "Cause": "why"}}
    assert answer["output"] == answer["inspectionData"]["afterResultPath"] == merged
    assert "afterResultSelector" not in answer["inspectionData"]


def test_an_evaluation_that_fails_says_where(account: Account) -> None:
    answer = account.test({**TASK, "Parameters": {"x.$": "$.nobody"}}, mock=BOOM, input=DATA)
    assert (answer["status"], answer["error"]) == ("FAILED", "States.Runtime")
    assert "executing the state 'StateName'" in answer["cause"]
    assert "'$.nobody' specified for the field 'x.$' could not be found" in answer["cause"]


@pytest.mark.parametrize(
    ("path", "named"), [("$.f", "$.f"), ("$$", "$"), ("$$.Execution.Input", "$.Execution.Input")]
)
def test_items_that_are_no_array_fail_the_map(account: Account, path: str, named: str) -> None:
    definition = {**MAP, "ItemsPath": path}
    answer = account.test(definition, input=DATA, mock={"result": []}, inspectionLevel="DEBUG")
    assert answer == {
        "status": "FAILED",
        "error": "States.Runtime",
        "cause": f'Reference path "{named}" must point to array.',
        "inspectionData": {"input": DATA, "afterInputPath": DATA},
    }


def test_a_wait_beyond_five_minutes_is_a_time_out(account: Account) -> None:
    answer = account.test({"Type": "Wait", "Seconds": 301, "End": True})
    assert answer == {"status": "FAILED", "error": "States.Timeout"}


@pytest.mark.parametrize(
    ("tolerance", "failed", "status"),
    [
        ({"ToleratedFailureCount": 1}, 1, "SUCCEEDED"),
        ({"ToleratedFailureCount": 1}, 2, "CAUGHT_ERROR"),
        ({"ToleratedFailurePercentage": 50}, 2, "SUCCEEDED"),
        ({"ToleratedFailurePercentage": 50}, 3, "CAUGHT_ERROR"),
        ({}, 4, "SUCCEEDED"),
    ],
)
def test_a_map_fails_where_more_items_fail_than_it_tolerates(
    account: Account, tolerance: dict[str, Any], failed: int, status: str
) -> None:
    rule = {"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "Next": "Caught"}
    definition = {**MAP, "ItemProcessor": DISTRIBUTED, **tolerance, "Catch": [rule]}
    answer = account.test(
        definition,
        input=[1, 2, 3, 4],
        mock={"result": [1]},
        stateConfiguration={"mapIterationFailureCount": failed},
    )
    assert answer["status"] == status


def test_a_map_may_have_very_many_items(account: Account) -> None:
    items = [1] * 60_000
    answer = account.test(MAP, input=items, mock={"result": ["x"]})
    assert answer == {"status": "SUCCEEDED", "output": ["x"]}


# -- a state of a whole state machine -------------------------------------------------------------


def test_a_state_is_found_at_any_depth_and_errors_go_up(account: Account) -> None:
    answer = account.test(MACHINE, stateName="Work", mock=BOOM, inspectionLevel="DEBUG")
    assert (answer["status"], answer["nextState"]) == ("CAUGHT_ERROR", "Caught")
    assert answer["inspectionData"]["errorDetails"] == {"catchIndex": 0}


def test_an_error_stays_in_the_item_of_a_distributed_map(account: Account) -> None:
    assert account.test(MACHINE, stateName="Alone", mock=BOOM)["status"] == "FAILED"


def test_the_context_object_is_an_express_executions(account: Account) -> None:
    context = account.test(MACHINE, stateName="Caught", roleArn=ROLE, input={"x": 1})["output"][
        "is"
    ]
    execution = context["Execution"]
    machine = context["StateMachine"]["Name"]
    assert execution["Id"].endswith(f":express:{machine}:{execution['Name']}")
    assert (execution["Input"], execution["RoleArn"]) == ({"x": 1}, ROLE)
    assert "RedriveCount" not in execution
    assert context["State"].keys() == {"Name", "EnteredTime"}
    assert context["State"]["Name"] == "StateName"


def test_states_that_can_be_retried_know_how_often_they_were(account: Account) -> None:
    states = [(TASK, {}), (MAP, []), (PARALLEL, [0, 0])]
    for definition, result in states:
        telling = {**definition, "ResultSelector": {"c.$": "$$.State.RetryCount"}}
        answer = account.test(telling, input=[], mock={"result": result})
        assert answer["output"] == {"c": 0}


def test_inside_a_map_the_context_object_has_an_item(account: Account) -> None:
    inner = {"Type": "Pass", "Parameters": {"map.$": "$$.Map"}, "End": True}
    whole = {**MAP, "ItemProcessor": {"StartAt": "Inner", "States": {"Inner": inner}}}
    machine = {"StartAt": "M", "States": {"M": whole}}
    answer = account.test(machine, stateName="Inner", input={"x": 1})
    assert answer["output"] == {"map": {"Item": {"Index": 0, "Value": {"x": 1}}}}


def test_inside_a_distributed_map_the_item_says_where_it_is_from(account: Account) -> None:
    inner = {"Type": "Pass", "Parameters": {"map.$": "$$.Map"}, "End": True}
    processor = {**DISTRIBUTED, "StartAt": "Inner", "States": {"Inner": inner}}
    machine = {"StartAt": "M", "States": {"M": {**MAP, "ItemProcessor": processor}}}
    item = account.test(machine, stateName="Inner", input=5)["output"]["map"]["Item"]
    assert item == {"Index": 0, "Value": 5, "Source": "STATE_DATA"}


def test_a_map_that_writes_its_results_gives_an_object(account: Account) -> None:
    for writer, result in (
        ({"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}}, {"x": 1}),
        ({"WriterConfig": {"OutputType": "JSON", "Transformation": "COMPACT"}}, [1]),
    ):
        definition = {**MAP, "ItemProcessor": DISTRIBUTED, "ResultWriter": writer}
        answer = account.test(definition, input=[1], mock={"result": result})
        assert answer == {"status": "SUCCEEDED", "output": result}


def test_a_made_up_context_object_is_taken_as_it_is(account: Account) -> None:
    definition = {**TASK, "Parameters": {"FunctionName": "f"}, "ResultSelector": {"c.$": "$$"}}
    made_up = {"Execution": {"Id": "e"}, "State": {"RetryCount": 7}, "StateMachine": {}}
    answer = account.test(definition, mock={"result": {}}, context=made_up)
    assert answer["output"] == {"c": made_up}


@pytest.mark.parametrize("processor", [PROCESSOR, DISTRIBUTED])
def test_a_maps_items_are_known_beside_a_made_up_context_object(
    account: Account, processor: Any
) -> None:
    selector = {"v.$": "$$.Map.Item.Value", "m.$": "$$.StateMachine.Name"}
    definition = {**MAP, "ItemProcessor": processor, "ItemSelector": selector}
    answer = account.test(
        definition,
        input=[7],
        mock={"result": [1]},
        context={"StateMachine": {"Name": "mine"}},
        inspectionLevel="DEBUG",
    )
    assert answer["inspectionData"]["afterItemSelector"] == [{"v": 7, "m": "mine"}]


# -- tasks that are really called ------------------------------------------------------------------


def test_without_a_mock_the_task_is_called_and_nothing_is_stored(account: Account) -> None:
    account.call = lambda dispatch: Succeeded(Payload({"got": dispatch.parameters.value}))
    answer = account.test(PATH_TASK, input=DATA, roleArn=ROLE)
    assert answer == {"status": "SUCCEEDED", "output": {"got": {"FunctionName": "g"}}}
    assert account.journal.next_due() is None
    assert account.journal.with_tasks_in_flight() == []


def test_a_tasks_own_error_is_caught(account: Account) -> None:
    account.call = lambda dispatch: TaskError("Boom", "why")
    answer = account.test({**PATH_TASK, "Catch": [CATCH_ALL]}, input=DATA, roleArn=ROLE)
    assert (answer["status"], answer["error"]) == ("CAUGHT_ERROR", "Boom")


def test_a_task_that_takes_longer_than_it_may_is_a_time_out(account: Account) -> None:
    release = threading.Event()
    account.call = lambda dispatch: release.wait(60) and Succeeded(Payload(1))
    definition = {**PATH_TASK, "TimeoutSeconds": 1, "Catch": [CATCH_ALL]}
    try:
        answer = account.test(definition, input=DATA, roleArn=ROLE)
    finally:
        release.set()
    assert (answer["status"], answer["error"]) == ("CAUGHT_ERROR", "States.Timeout")


def test_a_task_that_is_only_accepted_has_no_result(account: Account) -> None:
    account.call = lambda dispatch: Accepted(Payload({}))
    answer = account.test(PATH_TASK, input=DATA, roleArn=ROLE)
    assert (answer["status"], answer["error"]) == ("FAILED", "States.Runtime")


def test_trace_shows_an_http_tasks_exchange(account: Account) -> None:
    answered = {
        "StatusCode": 200,
        "StatusText": "OK",
        "Headers": {"x": ["1"]},
        "ResponseBody": "hi",
    }
    account.call = lambda dispatch: Succeeded(Payload(answered))
    parameters = {
        "ApiEndpoint": "https://example.org/a",
        "Method": "POST",
        "QueryParameters": {"q": "b c"},
        "Headers": {"h": "v"},
        "RequestBody": {"m": 1},
    }
    definition = {**TASK, "Resource": "arn:aws:states:::http:invoke", "Parameters": parameters}
    api, text = account.api, json.dumps(definition)
    shown = api.test_state(text, roleArn=ROLE, inspectionLevel="TRACE")["inspectionData"]
    assert shown["request"] == {
        "protocol": "https",
        "method": "POST",
        "url": "https://example.org/a?q=b+c",
        "headers": "[h: v]",
        "body": '{"m":1}',
    }
    assert shown["response"] == {
        "protocol": "https",
        "statusCode": "200",
        "statusMessage": "OK",
        "headers": "[x: 1]",
        "body": "hi",
    }
    debug = api.test_state(text, roleArn=ROLE, inspectionLevel="DEBUG")["inspectionData"]
    assert not {"request", "response"} & debug.keys()
