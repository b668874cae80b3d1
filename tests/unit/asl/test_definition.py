"""What is refused at creation, and where it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asl.definition import check_definition, parse_definition
from asl.errors import InvalidDefinitionError
from tests.support.engine import TASK, text_of

PASS = {"Type": "Pass", "End": True}
READER = {
    "Resource": "arn:aws:states:::s3:getObject",
    "ReaderConfig": {"InputType": "JSON"},
    "Arguments": {"Bucket": "b", "Key": "k"},
}
WRITER = {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "b"}}


def distributed(mode: str = "DISTRIBUTED", **more: Any) -> dict[str, Any]:
    config = {"Mode": mode, **({"ExecutionType": "STANDARD"} if mode == "DISTRIBUTED" else {})}
    processor = {"ProcessorConfig": config, "StartAt": "A", "States": {"A": PASS}}
    return {"M": {"Type": "Map", "ItemProcessor": processor, "End": True, **more}}


def reader(**config: Any) -> dict[str, Any]:
    return distributed(ItemReader={**READER, "ReaderConfig": config})


@pytest.mark.parametrize(
    ("states", "location"),
    [
        ({"A": {"Type": "Pass"}}, "/States/A"),
        ({"A": {"Type": "Pass", "Next": "B"}}, "/States/A/Next"),
        ({"A": {"Type": "Pass", "End": True, "Wrong": 1}}, "/States/A"),
        ({"A": {"Type": "Magic", "End": True}}, "/States/A/Type"),
        ({"A": {"Type": "Pass", "Output": "{% 1 + %}", "End": True}}, "/States/A/Output"),
        ({"A": {"Type": "Wait", "End": True}}, "/States/A"),
        ({"A": {"Type": "Wait", "Seconds": -1, "End": True}}, "/States/A/Seconds"),
        ({"A": {**TASK, "Resource": "arn:aws:states:::nope:x", "End": True}}, "/States/A/Resource"),
        ({"A": {**TASK, "Retry": [{"ErrorEquals": []}], "End": True}}, "/States/A/Retry[0]/ErrorEquals"),
        ({"A": {**TASK, "Catch": [{"ErrorEquals": ["E"]}], "End": True}}, "/States/A/Catch[0]"),
        ({"A": {"Type": "Choice", "Choices": []}}, "/States/A/Choices"),
        ({"A": {"Type": "Pass", "Assign": {"states": 1}, "End": True}}, "/States/A/Assign/states"),
        ({"x" * 81: PASS}, f"/States/{'x' * 81}"),
    ],
)  # fmt: skip
def test_findings_point_at_their_place(states: dict[str, Any], location: str) -> None:
    machine, findings = check_definition(text_of(states))
    assert machine is None
    assert location in [finding.location for finding in findings]


@pytest.mark.parametrize(
    ("states", "location"),
    [
        (distributed("INLINE", ItemReader=READER), "/States/M/ItemReader"),
        (distributed("INLINE", ItemBatcher={"MaxItemsPerBatch": 1}), "/States/M/ItemBatcher"),
        (distributed("INLINE", ResultWriter=WRITER), "/States/M/ResultWriter"),
        (distributed("BOTH"), "/States/M/ItemProcessor/ProcessorConfig/Mode"),
        (distributed(ItemReader=[]), "/States/M/ItemReader"),
        (distributed(ItemReader={**READER, "Items": 1}), "/States/M/ItemReader"),
        (distributed(ItemReader={**READER, "Parameters": {}}), "/States/M/ItemReader"),
        (distributed(ItemReader={**READER, "Resource": "arn:aws:states:::s3:putObject"}), "/States/M/ItemReader/Resource"),
        (distributed(ItemReader={**READER, "Arguments": {"Key": "{% 1 + %}"}}), "/States/M/ItemReader/Arguments/Key"),
        (distributed(Items=[1], ItemReader=READER), "/States/M/ItemReader"),
        (reader(), "/States/M/ItemReader/ReaderConfig"),
        (reader(InputType="XML"), "/States/M/ItemReader/ReaderConfig/InputType"),
        (reader(InputType="CSV"), "/States/M/ItemReader/ReaderConfig"),
        (reader(InputType="CSV", CSVHeaderLocation="GIVEN"), "/States/M/ItemReader/ReaderConfig/CSVHeaders"),
        (reader(InputType="CSV", CSVHeaderLocation="GIVEN", CSVHeaders=[1]), "/States/M/ItemReader/ReaderConfig/CSVHeaders"),
        (reader(InputType="CSV", CSVHeaderLocation="FIRST_ROW", CSVDelimiter="^"), "/States/M/ItemReader/ReaderConfig/CSVDelimiter"),
        (reader(InputType="JSON", CSVDelimiter="TAB"), "/States/M/ItemReader/ReaderConfig/CSVDelimiter"),
        (reader(InputType="JSON", ItemsPointer="a"), "/States/M/ItemReader/ReaderConfig/ItemsPointer"),
        (reader(InputType="JSONL", ItemsPointer="/a"), "/States/M/ItemReader/ReaderConfig"),
        (reader(InputType="JSON", MaxItems=100_000_001), "/States/M/ItemReader/ReaderConfig/MaxItems"),
        (reader(InputType="JSON", MaxItemsPath="$.x"), "/States/M/ItemReader/ReaderConfig"),
        (reader(InputType="CSV", CSVHeaderLocation="FIRST_ROW", ManifestType="S3_INVENTORY"), "/States/M/ItemReader/ReaderConfig/InputType"),
        (reader(InputType="JSON", Transformation="LOAD_AND_FLATTEN"), "/States/M/ItemReader/ReaderConfig/Transformation"),
        (distributed(ItemBatcher={}), "/States/M/ItemBatcher"),
        (distributed(ItemBatcher={"MaxItemsPerBatch": 0}), "/States/M/ItemBatcher/MaxItemsPerBatch"),
        (distributed(ItemBatcher={"MaxInputBytesPerBatch": 262_145}), "/States/M/ItemBatcher/MaxInputBytesPerBatch"),
        (distributed(ResultWriter={}), "/States/M/ResultWriter"),
        (distributed(ResultWriter={"Resource": WRITER["Resource"]}), "/States/M/ResultWriter"),
        (distributed(ResultWriter={"WriterConfig": {}}), "/States/M/ResultWriter/WriterConfig"),
        (distributed(ResultWriter={"WriterConfig": {"OutputType": "XML"}}), "/States/M/ResultWriter/WriterConfig/OutputType"),
        (distributed(Label="a b"), "/States/M/Label"),
        (distributed(Label="x" * 41), "/States/M/Label"),
    ],
)  # fmt: skip
def test_what_a_distributed_map_cannot_say(states: dict[str, Any], location: str) -> None:
    machine, findings = check_definition(text_of(states))
    assert machine is None
    assert location in [finding.location for finding in findings]


def test_labels_are_unique_and_express_children_know_no_tokens() -> None:
    inner = distributed(Label="L")["M"]
    task = {**TASK, "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": True}
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}
    express = {"ProcessorConfig": config, "StartAt": "T", "States": {"T": task}}
    states = {
        "M": {**inner, "Next": "N"},
        "N": {"Type": "Map", "Label": "L", "ItemProcessor": express, "End": True},
    }
    del states["M"]["End"]
    _, findings = check_definition(text_of(states))
    assert [finding.code for finding in findings] == [
        "SCHEMA_VALIDATION_FAILED",
        "DUPLICATE_LABEL_NAME",
    ]


def test_every_finding_is_reported_at_once() -> None:
    _, findings = check_definition(text_of({"A": {"Type": "Pass"}, "B": {"Type": "Nope"}}))
    assert len(findings) >= 2


def test_a_name_is_used_once_in_the_whole_machine() -> None:
    branch = {"StartAt": "A", "States": {"A": PASS}}
    _, findings = check_definition(
        text_of({"A": {"Type": "Parallel", "Branches": [branch], "End": True}})
    )
    assert [finding.code for finding in findings] == ["DUPLICATE_STATE_NAME"]


def test_what_is_not_supported_is_refused_by_name() -> None:
    states = distributed(ItemReader={**READER, "ReaderConfig": {"InputType": "PARQUET"}})
    _, findings = check_definition(text_of(states))
    assert [finding.location for finding in findings] == [
        "/States/M/ItemReader/ReaderConfig/InputType"
    ], findings
    assert "PARQUET" in findings[0].message


def test_the_error_says_where() -> None:
    with pytest.raises(InvalidDefinitionError, match="Invalid State Machine Definition: 'MISSING"):
        parse_definition(text_of({"A": {"Type": "Pass", "Next": "B"}}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["Type", "StartAt", "States", "Next", "End", "Choices", "A", "Branches"]
            )
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@settings(max_examples=300)
@given(JSON | st.text(max_size=50))
def test_any_text_gives_a_machine_or_findings(value: Any) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    machine, findings = check_definition(text)
    assert (machine is None) is bool(findings)


def test_deep_nesting_is_refused() -> None:
    _, findings = check_definition('{"States":' + "[" * 100_000 + "]" * 100_000 + "}")
    assert findings


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:::aws-sdk:s3:getObject",
        "arn:aws:states:::ecs:runTask.sync",
        "arn:aws:states:::states:startExecution.sync:2",
        "arn:aws:states:::emr-containers:startJobRun.sync",
        "arn:aws:states:us-east-1:000000000000:activity:work",
        "arn:aws:lambda:us-east-1:000000000000:function:f:live",
    ],
)
def test_resources_that_step_functions_knows(resource: str) -> None:
    state = {"Type": "Task", "Resource": resource, "Arguments": {}, "End": True}
    assert check_definition(text_of({"A": state}))[1] == []


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:::sqs:sendMessage.sync",
        "arn:aws:states:::dynamodb:query",
        "arn:aws:states:::aws-sdk:s3:getObject.sync",
        "arn:aws:s3:::bucket",
    ],
)
def test_resources_that_it_does_not_know(resource: str) -> None:
    state = {"Type": "Task", "Resource": resource, "Arguments": {}, "End": True}
    (finding,) = check_definition(text_of({"A": state}))[1]
    assert finding.message.startswith(f"The resource provided {resource} is not recognized.")
