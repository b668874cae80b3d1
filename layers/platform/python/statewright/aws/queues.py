"""Amazon SQS."""

from __future__ import annotations

from typing import Any

from statewright.aws.clients import client, mapped
from statewright.logs import CORRELATION, passed_on


def send(queue_url: str, text: str, delay: int = 0) -> None:
    """Puts a message into a queue; it is durable when this returns.

    The correlation id of what is being done goes along, as an attribute.

    Args:
        delay: seconds for which nobody receives it, 900 at the most.
    """
    found = passed_on()
    more: dict[str, Any] = {}
    if found is not None:
        attribute = {"DataType": "String", "StringValue": found}
        more["MessageAttributes"] = {CORRELATION: attribute}
    with mapped("SQS"):
        client("sqs").send_message(QueueUrl=queue_url, MessageBody=text, DelaySeconds=delay, **more)
