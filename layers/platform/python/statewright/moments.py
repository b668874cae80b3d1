"""Moments that come from outside."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is before the first or after the last moment that has a date") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A date and time with an offset, kept in UTC: PostgreSQL knows fewer offsets than Python."""
