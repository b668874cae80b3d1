"""API calls as facts: from the lines that API Gateway writes of every request when it is answered.

So no request pays for being counted. A line has its request's id, which is the fact's key: lines
that come twice, late, or from the log once more (a back-fill) are counted once. Requests without
somebody who signed in belong to no workspace and are not counted.
"""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger

from statewright import world
from statewright.analytics.facts import Fact, ingest
from statewright.aws import logs
from statewright.ids import is_id
from statewright.settings import settings

logger = Logger(service="statewright", level="INFO")


def lines_of(data: str) -> list[str]:
    """The lines of what a subscription to a log group delivers.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
    """
    told = json.loads(gzip.decompress(b64decode(data)))
    if told["messageType"] != "DATA_MESSAGE":
        return []  # CloudWatch tries whether it can be delivered
    return [event["message"] for event in told["logEvents"]]


def record(lines: Iterable[str]) -> int:
    """Counts calls, any number of times and in any order; says how many were new."""
    return ingest([fact for line in lines if (fact := _fact(line)) is not None], world.now())


def backfill(since: datetime, until: datetime) -> int:
    """Counts the calls that the log has from one moment to before another; says how many were
    missing."""
    return sum(record(page) for page in logs.pages(settings().api_calls_group, since, until))


def _fact(line: str) -> Fact | None:
    try:
        told = json.loads(line)
        return _call(told) if is_id(str(told["workspace"])) else None
    except (ValueError, KeyError, TypeError):
        logger.warning("a line of the access log cannot be read", line=line[:500])
        return None


def _call(told: dict[str, Any]) -> Fact:
    kind = told["kind"] if told["kind"] != "-" else "user"
    took = told["milliseconds"]
    return Fact(
        "api_call",
        str(told["id"]),
        datetime.fromtimestamp(told["at"] // 1000, UTC).replace(
            microsecond=told["at"] % 1000 * 1000
        ),
        str(told["status"]),
        workspace_id=told["workspace"],
        subject=str(told["route"]),
        via=str(told["method"]),
        actor=f"{kind}:{told['user']}",
        duration_ms=max(0, int(took)) if took != "-" else None,
    )
