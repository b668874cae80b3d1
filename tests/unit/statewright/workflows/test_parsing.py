"""Definitions: read, bounded, refused with a pointer and a suggestion."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statewright.errors import (
    InvalidError,
    MalformedError,
    StatewrightError,
    TooLargeError,
)
from statewright.workflows.compiler import compile_definition
from statewright.workflows.definition import KINDS, seconds
from statewright.workflows.parsing import MAX_STEPS, parse_definition, read_yaml
from tests.support.definitions import errors_of, http, workflow

SET = {"id": "a", "set": 1}
USE = http("u")
TRY = {"steps": [SET]}


@pytest.mark.parametrize(
    ("source", "pointer", "words"),
    [
        ([], "/", "valid dictionary"),
        ({"steps": [SET]}, "/name", "is required"),
        (workflow(), "/steps", "at least 1 item"),
        (workflow(SET, surprise=1), "/surprise", "is not a known field"),
        (workflow(SET, trigers=[]), "/trigers", "did you mean `triggers`?"),
        (workflow({"id": "a"}), "/steps/0", "a step has exactly one of use, set"),
        (workflow({"id": "a", "sett": 1}), "/steps/0", "did you mean `set`?"),
        (workflow({"id": "a", "set": 1, "use": "x"}), "/steps/0", "but this one has use and set"),
        (workflow(7), "/steps/0", "a step is an object"),
        (workflow({"id": "A", "set": 1}), "/steps/0/id", "should match pattern"),
        (workflow({"id": "trigger", "set": 1}), "/steps/0/id", "is a name that expressions already use"),
        (workflow({"set": 1}), "/steps/0/id", "is required"),
        (workflow({**USE, "retry": {"attempts": 0}}), "/steps/0/retry/attempts", "greater than or equal to 1"),
        (workflow({**USE, "retry": {"atempts": 1}}), "/steps/0/retry/atempts", "did you mean `attempts`?"),
        (workflow({**USE, "timeout": "soon"}), "/steps/0/timeout", "is not a duration"),
        (workflow({**SET, "timeout": "1m"}), "/steps/0/timeout", "a step of the kind 'set' has no 'timeout'"),
        (workflow({"stop": {"status": "failed"}, "on_error": "continue"}), "/steps/0/on_error", "kind 'stop' has no 'on_error'"),
        (workflow({**SET, "wehn": True}), "/steps/0/wehn", "did you mean `when`?"),
        (workflow({"wait": {"for": "1d", "until": "x"}}), "/steps/0/wait", "exactly one of 'for' and 'until'"),
        (workflow({"choose": [{"otherwise": [SET]}]}), "/steps/0", "at least one case"),
        (workflow({"choose": [{"otherwise": []}, {"when": True, "steps": [SET]}]}), "/steps/0", "comes once, and last"),
        (workflow({"stop": {"status": "failed", "output": 1}}), "/steps/0/stop", "not an output"),
        (workflow({"repeat": {"steps": [SET], "max": 1}}), "/steps/0/id", "is required"),
        (workflow({"id": "r", "repeat": {"steps": [SET]}}), "/steps/0/repeat", "needs one of 'until', 'while' and 'max'"),
        (workflow({"id": "r", "repeat": {"steps": [SET], "until": True, "while": True}}), "/steps/0/repeat", "both"),
        (workflow({"try": TRY}), "/steps/0/try", "needs 'catch', 'finally' or both"),
        (workflow({"try": {**TRY, "catch": [{"on": ["States.ALL", "X"], "steps": []}]}}), "/steps/0/try/catch/0", "stands alone"),
        (workflow({"try": {**TRY, "catch": [{"steps": []}, {"steps": []}]}}), "/steps/0/try", "comes last"),
        (workflow({"try": {**TRY, "finally": [SET]}, "output": 1}), "/steps/0", "needs an id, because it has 'output'"),
        (workflow({"id": "t", "try": {**TRY, "finally": [SET]}, "pin": 1}), "/steps/0", "no 'output' that it could stand for"),
        (workflow({"id": "l", "for_each": [1], "as": "x", "steps": [SET], "tolerate": {}}), "/steps/0/tolerate", "exactly one of"),
        (workflow({"id": "l", "for_each": [1], "as": "x", "steps": [SET], "batch": {"size": 0}}), "/steps/0/batch/size", "greater"),
        (workflow(SET, triggers=[{"id": "x", "type": "magic"}]), "/triggers/0", "does not match any of the expected tags"),
        (workflow(SET, triggers=[{"id": "x", "type": "webhook"}] * 2), "/triggers", "two triggers"),
        (workflow(SET, triggers=[{"id": "x", "type": "schedule"}]), "/triggers/0", "exactly one of 'cron'"),
        (workflow(SET, settings={"mode": "quick"}), "/settings/mode", "'standard' or 'express'"),
        (workflow(SET, settings={"concurrency": {"limit": 0}}), "/settings/concurrency/limit", "greater"),
    ],
)  # fmt: skip
def test_refused_with_a_pointer(source: Any, pointer: str, words: str) -> None:
    found = errors_of(source)
    assert pointer in found, found
    assert words in found[pointer]


def test_settings_that_only_others_act_on_are_kept() -> None:
    settings = {
        "concurrency": {"limit": 5, "key": "{% $trigger.body.id %}", "when_full": "drop"},
        "on_failure": {"notify": "ops"},
    }
    definition = parse_definition(workflow(SET, settings=settings))
    assert definition.model_dump(exclude_unset=True)["settings"] == settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1s", 1), ("90m", 5400), ("2h", 7200), ("3d", 259_200), ("1w", 604_800)],
)
def test_durations(text: str, expected: int) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "5", "0s", "-1s", "1.5h", "1y", "54w", "\uff19s"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration|must be between"):
        seconds(text)


def test_yaml_1_2() -> None:
    text = "{on: yes, when: 12:30, day: 2026-01-01, int: 007, float: 1e3, t: true, n: null}"
    expected = {"on": "yes", "when": "12:30", "day": "2026-01-01", "int": 7, "float": 1000.0, "t": True, "n": None}  # fmt: skip
    assert read_yaml(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &x 1\nb: *x", "aliases are not allowed"),
        ("- &a [x]\n- &b [*a, *a]", "aliases are not allowed"),
        ("a: 1\na: 2", "stands here twice (line 2"),
        ("steps:\n  - {id: a, id: b}", "stands here twice (line 2"),
        ("[" * 500, "Nested deeper than 60 levels"),
        ("{1: 2}", "is not text"),
        ("\x00", "Not valid YAML"),
        ("a: !!python/object:os.system 1", "Not valid YAML"),
        ("a: [", "Not valid YAML"),
    ],
)
def test_hostile_yaml_is_malformed(text: str, words: str) -> None:
    with pytest.raises(MalformedError) as refused:
        read_yaml(text)
    assert words in refused.value.detail


def nested(levels: int) -> Any:
    steps: Any = [SET]
    for _ in range(levels):
        steps = [{"choose": [{"when": True, "steps": steps}]}]
    return workflow(*steps)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (nested(100), MalformedError),
        (workflow(*({"id": f"s{i}", "set": i} for i in range(10_000))), TooLargeError),
        (workflow({"id": "a", "set": list(range(200_000))}), TooLargeError),
        (workflow({"id": "a", "set": "half \ud800 a character"}), MalformedError),
        (workflow({"id": "a", "set": {"\x00": 1}}), MalformedError),
        (workflow({"id": "a", "set": float("nan")}), MalformedError),
        (workflow({"id": "a", "set": [float("inf")]}), MalformedError),
    ],
)
def test_what_nobody_draws_is_refused(source: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse_definition(source)


def test_oversized_yaml_is_refused() -> None:
    with pytest.raises(TooLargeError):
        read_yaml("x" * 1_000_001)


def test_as_many_steps_as_allowed_compile_and_more_than_fit_are_refused() -> None:
    steps = [{"id": f"s{i}", "set": i} for i in range(MAX_STEPS)]
    assert compile_definition(parse_definition(workflow(*steps))).report.states == MAX_STEPS + 2
    with pytest.raises(TooLargeError):
        parse_definition(workflow(*steps, SET))
    long = {"x": "y" * 900}
    big = [http(f"s{i}", output=long) for i in range(1_500)]
    with pytest.raises(InvalidError, match="1 MB"):
        compile_definition(parse_definition(workflow(*big)))


KEYS = ["name", "steps", "id", "with", "as", "otherwise", "on_error", "when", "catch", "finally", "undo", "retry", *KINDS]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab {%}$.\n", max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=15,
)


@given(JSON)
def test_any_value_is_a_definition_or_refused(value: Any) -> None:
    refused = None
    try:
        compile_definition(parse_definition(value))
    except StatewrightError as error:
        refused = error
    if refused is not None:
        assert refused.issues
        json.dumps([issue.pointer for issue in refused.issues])
