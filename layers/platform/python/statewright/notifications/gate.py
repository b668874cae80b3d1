"""Whether a claimed delivery goes out now. Pure: facts in, a verdict out.

In this order: what has expired or must not be sent never is; what somebody turned off is not; a
digest collects; a cap holds back; quiet hours postpone. ``critical`` messages (a broken payment, a
security alert) pass digests, caps and quiet hours, though not a person's "off" or a suppression.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_QUIETENED = frozenset({"email", "sms", "push"})
_DIGESTED = frozenset({"email", "push", "sms"})


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the verdict depends on."""

    now: datetime
    channel: str
    priority: str
    expires_at: datetime | None = None
    mode: str = "instant"
    suppressed: str | None = None
    sent_today: int = 0
    daily_cap: int | None = None
    time_zone: str = "UTC"
    quiet: tuple[time, time] | None = None
    digest_hour: int = 8
    is_digest: bool = False


@dataclass(frozen=True, slots=True)
class Go:
    """Send it."""


@dataclass(frozen=True, slots=True)
class Later:
    """Send it then."""

    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Collect:
    """Put it into the digest of that time."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Never:
    """Do not send it."""

    status: str
    reason: str


Verdict = Go | Later | Collect | Never


def decide(facts: Facts) -> Verdict:
    """The verdict on one delivery."""
    if facts.expires_at is not None and facts.expires_at <= facts.now:
        return Never("expired", "its time was over")
    if facts.suppressed is not None:
        return Never("suppressed", facts.suppressed)
    if facts.mode == "off":
        return Never("suppressed", "turned off")
    if facts.priority == "critical":
        return Go()
    if facts.mode in {"hourly", "daily"} and facts.channel in _DIGESTED and not facts.is_digest:
        return Collect(_digest_time(facts))
    if facts.daily_cap is not None and facts.sent_today >= facts.daily_cap:
        return Never("suppressed", f"the cap of {facts.daily_cap} a day is reached")
    until = _quiet_until(facts)
    return Go() if until is None else Later(until, "quiet hours")


def _digest_time(facts: Facts) -> datetime:
    local = facts.now.astimezone(ZoneInfo(facts.time_zone))
    if facts.mode == "hourly":
        return facts.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    due = local.replace(hour=facts.digest_hour, minute=0, second=0, microsecond=0)
    return (due if due > local else due + timedelta(days=1)).astimezone(UTC)


def _quiet_until(facts: Facts) -> datetime | None:
    """The end of the quiet hours that are on now; they may go over midnight."""
    if facts.quiet is None or facts.channel not in _QUIETENED:
        return None
    start, end = facts.quiet
    local = facts.now.astimezone(ZoneInfo(facts.time_zone))
    clock = local.time()
    quiet = start <= clock < end if start <= end else clock >= start or clock < end
    if not quiet:
        return None
    ends = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return (ends if ends > local else ends + timedelta(days=1)).astimezone(UTC)
