"""Operations of connectors that everybody has and of AWS are found by words, as far as allowed."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.ai.assistant.offering import MOST, operations_for
from statewright.workflows.checks import Surroundings


class NoConnectors:
    """A session of a workspace without connectors of its own."""

    def all(self, query: Any, **values: Any) -> list[dict[str, Any]]:
        return []


def found(request: str, *aws: str) -> list[str]:
    session: Any = NoConnectors()
    return [action.name for action in operations_for(session, request, Surroundings(aws=aws))]


@pytest.mark.parametrize(
    ("request_", "operation"),
    [
        ("post a message in the Slack channel", "slack.chat_postMessage"),
        ("open an issue on GitHub", "github.issues_create"),
        ("refund the payment in Stripe", "stripe.refunds_create"),
        ("append a row to the Google sheet", "google_sheets.values_append"),
        ("create a contact in HubSpot", "hubspot.contacts_create"),
    ],
)
def test_what_is_named_is_among_the_first(request_: str, operation: str) -> None:
    assert operation in found(request_)[:5], found(request_)
    assert len(found(request_)) <= MOST


def test_nothing_fits_words_that_nothing_has() -> None:
    assert found("zzz qqq") == []
    assert found("") == []


def test_services_of_aws_are_offered_where_they_are_named_and_allowed() -> None:
    request = "put a message into our queue and the object into the bucket"
    assert not [name for name in found(request) if name.startswith("aws.")]
    names = found(request, "sqs:send*", "s3:putObject", "iam:*")
    assert "aws.sqs.sendMessage" in names
    assert "aws.s3.putObject" in names
    assert not [name for name in names if name.startswith(("aws.iam", "aws.sqs.delete"))]
    assert not [n for n in found("mail the customer", "*:*") if n.startswith("aws.")]
