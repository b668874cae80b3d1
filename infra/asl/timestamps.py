"""Timestamps as Step Functions reads them: RFC 3339 with an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def parse_timestamp(text: str) -> int | None:
    """Milliseconds since the epoch, or None where the text is no timestamp."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return None
    seconds, fraction, offset = match.groups()
    try:
        moment = datetime.fromisoformat(seconds + offset.replace("Z", "+00:00"))
    except ValueError:
        return None
    milliseconds = int((fraction or "0").ljust(3, "0")[:3])
    return (moment - _EPOCH) // _SECOND * 1000 + milliseconds


def is_timestamp(value: object) -> bool:
    """Whether it is a text that :func:`parse_timestamp` reads."""
    return isinstance(value, str) and parse_timestamp(value) is not None
