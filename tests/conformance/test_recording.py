"""The rule for older recordings: what AWS added later is left out, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.recording import Recording

JUNE_2024 = {"recorded": "30-06-2024, 12:00:00"}
KEY = {"type": "AWS_OWNED_KEY"}


@pytest.mark.parametrize(
    ("expected", "actual", "compared"),
    [
        ({"a": 1}, {"a": 2, "encryptionConfiguration": KEY}, {"a": 2}),
        ({"a": 1}, {"a": 1, "other": 2}, {"a": 1, "other": 2}),
        ({"a": 1}, {"a": 1, "redriveCount": 0}, {"a": 1, "redriveCount": 0}),
        ([{}, {}], [{}, {"encryptionConfiguration": KEY}], [{}, {}]),
        ([{}], [{}, {"a": {}}], [{}, {"a": {}}]),
        ({}, {"a": {"encryptionConfiguration": KEY}}, {"a": {"encryptionConfiguration": KEY}}),
    ],
)
def test_only_fields_younger_than_the_recording_are_left_out(
    expected: Any, actual: Any, compared: Any
) -> None:
    recording = Recording(JUNE_2024)
    assert recording.as_of_then(expected, actual) == compared
    assert recording.left_out is (compared != actual)


def test_a_field_that_was_recorded_is_compared_whatever_its_day() -> None:
    recording = Recording(JUNE_2024)
    both = {"encryptionConfiguration": {"type": "OTHER"}}, {"encryptionConfiguration": KEY}
    assert recording.as_of_then(*both) == both[1]
    assert not recording.left_out


def test_a_recording_of_the_field_s_own_day_has_it() -> None:
    recording = Recording({"recorded": "25-07-2024, 00:00:00"})
    answer = {"encryptionConfiguration": KEY}
    assert recording.as_of_then({}, answer) == answer


def test_the_exit_of_a_distributed_map_follows_what_it_followed_then() -> None:
    history = [
        {"id": 3, "previousEventId": 2, "type": "MapRunStarted"},
        {"id": 4, "previousEventId": 3, "type": "MapRunSucceeded"},
        {"id": 6, "previousEventId": 3, "type": "MapStateExited"},
        {"id": 9, "previousEventId": 8, "type": "MapStateExited"},
    ]
    then, now = Recording(JUNE_2024), Recording({"recorded": "09-01-2025, 14:02:06"})
    assert [event["previousEventId"] for event in then.linked_as_then(history)] == [2, 3, 4, 8]
    assert now.linked_as_then(history) == history
    assert (then.left_out, now.left_out) == (True, False)
