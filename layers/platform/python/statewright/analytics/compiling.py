"""Compiles a report's query to SQL: declared fragments, and parameters for everything else.

The same figures can be summed from daily roll-ups, hourly ones or single facts. The compiler takes
the smallest that is exact: days, where the query's days are the workspace's own; hours, where hours
begin when they do in UTC; facts else. Sketches are kept by fewer dimensions than sums, so they may
come from another source than the sums of the same query. What is to be read for one query or for
several becomes SQL in ``reading``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, assert_never

from statewright.analytics.catalogue import DATASETS, Dataset, Dimension, Measure, Quantile, Sum
from statewright.analytics.models import Filter, Query
from statewright.analytics.periods import Span, has_whole_days, has_whole_hours
from statewright.errors import InvalidError, Issue
from statewright.ids import is_id

MAX_GROUPS = 10_000
MAX_ROWS = 20_000
"""The most rows of an answer: groups times periods."""
Source = Literal["days", "hours", "facts"]
_SUMS: dict[Source, str] = {"days": "analytics_days r", "hours": "analytics_hours r"}
_SKETCHES: dict[Source, str] = {
    "days": "analytics_day_sketches r",
    "hours": "analytics_hour_sketches r",
}
# Conditions stand within: outside, PostgreSQL 18 uses no index for them beside grouping sets.
_FACT_SUMS = """(SELECT r.*, 1 AS n, (r.duration_ms IS NOT NULL)::int AS timed,
    (r.target_ms IS NOT NULL AND r.duration_ms IS NOT NULL)::int AS judged,
    coalesce(r.duration_ms <= r.target_ms AND r.status = 'succeeded', false)::int AS met
    FROM analytics_facts r WHERE {where}) r"""
_FACT_SKETCHES = """(SELECT r.*, analytics_sketch(r.duration_ms) AS sketch
    FROM analytics_facts r WHERE {where} AND r.duration_ms IS NOT NULL) r"""


@dataclass(frozen=True, slots=True)
class Plan:
    """A query whose names are known: what to measure, by what."""

    query: Query
    dataset: Dataset
    measures: tuple[Measure, ...]
    dimensions: tuple[Dimension, ...]
    conditions: tuple[tuple[Dimension, Filter], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read for a plan over a span: sums or sketches of some rows, by some keys.

    ``keys`` are names (``period``, ``d0``…) with their expressions; ``whole``: also all of them
    together; ``sums`` and ``quantiles`` say what becomes of which of the plan's measures.
    """

    source: Source
    table: str
    where: str
    parameters: dict[str, Any]
    keys: tuple[tuple[str, str], ...]
    whole: bool
    sums: tuple[tuple[int, str], ...] = ()
    quantiles: tuple[tuple[int, float], ...] = ()
    needs_targets: bool = False

    @property
    def most(self) -> int:
        """The most rows that it may give, but for all of them together."""
        return MAX_ROWS if self.grained else MAX_GROUPS

    @property
    def grained(self) -> bool:
        """Whether it is by periods."""
        return bool(self.keys) and self.keys[0][0] == "period"


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with its parameters."""

    sql: bytes
    parameters: dict[str, Any]


def plan(query: Query) -> Plan:
    """Looks a query's names up.

    Raises:
        InvalidError: some are not in the model, or a value cannot be one of its dimension.
    """
    dataset = DATASETS.get(query.dataset)
    if dataset is None:
        issue = Issue("/dataset", f"is none of {', '.join(DATASETS)}")
        raise InvalidError("There is no such dataset.", (issue,))
    measures = [_known(dataset.measures, m, f"/measures/{i}") for i, m in enumerate(query.measures)]
    dimensions = [
        _known(dataset.dimensions, d, f"/dimensions/{i}") for i, d in enumerate(query.dimensions)
    ]
    conditions = [
        (_known(dataset.dimensions, f.dimension, f"/filters/{i}/dimension"), f)
        for i, f in enumerate(query.filters)
    ]
    for index, (dimension, condition) in enumerate(conditions):
        _check(dimension, condition, index)
    if query.order_by is not None and query.order_by not in query.measures:
        issue = Issue("/order_by", "is none of the measures")
        raise InvalidError("It can only be ordered by what it measures.", (issue,))
    return Plan(query, dataset, tuple(measures), tuple(dimensions), tuple(conditions))


def _known(names: dict[str, Any], name: str, pointer: str) -> Any:
    found = names.get(name)
    if found is None:
        issue = Issue(pointer, f"is none of {', '.join(names)}")
        raise InvalidError(f"There is no '{name[:100]}' in this dataset.", (issue,))
    return found


def _check(dimension: Dimension, condition: Filter, index: int) -> None:
    pointer = f"/filters/{index}"
    if dimension.kind != "text" and condition.operator in {"contains", "starts_with"}:
        issue = Issue(f"{pointer}/operator", f"does not go with {dimension.name}")
        raise InvalidError("Only texts can be searched in.", (issue,))
    for number, value in enumerate(condition.values):
        if not _fits(dimension, value):
            issue = Issue(f"{pointer}/values/{number}", f"cannot be a {dimension.name}")
            raise InvalidError("A filter's value cannot be there.", (issue,))


def _fits(dimension: Dimension, text: str) -> bool:
    match dimension.kind:
        case "uuid":
            return is_id(text)
        case "int":
            return text.isascii() and text.isdigit() and len(text) < 10
        case "text":
            return "\0" not in text


def sums(plan: Plan, span: Span, own_zone: str, *, grained: bool) -> Reading | None:
    """What is read for those measures that are sums.

    It gives all groups together, too, or all periods of a query without groups.
    """
    wanted = [(i, m.value) for i, m in enumerate(plan.measures) if isinstance(m.value, Sum)]
    if not wanted:
        return None
    source = _source(plan, span, own_zone, grained=grained)
    return Reading(
        source,
        *_rows(_SUMS.get(source, _FACT_SUMS), *_where(plan, span, source)),
        keys=tuple(_keys(plan, source, grained=grained)),
        whole=_has_whole(plan, grained=grained),
        sums=tuple((i, value.sql) for i, value in wanted),
        needs_targets=any(value.needs_targets for _, value in wanted),
    )


def quantiles(plan: Plan, span: Span, own_zone: str, *, grained: bool) -> Reading | None:
    """What is read for those measures that are quantiles, as :func:`sums` gives sums."""
    wanted = [(i, m.value) for i, m in enumerate(plan.measures) if isinstance(m.value, Quantile)]
    if not wanted:
        return None
    used = [*plan.dimensions, *(dimension for dimension, _ in plan.conditions)]
    source: Source = "facts"
    if all(dimension.sketched for dimension in used):
        source = _source(plan, span, own_zone, grained=grained)
    return Reading(
        source,
        *_rows(_SKETCHES.get(source, _FACT_SKETCHES), *_where(plan, span, source)),
        keys=tuple(_keys(plan, source, grained=grained)),
        whole=_has_whole(plan, grained=grained),
        quantiles=tuple((i, value.share) for i, value in wanted),
    )


def _has_whole(plan: Plan, *, grained: bool) -> bool:
    return not (grained and plan.dimensions)


def _source(plan: Plan, span: Span, own_zone: str, *, grained: bool) -> Source:
    grain = plan.query.grain if grained else None
    if grain != "hour" and span.zone.key == own_zone and has_whole_days(span):
        return "days"
    return "hours" if has_whole_hours(span) else "facts"


def _keys(plan: Plan, source: Source, *, grained: bool) -> list[tuple[str, str]]:
    """Names and expressions of what it is grouped by."""
    found = []
    if grained and plan.query.grain == "hour":
        found.append(("period", "date_trunc('hour', r.at, %(zone)s)"))
    elif grained and plan.query.grain is not None:
        local = "r.at::timestamp" if source == "days" else "r.at AT TIME ZONE %(zone)s"
        found.append(("period", f"date_trunc('{plan.query.grain}', {local})::date"))
    found += [(f"d{i}", f"r.{d.column}") for i, d in enumerate(plan.dimensions)]
    return found


def _rows(table: str, where: str, parameters: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """A table with its conditions: within it, if it has a place for them."""
    if "{where}" not in table:
        return table, where, parameters
    return table.format(where=where), "true", parameters


def _where(plan: Plan, span: Span, source: Source) -> tuple[str, dict[str, Any]]:
    parameters: dict[str, Any] = {"kind": plan.dataset.kind, "zone": span.zone.key}
    if source == "days":
        parameters["since"] = span.since.astimezone(span.zone).date()
        parameters["until"] = span.until.astimezone(span.zone).date()
    else:
        parameters["since"], parameters["until"] = span.since, span.until
    # The workspace too, which row-level security demands anyway: so that the key's index is used.
    parts = [
        "r.workspace_id = (SELECT current_workspace()) AND r.kind = %(kind)s",
        "r.at >= %(since)s AND r.at < %(until)s",
    ]
    for index, (dimension, condition) in enumerate(plan.conditions):
        text, value = _condition(dimension, condition, f"f{index}")
        parts.append(text)
        parameters[f"f{index}"] = value
    return " AND ".join(parts), parameters


def records(plan: Plan, span: Span, limit: int) -> Statement:
    """The single facts that a plan is about, the oldest first, with their names for people."""
    where, parameters = _where(plan, span, "facts")
    columns = [
        f"r.{dimension.column}::text AS d{i}"
        for i, dimension in enumerate(plan.dataset.dimensions.values())
    ]
    text = f"""SELECT r.at, r.key, {", ".join(columns)}, r.duration_ms, r.attempts, r.detail
        FROM analytics_facts r WHERE {where} ORDER BY r.at, r.key LIMIT %(limit)s"""  # noqa: S608 (declared parts)
    return Statement(text.encode(), {**parameters, "limit": limit})


def _condition(dimension: Dimension, condition: Filter, name: str) -> tuple[str, Any]:
    column = f"r.{dimension.column}"
    among = f"{column} = ANY(%({name})s::{dimension.kind}[])"
    values: list[Any] = list(condition.values)
    match condition.operator:
        case "is":
            return among, values
        case "is_not":
            return f"({among}) IS NOT TRUE", values
        case "contains":
            return f"{column} ILIKE ANY(%({name})s::text[])", [f"%{_literal(v)}%" for v in values]
        case "starts_with":
            return f"{column} LIKE ANY(%({name})s::text[])", [f"{_literal(v)}%" for v in values]
        case "is_empty":
            return f"{column} IS NULL", None
        case "is_not_empty":
            return f"{column} IS NOT NULL", None
        case _:
            assert_never(condition.operator)


def _literal(text: str) -> str:
    """A text with what LIKE reads as wildcards taken literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
