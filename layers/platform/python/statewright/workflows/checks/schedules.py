"""Times: cron expressions, time zones, moments."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from functools import lru_cache

from statewright.workflows.checks.findings import Findings
from statewright.workflows.definition import (
    Definition,
    Timetable,
    Wait,
    every_step,
    seconds,
)
from statewright.workflows.expressions import is_dynamic
from statewright.workflows.suggestions import did_you_mean
from statewright.workflows.timetables import read_cron


def check_times(findings: Findings, definition: Definition) -> None:
    """Schedules that nobody could keep, and moments that are none."""
    for index, trigger in enumerate(definition.triggers):
        if isinstance(trigger, Timetable):
            _schedule(findings, trigger, f"/triggers/{index}")
    for at, step in every_step(definition.steps):
        if isinstance(step, Wait) and step.wait.until and not is_dynamic(step.wait.until):
            _moment(findings, step.wait.until, f"{at}/wait/until", zoned=True)


def _schedule(findings: Findings, trigger: Timetable, at: str) -> None:
    if trigger.timezone not in _zones():
        detail = f"there is no time zone '{trigger.timezone}'"
        suggestion = did_you_mean(trigger.timezone, _zones())
        findings.error("timezone", f"{at}/timezone", detail, suggestion)
    if trigger.cron is not None:
        _cron(findings, trigger.cron, f"{at}/cron")
    if trigger.rate is not None and seconds(trigger.rate) % 60:
        findings.error("rate", f"{at}/rate", "schedules have whole minutes")
    if trigger.at is not None:
        _moment(findings, trigger.at, f"{at}/at", zoned=False)


def _cron(findings: Findings, cron: str, at: str) -> None:
    try:
        read_cron(cron)
    except ValueError as error:
        findings.error("cron", at, str(error))


def _moment(findings: Findings, text: str, at: str, *, zoned: bool) -> None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        findings.error("moment", at, "is not a moment such as 2027-01-31T08:00:00Z")
        return
    if zoned and moment.tzinfo is None:
        findings.error("moment", at, "needs its time zone, such as 2027-01-31T08:00:00Z")


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
