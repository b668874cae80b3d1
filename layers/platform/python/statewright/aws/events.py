"""Amazon EventBridge: publishing events, and the rules that say which of them go where.

Every event that the product publishes goes through :func:`publish`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from statewright.aws.clients import client, error_code, mapped
from statewright.errors import ConflictError, InvalidError, UnavailableError
from statewright.logs import CORRELATION, passed_on
from statewright.settings import settings

PLATFORM = "statewright"
"""The source of what happens on the platform: executions that end, versions that are published."""
CUSTOM = "statewright.api"
"""The source of events that callers of the API publish."""
WORKFLOW = "statewright.workflow"
"""The source of events that workflows publish (``event.publish``)."""
MAX_ENTRIES = 10
"""PutEvents takes so many at once."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a workspace.

    ``id`` is the same however often the event is published, so whoever acts on it acts once.
    """

    workspace_id: str
    type: str
    id: str
    data: dict[str, Any] = field(default_factory=dict)
    source: str = PLATFORM
    depth: int = 0
    """How many workflows have started one another until this."""
    correlation_id: str | None = None
    """Of what has caused it, where that is not what is being done."""

    def entry(self) -> dict[str, str]:
        """As PutEvents takes it."""
        detail: dict[str, Any] = {
            "workspace_id": self.workspace_id,
            "id": self.id,
            "data": self.data,
        }
        if self.depth:
            detail["depth"] = self.depth
        caused_by = self.correlation_id or passed_on()
        if caused_by is not None:
            detail[CORRELATION] = caused_by
        return {
            "EventBusName": settings().event_bus,
            "Source": self.source,
            "DetailType": self.type,
            "Detail": json.dumps(detail, ensure_ascii=False),
        }


def publish(events: Sequence[Event]) -> None:
    """Publishes events; they reach every rule that they match once this returns.

    Raises:
        UnavailableError: EventBridge has not taken them all. Publish them again.
    """
    for some in _batches(events):
        with mapped("EventBridge"):
            answer = client("events").put_events(Entries=[event.entry() for event in some])
        if answer["FailedEntryCount"]:
            raise UnavailableError("EventBridge has not taken all events.")


def _batches(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    for start in range(0, len(events), MAX_ENTRIES):
        yield events[start : start + MAX_ENTRIES]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that puts events into a queue. ``template`` is what the queue gets; in it,
    ``<aws.events.event.json>`` stands for the event. What cannot be delivered for a day goes to the
    dead letters as it is."""

    name: str
    pattern: dict[str, Any]
    queue_arn: str
    dead_letters_arn: str
    template: str
    description: str
    enabled: bool


def put_rule(rule: Rule) -> None:
    """Creates a rule with its target, or makes the one of its name like it.

    Raises:
        InvalidError: the pattern is none.
    """
    bus = {"EventBusName": settings().event_bus}
    with mapped("EventBridge"):
        try:
            client("events").put_rule(
                Name=rule.name,
                EventPattern=json.dumps(rule.pattern),
                State="ENABLED" if rule.enabled else "DISABLED",
                Description=rule.description,
                **bus,
            )
        except ClientError as error:
            if error_code(error) == "LimitExceededException":
                raise ConflictError("AWS allows this account no more event rules.") from error
            if error_code(error) not in {"InvalidEventPatternException", "ValidationException"}:
                raise
            raise InvalidError(str(error.response["Error"].get("Message"))) from error
        target = {
            "Id": "queue",
            "Arn": rule.queue_arn,
            "InputTransformer": {"InputTemplate": rule.template},
            "DeadLetterConfig": {"Arn": rule.dead_letters_arn},
        }
        client("events").put_targets(Rule=rule.name, Targets=[target], **bus)


def delete_rule(name: str) -> None:
    """Deletes a rule; one that is not there is deleted already."""
    bus = {"EventBusName": settings().event_bus}
    with mapped("EventBridge"):
        try:
            client("events").remove_targets(Rule=name, Ids=["queue"], **bus)
            client("events").delete_rule(Name=name, **bus)
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise


def rule_names(prefix: str) -> Iterator[str]:
    """The names of the rules that begin so."""
    more: dict[str, str] = {}
    while True:
        with mapped("EventBridge"):
            page = client("events").list_rules(
                NamePrefix=prefix, EventBusName=settings().event_bus, **more
            )
        for rule in page["Rules"]:
            yield str(rule["Name"])
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}
