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
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "A", "States": {"A": PASS}}
    states = {"M": {"Type": "Map", "ItemReader": {}, "ItemProcessor": processor, "End": True}}
    _, findings = check_definition(text_of(states))
    assert findings[0].location == "/States/M"
    assert findings[0].message == "Field 'ItemReader' is not supported"


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
