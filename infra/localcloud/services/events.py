"""Amazon EventBridge: one bus, with rules from the template.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
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

MAX_ENTRY = 1_048_576
Deliver = Callable[[str, Sequence[str]], None]
"""Takes events, as JSON text, to the target with an ARN. They cannot be lost once it returns."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Which events go where."""

    name: str
    pattern: dict[str, Any]
    targets: tuple[str, ...]


class Events:
    """The default event bus."""

    def __init__(self, deliver: Deliver, clock: Clock, account: str, region: str):
        self._deliver = deliver
        self._clock = clock
        self._account = account
        self._region = region
        self._rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        """Makes a rule known."""
        check_pattern(rule.pattern)
        self._rules.append(rule)

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {"PutEvents": self.put_events}

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

    def publish(self, events: Sequence[dict[str, Any]]) -> None:
        """Delivers events to the targets of every rule that they match."""
        for rule in self._rules:
            matching = [event for event in events if matches(rule.pattern, event)]
            if matching:
                texts = [orjson.dumps(event).decode() for event in matching]
                for target in rule.targets:
                    self._deliver(target, texts)


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    """Whether an event matches a pattern."""
    for name, wanted in pattern.items():
        value = event.get(name)
        if isinstance(wanted, dict):
            if not isinstance(value, dict) or not matches(wanted, value):
                return False
        else:
            values = value if isinstance(value, list) else [value]
            present = name in event
            if not any(_fits(one, item, present) for one in wanted for item in values):
                return False
    return True


def _fits(wanted: Any, value: Any, present: bool) -> bool:
    if not isinstance(wanted, dict):
        same_kind = isinstance(wanted, bool) == isinstance(value, bool)
        return present and same_kind and wanted in [value]
    (operator, argument), *_ = wanted.items()
    text = value if isinstance(value, str) else ""
    match operator:
        case "prefix":
            return text.startswith(str(argument))
        case "suffix":
            return text.endswith(str(argument))
        case "exists":
            return present is argument
        case "anything-but":
            excluded = argument if isinstance(argument, list) else [argument]
            return present and value not in excluded
        case "equals-ignore-case":
            return text.lower() == str(argument).lower()
    raise AssertionError(operator)


def check_pattern(pattern: dict[str, Any]) -> None:
    """Refuses what :func:`matches` does not do.

    Raises:
        AwsError: InvalidEventPatternException.
    """
    known = {"prefix", "suffix", "exists", "anything-but", "equals-ignore-case"}
    for name, wanted in pattern.items():
        if isinstance(wanted, dict):
            check_pattern(wanted)
        elif not isinstance(wanted, list) or any(
            isinstance(one, dict) and (len(one) != 1 or not one.keys() <= known) for one in wanted
        ):
            raise AwsError(
                "InvalidEventPatternException", f"Event pattern is not supported locally: {name}"
            )
