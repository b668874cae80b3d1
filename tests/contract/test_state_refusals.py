"""TestState: how it refuses, in AWS's words; and that any request has an answer or a refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asl.errors import ApiError
from tests.support.trials import (
    BOOM,
    BRANCHES,
    CATCH_ALL,
    DISTRIBUTED,
    LAMBDA,
    MACHINE,
    MAP,
    PARALLEL,
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


# -- refusals -------------------------------------------------------------------------------------

ANSWER = {"result": {"Payload": "x"}}
UNSUPPORTED = (
    "TestState API does not support Map or Parallel states. Supported state types include: "
    "[Task, Wait, Pass, Succeed, Fail, Choice]"
)
READING = {
    **MAP,
    "ItemProcessor": DISTRIBUTED,
    "ItemReader": {
        "Resource": "arn:aws:states:::s3:getObject",
        "Parameters": {"Bucket": "b", "Key": "k"},
        "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
    },
}
CONTEXT = "Invalid Context object provided: "
REFUSED: dict[str, tuple[Any, dict[str, Any], str, str]] = {
    # definition, request, code, message
    "map without mock": (MAP, {}, "InvalidDefinition", UNSUPPORTED),
    "parallel without mock": (PARALLEL, {}, "InvalidDefinition", UNSUPPORTED),
    "token without mock": (
        {**TASK, "Resource": LAMBDA + ".waitForTaskToken"},
        {"roleArn": ROLE},
        "InvalidDefinition",
        "TestState API does not support '.sync' or '.waitForTaskToken' integration patterns",
    ),
    "reader without data": (
        READING,
        {"mock": {"result": []}},
        "ValidationException",
        "ItemReader data must be specified when testing a Map state with ItemReader specified.",
    ),
    "data without a reader": (
        MAP,
        {"mock": {"result": []}, "stateConfiguration": {"mapItemReaderData": "[]"}},
        "ValidationException",
        "TestState supports MapItemReaderData for Map states with an ItemReader only.",
    ),
    "more data than can be shown": (
        READING,
        {
            "mock": {"result": []},
            "stateConfiguration": {"mapItemReaderData": "h" * 5000 + "\n" + "1\n" * 2000},
        },
        "ValidationException",
        "The items of the Map are too large to be tested.",
    ),
    "activity without mock": (
        {**TASK, "Resource": "arn:aws:states:us-east-1:000000000000:activity:a"},
        {"roleArn": ROLE},
        "InvalidDefinition",
        "TestState API does not support Activity tasks",
    ),
    "task without mock or role": (
        TASK,
        {},
        "ValidationException",
        "RoleArn must be specified when testing a Task state",
    ),
    **{
        f"mocked {kind}": (
            {"Type": kind, **fields},
            {"mock": ANSWER},
            "ValidationException",
            f"State type '{kind}' is not supported when a mock is specified",
        )
        for kind, fields in {
            "Pass": {"End": True},
            "Succeed": {},
            "Fail": {},
            "Wait": {"Seconds": 1, "End": True},
            "Choice": {"Choices": [{"Variable": "$.a", "IsNull": True, "Next": "N"}]},
        }.items()
    },
    "secrets of a mock": (
        TASK,
        {"mock": ANSWER, "revealSecrets": True},
        "ValidationException",
        "TestState does not support RevealSecrets when a mock is specified.",
    ),
    "result and error": (
        TASK,
        {"mock": {**ANSWER, **BOOM}},
        "ValidationException",
        "A test mock should have only one of the following fields: [result, errorOutput].",
    ),
    "parallel with too few results": (
        PARALLEL,
        {"mock": {"result": [1]}},
        "ValidationException",
        "Mocked result must contain the same number of items as number of Parallel branches.",
    ),
    "parallel without array": (
        PARALLEL,
        {"mock": {"result": 1}},
        "ValidationException",
        "Mocked result must be an array.",
    ),
    "map that writes its results, without object": (
        {
            **MAP,
            "ItemProcessor": DISTRIBUTED,
            "ResultWriter": {
                "Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": "b", "Prefix": "p"},
            },
        },
        {"mock": {"result": []}},
        "ValidationException",
        "Mocked result must be a JSON object.",
    ),
    "map without array": (
        MAP,
        {"mock": {"result": {}}},
        "ValidationException",
        "Mocked result must be an array.",
    ),
    "more failures than items": (
        MAP,
        {
            "input": [1],
            "mock": {"result": [1]},
            "stateConfiguration": {"mapIterationFailureCount": 2},
        },
        "ValidationException",
        "Map iteration failure count must be less than or equal to the number of Map iterations",
    ),
    "failures without mock": (
        MAP,
        {"stateConfiguration": {"mapIterationFailureCount": 2}},
        "ValidationException",
        "TestState does not support MapIterationFailureCount when a mock is not specified.",
    ),
    "failures of no map": (
        TASK,
        {"mock": ANSWER, "stateConfiguration": {"mapIterationFailureCount": 0}},
        "ValidationException",
        "TestState supports MapIterationFailureCount for Map states only.",
    ),
    "culprit of no map": (
        TASK,
        {"mock": BOOM, "stateConfiguration": {"errorCausedByState": "X"}},
        "ValidationException",
        "TestState supports ErrorCausedByState for Map and Parallel states only.",
    ),
    "unknown culprit": (
        MAP,
        {"mock": BOOM, "stateConfiguration": {"errorCausedByState": "X"}},
        "ValidationException",
        "State not found in definition",
    ),
    "error without a name": (
        TASK,
        {"mock": {"errorOutput": {"cause": "c"}}},
        "ValidationException",
        "An error was not specified in the mocked error output.",
    ),
    "unknown name": (
        MACHINE,
        {"stateName": "Nobody"},
        "ValidationException",
        "State not found in definition",
    ),
    "context without mock": (
        {"Type": "Pass", "End": True},
        {"context": {}},
        "ValidationException",
        "TestState does not support Context when a mock is not specified.",
    ),
    "context: map": (
        TASK,
        {"mock": ANSWER, "context": {"Map": {}}},
        "ValidationException",
        f"{CONTEXT}'Map' field is not supported when mocking a Context object",
    ),
    "context: unknown part": (
        TASK,
        {"mock": ANSWER, "context": {"Else": 1}},
        "ValidationException",
        f"{CONTEXT}Field 'Else' is not allowed",
    ),
    "context: unknown field": (
        TASK,
        {"mock": ANSWER, "context": {"State": {"Else": 1}}},
        "ValidationException",
        f"{CONTEXT}Field 'Else' is not allowed",
    ),
    "context: wrong type": (
        TASK,
        {"mock": ANSWER, "context": {"StateMachine": {"Name": []}}},
        "ValidationException",
        f"{CONTEXT}StateMachine.Name must be a string",
    ),
    "context: no object": (
        TASK,
        {"mock": ANSWER, "context": [1]},
        "ValidationException",
        f"{CONTEXT}Context object must be a JSON object",
    ),
    "context: task of no waiting state": (
        TASK,
        {"mock": ANSWER, "context": {"Task": {"Token": "t"}}},
        "ValidationException",
        f"{CONTEXT}Context object contains 'Task' when state is not a Task state with a '.sync' "
        "or '.waitForTaskToken' service integration pattern",
    ),
    "variables that are no object": (
        {"Type": "Pass", "End": True},
        {"variables": [1]},
        "ValidationException",
        "Variables must be a valid JSON object",
    ),
    "unknown type": (
        {"Type": "Jump"},
        {},
        "InvalidDefinition",
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The field 'Type' should have "
        "one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /Type'",
    ),
    "unknown level": (
        {"Type": "Pass", "End": True},
        {"inspectionLevel": "ALL"},
        "ValidationException",
        "1 validation error detected: Value 'ALL' at 'inspectionLevel' failed to satisfy "
        "constraint: Member must satisfy enum value set: [INFO, DEBUG, TRACE]",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_have_awss_words(account: Account, name: str) -> None:
    definition, request, code, message = REFUSED[name]
    with pytest.raises(ApiError) as refused:
        account.test(definition, **request)
    assert (refused.value.code, refused.value.message) == (code, message)


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "1", '{"Type":', "[" * 100_000])
def test_a_definition_that_is_no_object_is_refused(account: Account, text: str) -> None:
    with pytest.raises(ApiError) as refused:
        account.api.test_state(text)
    assert refused.value.code == "InvalidDefinition"


def test_a_mock_that_is_no_json_is_refused_in_every_mode(account: Account) -> None:
    for mode in ("STRICT", "PRESENT", "NONE"):
        mock = {"result": "no JSON", "fieldValidationMode": mode}
        with pytest.raises(ApiError, match="Mocked result must be valid JSON"):
            account.api.test_state(json.dumps(TASK), mock=mock)


# -- whatever is asked ----------------------------------------------------------------------------

leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
values = st.recursive(
    leaf,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
paths = st.sampled_from(["$", "$.f", "$.a.b", "$$", "$$.State", "$.nobody", None])
states = st.fixed_dictionaries(
    {"Type": st.sampled_from(["Task", "Pass", "Map", "Parallel", "Choice", "Wait", "Fail"])},
    optional={
        "Resource": st.sampled_from([LAMBDA, LAMBDA + ".waitForTaskToken", "arn:aws:states:::x"]),
        "InputPath": paths,
        "ResultPath": paths,
        "OutputPath": paths,
        "ItemsPath": paths,
        "Parameters": values,
        "ResultSelector": values,
        "Branches": st.just(BRANCHES),
        "ItemProcessor": st.sampled_from([PROCESSOR, DISTRIBUTED]),
        "Seconds": st.just(1),
        "MaxConcurrency": st.integers(-1, 3),
        "Catch": st.just([CATCH_ALL]),
        "Retry": st.just([retrier()]),
        "End": st.just(True),
    },
)


@settings(max_examples=300, deadline=None)
@given(definition=states, data=values, mocked=values | st.just([1, 2]), context=st.none() | values)
def test_any_request_has_an_answer_or_a_refusal(
    account: Account, definition: Any, data: Any, mocked: Any, context: Any
) -> None:
    made_up = {} if context is None else {"context": json.dumps(context)}
    mock = (
        {"mock": {"result": json.dumps(mocked)}}
        if definition["Type"] in {"Task", "Map", "Parallel"}
        else {}
    )
    try:
        answer = account.api.test_state(
            json.dumps(definition),
            input=json.dumps(data),
            inspectionLevel="TRACE",
            **mock,
            **made_up,
        )
    except ApiError:
        return
    assert answer["status"] in {"SUCCEEDED", "FAILED", "RETRIABLE", "CAUGHT_ERROR"}
    for value in answer["inspectionData"].values():
        if isinstance(value, str):
            json.loads(value)
