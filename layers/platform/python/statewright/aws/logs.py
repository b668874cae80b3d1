"""Amazon CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from statewright.aws.clients import client, mapped


def pages(group: str, since: datetime, until: datetime, pattern: str = "") -> Iterator[list[str]]:
    """The messages of a log group from one moment to before another, a page at a time.

    Args:
        pattern: of the messages that are wanted; all, where it is empty.
    """
    asked = {
        "logGroupName": group,
        "startTime": int(since.timestamp() * 1000),
        "endTime": int(until.timestamp() * 1000),
        "filterPattern": pattern,
    }
    more: dict[str, str] = {}
    while True:
        with mapped("CloudWatch Logs"):
            answer = client("logs").filter_log_events(**asked, **more)
        yield [event["message"] for event in answer["events"]]
        if "nextToken" not in answer:
            return
        more = {"nextToken": answer["nextToken"]}
