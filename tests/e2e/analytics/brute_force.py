"""The figures, computed from every single fact in plain Python: what the product's must equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from statewright.analytics.facts import Fact

Group = tuple[Any, ...]


def period_of(at: datetime, grain: str, zone: ZoneInfo) -> Any:
    """The local period in which a moment lies: a date, or for hours the moment of its beginning."""
    local = at.astimezone(zone)
    day = local.date()
    match grain:
        case "hour":
            past = timedelta(
                minutes=local.minute, seconds=local.second, microseconds=local.microsecond
            )
            return at.astimezone(UTC) - past
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
    return day


def latest(facts: Iterable[Fact]) -> list[Fact]:
    """Every fact once, as it was told with the highest revision, the first of equals."""
    found: dict[tuple[str, str, str], Fact] = {}
    for fact in facts:
        key = (fact.kind, fact.workflow_id or "", fact.key)
        if key not in found or fact.revision > found[key].revision:
            found[key] = fact
    return list(found.values())


def dimension(fact: Fact, name: str) -> str | None:
    columns = {"workflow": fact.workflow_id, "status": fact.status, "error": fact.error,
               "trigger": fact.via, "version": fact.version}  # fmt: skip
    value = columns[name]
    return None if value is None else str(value)


def figures(facts: Iterable[Fact], measures: list[str], rate: float, saved: dict[str, float],
            targets: dict[str, int]) -> list[Any]:  # fmt: skip
    """The measures of a group of facts; a quantile as the exact duration of its rank."""
    facts = list(facts)
    times = sorted(fact.duration_ms for fact in facts if fact.duration_ms is not None)
    count: dict[str, int] = defaultdict(int)
    for fact in facts:
        count[fact.status] += 1
    failed = count["failed"] + count["timed_out"]
    ended = failed + count["succeeded"]
    transitions = sum(fact.units for fact in facts)
    judged = [f for f in facts if f.duration_ms is not None and f.workflow_id in targets]
    met = [f for f in judged if f.status == "succeeded" and f.duration_ms <= targets[f.workflow_id]]
    minutes = sum(saved.get(f.workflow_id or "", 0) for f in facts if f.status == "succeeded")
    known = {
        "count": len(facts),
        "succeeded": count["succeeded"],
        "failed": failed,
        "running": count["running"],
        "stopped": count["stopped"],
        "success_rate": count["succeeded"] / ended if ended else None,
        "failure_rate": failed / ended if ended else None,
        "duration_avg": sum(times) / len(times) if times else None,
        "retries": sum(fact.attempts for fact in facts),
        "transitions": transitions,
        "cost": transitions * 0.000025,
        "cost_per_run": transitions * 0.000025 / len(facts) if facts else None,
        "within_target": len(met) / len(judged) if judged else None,
        "saved_hours": minutes / 60,
        "saved_money": minutes / 60 * rate,
    }
    for name, share in (("duration_p50", 0.5), ("duration_p95", 0.95), ("duration_p99", 0.99)):
        known[name] = times[int(share * (len(times) - 1))] if times else None
    return [known[name] for name in measures]
