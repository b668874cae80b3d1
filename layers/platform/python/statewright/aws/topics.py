"""Amazon SNS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from statewright.aws.clients import client, mapped
from statewright.errors import UnavailableError

_BATCH = 10
"""The most messages of one PublishBatch call."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text with attributes, which subscriptions filter by."""

    text: str
    attributes: dict[str, str]


def publish(topic_arn: str, messages: Sequence[Message]) -> None:
    """Publishes messages; each is durable when this returns.

    Raises:
        UnavailableError: some of them were not taken.
    """
    for start in range(0, len(messages), _BATCH):
        entries = [
            {
                "Id": str(index),
                "Message": message.text,
                "MessageAttributes": {
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in message.attributes.items()
                },
            }
            for index, message in enumerate(messages[start : start + _BATCH])
        ]
        with mapped("SNS"):
            answer = client("sns").publish_batch(
                TopicArn=topic_arn, PublishBatchRequestEntries=entries
            )
        if answer.get("Failed"):
            raise UnavailableError("SNS did not take every message.")
