"""Amazon SQS."""

from __future__ import annotations

from statewright.aws.clients import client, mapped


def send(queue_url: str, text: str, delay: int = 0) -> None:
    """Puts a message into a queue; it is durable when this returns.

    Args:
        delay: seconds for which nobody receives it, 900 at the most.
    """
    with mapped("SQS"):
        client("sqs").send_message(QueueUrl=queue_url, MessageBody=text, DelaySeconds=delay)
