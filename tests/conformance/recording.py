"""What a recording cannot hold: what AWS has added to its answers, or changed, since that day."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import Case, differences

ADDED = {
    # https://aws.amazon.com/about-aws/whats-new/2023/11/aws-step-functions-redrive-executions/
    "redriveCount": "2023-11-15",
    "redriveDate": "2023-11-15",
    "redriveStatus": "2023-11-15",
    "redriveStatusReason": "2023-11-15",
    "failuresNotRedrivable": "2023-11-15",
    "pendingRedrive": "2023-11-15",
    "RedriveCount": "2023-11-15",
    # https://aws.amazon.com/about-aws/whats-new/2024/07/aws-step-functions-customer-managed-keys/
    "encryptionConfiguration": "2024-07-25",
}
"""The day on which each field came to the API, or to the context object (``RedriveCount``)."""

EXIT_FOLLOWS_MAP_RUN = "2024-10-01"
"""Until about then (it lies between the recordings of August and November 2024) the exit of a
Distributed Map followed the Map run's success; since then it follows the Map run's beginning."""


class Recording:
    """A case's day. Compares answers without the fields that AWS gave only later.

    A field is left out only where the recorded value lacks it: what was recorded is compared.
    """

    def __init__(self, case: Case):
        day, month, year = case.get("recorded", "31-12-9999").split(",")[0].split("-")
        self.month = f"{year}-{month}"
        self._day = f"{self.month}-{day}"
        self._later = {field for field, since in ADDED.items() if self._day < since}
        self.left_out = False
        """Whether the rule has made a difference."""

    def differences(self, expected: Any, actual: Any) -> list[str]:
        """Where an answer is not as recorded."""
        return differences(expected, self.as_of_then(expected, actual))

    def as_of_then(self, expected: Any, actual: Any) -> Any:
        """The answer without the fields that are younger than the recording."""
        if isinstance(expected, dict) and isinstance(actual, dict):
            later = self._later & (actual.keys() - expected.keys())
            self.left_out |= bool(later)
            return {
                name: self.as_of_then(expected.get(name), value)
                for name, value in actual.items()
                if name not in later
            }
        if isinstance(expected, list) and isinstance(actual, list):
            known = [*expected, *[None] * (len(actual) - len(expected))]
            return [self.as_of_then(*pair) for pair in zip(known, actual, strict=False)]
        return actual

    def linked_as_then(self, history: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A history with each event after the event that AWS put it after on that day."""
        if self._day >= EXIT_FOLLOWS_MAP_RUN:
            return history
        ends = {e["previousEventId"]: e["id"] for e in history if e["type"] == "MapRunSucceeded"}
        linked = []
        for event in history:
            end = ends.get(event["previousEventId"]) if event["type"] == "MapStateExited" else None
            self.left_out |= end is not None
            linked.append(event if end is None else {**event, "previousEventId": end})
        return linked
