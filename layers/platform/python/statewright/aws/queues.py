"""Amazon SQS."""

from __future__ import annotations

from statewright.aws.clients import client, mapped


def send(queue_url: str, text: str) -> None:
    """Puts a message into a queue; it is durable when this returns."""
    with mapped("SQS"):
        client("sqs").send_message(QueueUrl=queue_url, MessageBody=text)
