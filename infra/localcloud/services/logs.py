"""Amazon CloudWatch Logs: a log group is a file of the data folder, one event a line.

Only Step Functions writes here. Events are kept until their group is deleted.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import orjson

from asl.ports import Clock, LogEvent
from localcloud.errors import AwsError

MAX_EVENTS = 10_000
STREAM = "states"
_log = logging.getLogger("localcloud")


class Logs:
    """The log groups of this data folder. Implements :class:`asl.ports.ExecutionLog`."""

    def __init__(self, folder: Path, clock: Clock, account: str, region: str):
        self._folder = folder
        self._clock = clock
        self._prefix = f"arn:aws:logs:{region}:{account}:log-group:"
        self._lock = threading.Lock()

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

    def add(self, name: str) -> None:
        """Makes a group, if it is not there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file(name).touch()

    # -- as the engine's log ------------------------------------------------------------------

    def exists(self, group_arn: str) -> bool:
        """See :class:`asl.ports.ExecutionLog`."""
        name = group_arn.removeprefix(self._prefix).removesuffix(":*")
        return self.arn(name) == group_arn and self._file(name).is_file()

    def write(self, group_arn: str, events: Sequence[LogEvent]) -> None:
        """See :class:`asl.ports.ExecutionLog`. A group that was deleted takes nothing."""
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
        words = _words(filterPattern)
        found: list[dict[str, Any]] = []
        for offset, event in _events(self._existing(logGroupName), int(nextToken)):
            if len(found) == limit:
                return {"events": found, "nextToken": str(offset)}
            at = event["timestamp"]
            in_time = startTime <= at and (endTime is None or at < endTime)
            if in_time and all(word in event["message"] for word in words):
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


def _words(pattern: str) -> list[str]:
    """The words of a filter pattern; its other forms are refused.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    """
    if any(character in pattern for character in '{}[]%?-"'):
        raise AwsError("NotSupportedLocally", f"The filter pattern {pattern} is not supported", 501)
    return pattern.split()


def _events(file: Path, offset: int) -> Iterator[tuple[int, dict[str, Any]]]:
    with file.open("rb") as lines:
        lines.seek(offset)
        for line in lines:
            with suppress(orjson.JSONDecodeError):  # still being written, or cut off by a crash
                yield offset, orjson.loads(line)
            offset += len(line)
