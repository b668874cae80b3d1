"""Shapes what was read into an answer: its groups in their order, its columns, their names."""

from __future__ import annotations

from datetime import datetime

from statewright.analytics.compiling import Plan
from statewright.analytics.models import Column
from statewright.db import Session, load_queries

_sql = load_queries(__package__, "answers.sql")
Group = tuple[str | None, ...]
Key = tuple[datetime | None, Group]
"""A period and a group."""
Found = dict[Key, list[float | None]]
WHOLE: Key = (None, ())
"""Where all groups together are."""


def nothing(plan: Plan) -> list[float | None]:
    """What is measured where nothing happened."""
    units = {"count", "hours", "money", "usd"}
    return [0.0 if m.unit in units and "per_run" not in m.name else None for m in plan.measures]


def best(plan: Plan, groups: Found) -> list[Group]:
    """The groups to show, in their order; those without a value come last."""
    query = plan.query
    index = query.measures.index(query.order_by or query.measures[0])
    sign = -1 if query.descending else 1

    def rank(item: tuple[Key, list[float | None]]) -> tuple[bool, float, list[str]]:
        value = item[1][index]
        return value is None, sign * (value or 0), [part or "" for part in item[0][1]]

    ordered = sorted(groups.items(), key=rank)
    return [key[1] for key, _ in ordered[: query.limit]]


def taken_out(plan: Plan, groups: Found) -> list[float | None]:
    """All groups together. Without dimensions there is one group, which stays where it is."""
    if not plan.dimensions:
        return groups.get(WHOLE, nothing(plan))
    return groups.pop(WHOLE, nothing(plan))


def columns(plan: Plan) -> list[Column]:
    """What each value of a row is: the period, the dimensions, the measures."""
    found = [
        Column(name=plan.query.grain, label=plan.query.grain.capitalize(), role="period")
    ] if plan.query.grain else []  # fmt: skip
    found += [Column(name=d.name, label=d.label, role="dimension") for d in plan.dimensions]
    found += [
        Column(name=m.name, label=m.label, role="measure", unit=m.unit) for m in plan.measures
    ]
    return found


def labels(session: Session, plan: Plan, kept: list[Group]) -> dict[str, dict[str, str]]:
    """The names of workflows and people that an answer speaks of."""
    found: dict[str, dict[str, str]] = {}
    for index, dimension in enumerate(plan.dimensions):
        values = sorted({value for group in kept if (value := group[index]) is not None})
        if dimension.name == "workflow":
            rows = session.all(_sql.name_workflows, ids=values)
        elif dimension.name == "user":
            rows = session.all(_sql.name_people, actors=values)
        else:
            continue
        found[dimension.name] = {row["id"]: row["name"] for row in rows}
    return found
