"""Amazon SNS: topics with subscriptions from the template.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from asl.ports import Clock
from asl.turn import iso
from localcloud.errors import AwsError
from localcloud.ids import new_id

MAX_BATCH = 10


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who gets a topic's messages. ``raw``: the text as it is, without SNS's envelope."""

    topic: str
    endpoint: str
    raw: bool = False
    filter_policy: dict[str, list[Any]] | None = None


class Sns:
    """The topics."""

    def __init__(self, deliver: Callable[[str, Sequence[str]], None], clock: Clock):
        self._deliver = deliver
        self._clock = clock
        self._topics: dict[str, list[Subscription]] = {}

    def add_topic(self, arn: str) -> None:
        """Makes a topic known."""
        self._topics.setdefault(arn, [])

    def subscribe(self, subscription: Subscription) -> None:
        """Adds a subscription."""
        self._topics[subscription.topic].append(subscription)

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {"Publish": self.publish, "PublishBatch": self.publish_batch}

    def publish(
        self,
        Message: str,
        TopicArn: str = "",
        Subject: str | None = None,
        MessageAttributes: dict[str, Any] | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/sns/latest/api/API_Publish.html"""
        if TopicArn not in self._topics:
            raise AwsError("NotFound", "Topic does not exist", 404)
        identity, attributes = new_id(), MessageAttributes or {}
        for subscription in self._topics[TopicArn]:
            if _wanted(subscription.filter_policy, attributes):
                text = Message
                if not subscription.raw:
                    text = self._envelope(TopicArn, identity, Message, Subject, attributes)
                self._deliver(subscription.endpoint, [text])
        return {"MessageId": identity}

    def announce(self, topic: str, texts: Sequence[str]) -> None:
        """Publishes what another service has to tell."""
        for subscription in self._topics[topic]:
            entries = [{"Message": text} for text in texts]
            shown = [self._text(subscription, entry, new_id()) for entry in entries]
            if _wanted(subscription.filter_policy, {}):
                self._deliver(subscription.endpoint, shown)

    def publish_batch(
        self, TopicArn: str, PublishBatchRequestEntries: list[dict[str, Any]], **_: Any
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html"""
        entries = PublishBatchRequestEntries
        if not 1 <= len(entries) <= MAX_BATCH:
            kind = "TooManyEntriesInBatchRequest" if entries else "EmptyBatchRequest"
            raise AwsError(kind, f"A batch has 1 to {MAX_BATCH} entries.")
        if len({entry["Id"] for entry in entries}) != len(entries):
            raise AwsError("BatchEntryIdsNotDistinct", "Two entries have the same Id.")
        if TopicArn not in self._topics:
            raise AwsError("NotFound", "Topic does not exist", 404)
        named = [(entry, new_id()) for entry in entries]
        for subscription in self._topics[TopicArn]:
            texts = [
                self._text(subscription, entry, identity)
                for entry, identity in named
                if _wanted(subscription.filter_policy, entry.get("MessageAttributes") or {})
            ]
            if texts:
                self._deliver(subscription.endpoint, texts)
        done = [{"Id": entry["Id"], "MessageId": identity} for entry, identity in named]
        return {"Successful": done, "Failed": []}

    def _text(self, subscription: Subscription, entry: dict[str, Any], identity: str) -> str:
        if subscription.raw:
            return str(entry["Message"])
        attributes = entry.get("MessageAttributes") or {}
        return self._envelope(
            subscription.topic, identity, entry["Message"], entry.get("Subject"), attributes
        )

    def _envelope(
        self, topic: str, identity: str, message: str, subject: str | None, attributes: Any
    ) -> str:
        shown = {
            name: {"Type": value["DataType"], "Value": value.get("StringValue")}
            for name, value in attributes.items()
        }
        envelope = {
            "Type": "Notification",
            "MessageId": identity,
            "TopicArn": topic,
            "Subject": subject,
            "Message": message,
            "Timestamp": iso(self._clock.now()),
            "MessageAttributes": shown,
        }
        return orjson.dumps({k: v for k, v in envelope.items() if v not in (None, {})}).decode()


def _wanted(policy: dict[str, list[Any]] | None, attributes: dict[str, Any]) -> bool:
    return all(
        attributes.get(name, {}).get("StringValue") in accepted
        for name, accepted in (policy or {}).items()
    )
