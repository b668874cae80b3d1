"""Amazon EventBridge: one bus, whose rules take events to queues, topics and functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from psycopg_pool import ConnectionPool

from asl.ports import Clock
from asl.turn import iso
from localcloud.errors import AwsError
from localcloud.ids import new_id
from localcloud.services.event_rules import Rule, Rules

MAX_ENTRY = 1_048_576
Deliver = Callable[[str, Sequence[str]], None]
"""Takes events, as JSON text, to the target with an ARN. They cannot be lost once it returns."""


class Events:
    """The default event bus."""

    def __init__(
        self,
        deliver: Deliver,
        clock: Clock,
        account: str,
        region: str,
        pool: ConnectionPool[Any] | None = None,
    ):
        self._deliver = deliver
        self._clock = clock
        self._account = account
        self._region = region
        self.rules = Rules(account, region, pool)
        self.watch: Callable[[dict[str, Any]], None] = lambda *_: None
        """Sees every event, whether a rule matches it or not."""

    def add(self, rule: Rule) -> None:
        """Makes a rule known."""
        self.rules.add(rule)

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {"PutEvents": self.put_events, **self.rules.operations()}

    def put_events(self, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html"""
        answers, accepted = [], []
        for entry in Entries:
            try:
                event = self._event(entry)
            except AwsError as error:
                answers.append({"ErrorCode": error.code, "ErrorMessage": error.message})
                continue
            accepted.append(event)
            answers.append({"EventId": event["id"]})
        self.publish(accepted)
        return {"FailedEntryCount": len(Entries) - len(accepted), "Entries": answers}

    def _event(self, entry: dict[str, Any]) -> dict[str, Any]:
        text = entry.get("Detail", "{}")
        if len(text) > MAX_ENTRY:
            raise AwsError("InvalidArgument", "Total size of the entry exceeds the maximum")
        try:
            detail = orjson.loads(text)
        except orjson.JSONDecodeError:
            detail = None
        if not isinstance(detail, dict):
            raise AwsError("MalformedDetail", "Detail is malformed.")
        return self.envelope(entry.get("Source", ""), entry.get("DetailType", ""), detail)

    def envelope(
        self, source: str, kind: str, detail: dict[str, Any], resources: Sequence[str] = ()
    ) -> dict[str, Any]:
        """An event as EventBridge delivers it."""
        return {
            "version": "0",
            "id": new_id(),
            "detail-type": kind,
            "source": source,
            "account": self._account,
            "time": iso(self._clock.now())[:-5] + "Z",
            "region": self._region,
            "resources": list(resources),
            "detail": detail,
        }

    def announce_object(self, bucket: str, detail: dict[str, Any]) -> None:
        """Publishes that an object has been created."""
        source, kind = "aws.s3", "Object Created"
        self.publish([self.envelope(source, kind, detail, [f"arn:aws:s3:::{bucket}"])])

    def publish(self, events: Sequence[dict[str, Any]]) -> None:
        """Delivers events to the targets of every rule that they match."""
        found: dict[tuple[str, str, str], tuple[str, list[str]]] = {}
        for event in events:
            self.watch(event)
            whole = ""
            for rule in self.rules.of(event):
                for target in rule.targets:
                    if not target.is_whole:
                        text = target.text(rule.name, event)
                    else:
                        text = whole = whole or target.text(rule.name, event)
                    name = (rule.name, target.arn, target.id)
                    found.setdefault(name, (target.arn, []))[1].append(text)
        for arn, texts in found.values():
            self._deliver(arn, texts)
