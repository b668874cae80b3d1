"""Amazon CloudWatch Logs: a log group is a file of the data folder, one event a line.

Step Functions and the API's access log write here. Events are kept until their group is deleted,
or for the days that it keeps them. A group's subscriptions get its events in batches.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import gzip
import logging
import threading
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import orjson

from asl.ports import Clock, LogEvent
from localcloud.errors import AwsError
from localcloud.gathering import Gatherer
from localcloud.services.log_patterns import Matches, matcher

GATHER_SECONDS = 0.3
MAX_EVENTS = 10_000
MAX_DELIVERED = 1_000
"""The most events of what a subscription gets at once."""
STREAM = "states"
_DAY_MS = 86_400_000
Subscriber = Callable[[str], None]
"""Takes an event of a subscription, as JSON; it cannot be lost once it returns."""
_log = logging.getLogger("localcloud")


class Logs:
    """The log groups of this data folder. Implements :class:`asl.ports.ExecutionLog`."""

    def __init__(self, folder: Path, clock: Clock, account: str, region: str):
        self._folder = folder
        self._clock = clock
        self._prefix = f"arn:aws:logs:{region}:{account}:log-group:"
        self._account = account
        self._lock = threading.Lock()
        self._subscribers: defaultdict[str, list[tuple[Subscriber, Matches]]] = defaultdict(list)
        self._executions = Gatherer("executions' log", GATHER_SECONDS, self._put_all)
        self._kept_days: dict[str, int] = {}
        self._swept: dict[str, int] = {}

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {
            "CreateLogGroup": self.create_log_group,
            "DeleteLogGroup": self.delete_log_group,
            "DescribeLogGroups": self.describe_log_groups,
            "FilterLogEvents": self.filter_log_events,
        }

    def arn(self, name: str) -> str:
        """The ARN of a group, as a logging configuration names it."""
        return f"{self._prefix}{name}:*"

    def add(self, name: str, kept_days: int = 0) -> None:
        """Makes a group, if it is not there, which keeps events for so many days (0: for good)."""
        self._kept_days[name] = kept_days
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file(name).touch()

    def open(self) -> None:
        """Starts to write what the engine logs to groups that have subscriptions."""
        self._executions.open()

    def close(self) -> None:
        """Writes what is left, and ends."""
        self._executions.close()

    def subscribe(self, name: str, subscriber: Subscriber, pattern: str = "") -> None:
        """Has those of a group's new events that fit a filter pattern taken to somebody, too."""
        self._subscribers[name].append((subscriber, matcher(pattern)))

    def put(self, name: str, events: Sequence[tuple[int, str]]) -> None:
        """Writes events, each with its moment in milliseconds, and hands them to subscriptions."""
        now = self._clock.now()
        lines = [
            orjson.dumps(
                {"timestamp": at, "ingestionTime": now, "message": message},
                option=orjson.OPT_APPEND_NEWLINE,
            )
            for at, message in events
        ]
        with self._lock:
            self._forget_old(name, now)
            with self._existing(name).open("ab") as file:
                offset = file.tell()
                file.write(b"".join(lines))
        told: list[dict[str, Any]] = []
        for (at, message), written in zip(events, lines, strict=True):
            told.append({"id": str(offset), "timestamp": at, "message": message})
            offset += len(written)
        for subscriber, fits in self._subscribers[name]:
            wanted = [event for event in told if fits(str(event["message"]))]
            for start in range(0, len(wanted), MAX_DELIVERED):
                self._tell(name, subscriber, wanted[start : start + MAX_DELIVERED])

    def _tell(self, name: str, subscriber: Subscriber, events: list[dict[str, Any]]) -> None:
        """https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html"""
        data = {
            "messageType": "DATA_MESSAGE",
            "owner": self._account,
            "logGroup": name,
            "logStream": STREAM,
            "subscriptionFilters": [name],
            "logEvents": events,
        }
        packed = b64encode(gzip.compress(orjson.dumps(data), 1)).decode()
        subscriber(orjson.dumps({"awslogs": {"data": packed}}).decode())

    def _put_all(self, events: list[tuple[str, LogEvent]]) -> None:
        by_group: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for name, event in events:
            message = orjson.dumps(event).decode()
            by_group[name].append((int(event["event_timestamp"]), message))
        for name, lines in by_group.items():
            with suppress(AwsError):  # a group that was deleted takes nothing
                self.put(name, lines)

    def _forget_old(self, name: str, now: int) -> None:
        """Once a day: leaves out the events that are older than the group keeps them."""
        days = self._kept_days.get(name, 0)
        if not days or now // _DAY_MS == self._swept.get(name):
            return
        self._swept[name] = now // _DAY_MS
        file, kept = self._existing(name), self._file(name).with_suffix(".kept")
        with kept.open("wb") as rest:
            for _, event in _events(file, 0):
                if event["timestamp"] >= now - days * _DAY_MS:
                    rest.write(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE))
        kept.replace(file)

    # -- as the engine's log ------------------------------------------------------------------

    def exists(self, group_arn: str) -> bool:
        """See :class:`asl.ports.ExecutionLog`."""
        name = group_arn.removeprefix(self._prefix).removesuffix(":*")
        return self.arn(name) == group_arn and self._file(name).is_file()

    def write(self, group_arn: str, events: Sequence[LogEvent]) -> None:
        """See :class:`asl.ports.ExecutionLog`. A group that was deleted takes nothing.

        A group with subscriptions is written by a thread, many events at a time, so that
        executions do not wait for those who are told.
        """
        subscribed = group_arn.removeprefix(self._prefix).removesuffix(":*")
        if subscribed in self._subscribers:
            self._executions.add((subscribed, event) for event in events)
            return
        now = self._clock.now()
        lines = b"".join(
            orjson.dumps(
                {
                    "timestamp": int(event["event_timestamp"]),
                    "ingestionTime": now,
                    "message": orjson.dumps(event).decode(),
                },
                option=orjson.OPT_APPEND_NEWLINE,
            )
            for event in events
        )
        try:
            with self._lock:
                if self.exists(group_arn):
                    name = group_arn.removeprefix(self._prefix).removesuffix(":*")
                    with self._file(name).open("ab") as file:
                        file.write(lines)
        except OSError as error:
            _log.error("%d log events are lost: %s", len(events), error)

    # -- operations ---------------------------------------------------------------------------

    def create_log_group(self, logGroupName: str, **_: Any) -> dict[str, Any]:
        """Makes a group."""
        with self._lock:
            if self._file(logGroupName).exists():
                message = "The specified log group already exists"
                raise AwsError("ResourceAlreadyExistsException", message)
            self.add(logGroupName)
        return {}

    def delete_log_group(self, logGroupName: str) -> dict[str, Any]:
        """Deletes a group with its events."""
        with self._lock:
            self._existing(logGroupName).unlink()
        return {}

    def describe_log_groups(self, logGroupNamePrefix: str = "", **_: Any) -> dict[str, Any]:
        """The groups whose names begin so."""
        names = sorted(unquote(file.stem) for file in self._folder.glob("*.jsonl"))
        groups = [
            {
                "logGroupName": name,
                "arn": self.arn(name),
                "storedBytes": self._file(name).stat().st_size,
            }
            for name in names
            if name.startswith(logGroupNamePrefix)
        ]
        return {"logGroups": groups}

    def filter_log_events(
        self,
        logGroupName: str,
        startTime: int = 0,
        endTime: int | None = None,
        filterPattern: str = "",
        limit: int = MAX_EVENTS,
        nextToken: str = "0",
        **_: Any,
    ) -> dict[str, Any]:
        """A group's events, oldest first, that have every word of the pattern."""
        fits = matcher(filterPattern)
        found: list[dict[str, Any]] = []
        for offset, event in _events(self._existing(logGroupName), int(nextToken)):
            if len(found) == limit:
                return {"events": found, "nextToken": str(offset)}
            at = event["timestamp"]
            in_time = startTime <= at and (endTime is None or at < endTime)
            if in_time and fits(event["message"]):
                found.append({"logStreamName": STREAM, **event, "eventId": str(offset)})
        return {"events": found}

    def _existing(self, name: str) -> Path:
        file = self._file(name)
        if not file.is_file():
            message = "The specified log group does not exist."
            raise AwsError("ResourceNotFoundException", message)
        return file

    def _file(self, name: str) -> Path:
        return self._folder / f"{quote(name, safe='')}.jsonl"


def _events(file: Path, offset: int) -> Iterator[tuple[int, dict[str, Any]]]:
    with file.open("rb") as lines:
        lines.seek(offset)
        for line in lines:
            with suppress(orjson.JSONDecodeError):  # still being written, or cut off by a crash
                yield offset, orjson.loads(line)
            offset += len(line)
