"""What a workflow's inputs look like, hour by hour: kept as shapes, and compared with those before.

A few of the hour's inputs are read from Step Functions, made into shapes, and forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from statewright.ai.watching.measures import HOUR
from statewright.ai.watching.shapes import Part, Unusual, counted, shape_of, unusual
from statewright.aws import states
from statewright.db import Session, load_queries, tenant
from statewright.errors import NotFoundError
from statewright.workflows.plain_steps import own_fields, walk

_sql = load_queries(__package__)
SAMPLE = 40
"""The most inputs of a workflow that are looked at for an hour."""
MOST_PARTS = 500
"""The most parts that are kept of what a trigger gives: more have no shape to speak of."""
_FADES = 0.98
_LEARNING = timedelta(days=1)
_QUIET = timedelta(days=7)
_TOLD = 5
_STAYS = frozenset({"webhook", "schedule", "form", "file", "event", "poll", "api"})
"""Triggers whose id is the trigger's own, and not that of a person or of another execution."""
Shapes = dict[str, list[frozenset[Part]]]


@dataclass(frozen=True, slots=True)
class Changed:
    """What is not as usual in an hour's inputs."""

    detail: str
    share: float
    usual: float
    score: float
    paths: tuple[str, ...]


def sampled(row: dict[str, Any], at: datetime, most: int = SAMPLE) -> Shapes:
    """The shapes of some of an hour's inputs, by what started the executions."""
    found: Shapes = {}
    with tenant(row["workspace_id"]) as session:
        where = {"workflow_id": row["workflow_id"], "at": at, "until": at + HOUR}
        arns = [r["arn"] for r in session.all(_sql.sample_executions, **where, most=most)]
    for arn in arns:
        try:
            given = states.describe(arn)["input"]
        except NotFoundError:
            continue  # its retention is over
        trigger = given.get("trigger") if isinstance(given, dict) else None
        if isinstance(trigger, dict):
            found.setdefault(_source(trigger), []).append(shape_of(trigger.get("body")))
    return found


def _source(trigger: dict[str, Any]) -> str:
    kind = str(trigger.get("type", "unknown"))
    return f"{kind} {trigger.get('id', '')}".strip()[:200] if kind in _STAYS else kind


def compared(session: Session, row: dict[str, Any], shapes: Shapes, at: datetime) -> list[Changed]:
    """What has changed, by what started the executions; the hour then counts as known, once."""
    found = []
    for source, given in shapes.items():
        where = {"workflow_id": row["workflow_id"], "trigger": source}
        known = session.all(_sql.list_shapes, **where)
        if any(part["last_at"] >= at for part in known):
            continue  # this hour has been counted
        now = dict(counted(given))
        news = [] if _is_new(known, at) else list(_news(known, now, at))
        told = {one.part for one in news}
        room = MOST_PARTS - len(known)
        have = {(part["path"], part["kind"]) for part in known}
        rows = [
            {"path": path, "kind": kind, "seen": seen, "told": (path, kind) in told}
            for (path, kind), seen in _with_room({**dict.fromkeys(told, 0), **now}, have, room)
        ]
        session.run(_sql.fade_shapes, **where, by=_FADES)
        session.run(
            _sql.add_shapes, **where, workspace_id=row["workspace_id"], rows=Jsonb(rows), at=at
        )
        session.run(_sql.forget_shapes, **where)
        if news:
            found.append(_changed(source, news))
    return found


def _is_new(known: list[dict[str, Any]], at: datetime) -> bool:
    return len(known) >= MOST_PARTS or all(part["first_at"] > at - _LEARNING for part in known)


def _news(known: list[dict[str, Any]], now: dict[Part, int], at: datetime) -> Iterator[Unusual]:
    """What is unusual, and was not told of lately."""
    counts = {(part["path"], part["kind"]): float(part["seen"]) for part in known}
    quiet = {part["path"] for part in known if part["told_at"] and part["told_at"] > at - _QUIET}
    yield from (one for one in unusual(counts, now) if one.part[0] not in quiet)


def _with_room(now: dict[Part, int], have: set[Part], room: int) -> Iterator[tuple[Part, int]]:
    """The parts that are counted: those that are known, and as many new ones as there is room."""
    for part in sorted(now, key=lambda part: (part not in have, -now[part], part)):
        room -= part not in have
        if room >= 0:
            yield part, now[part]


def _changed(source: str, news: list[Unusual]) -> Changed:
    more = f"; and {len(news) - _TOLD} more" if len(news) > _TOLD else ""
    detail = f"{source}: {'; '.join(one.sentence() for one in news[:_TOLD])}{more}"
    first = news[0]
    paths = tuple(one.part[0] for one in news)
    return Changed(detail[:2_000], first.share, first.usual, first.score, paths)


def reader_of(definition: dict[str, Any], paths: tuple[str, ...]) -> str | None:
    """The first step that reads one of the fields."""
    for path in paths:
        names = path.split("/*", 1)[0].strip("/").replace("/", ".")
        for _, step in walk(definition.get("steps", [])):
            if names and f"$trigger.body.{names}" in str(own_fields(step)):
                return str(step.get("id") or step.get("name"))
    return None
