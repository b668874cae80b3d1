"""Compiles a report's query to SQL: declared fragments, and parameters for everything else.

The same figures can be summed from daily roll-ups, hourly ones or single facts. The compiler takes
the smallest that is exact: days, where the query's days are the workspace's own; hours, where hours
begin when they do in UTC; facts else. Sketches are kept by fewer dimensions than sums, so they may
come from another source than the sums of the same query.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    "days": "analytics_day_latencies r",
    "hours": "analytics_hour_latencies r",
}
_FACT_SUMS = """(SELECT f.*, 1 AS n, (f.duration_ms IS NOT NULL)::int AS timed,
    (f.target_ms IS NOT NULL AND f.duration_ms IS NOT NULL)::int AS judged,
    coalesce(f.duration_ms <= f.target_ms AND f.status = 'succeeded', false)::int AS met
    FROM analytics_facts f) r"""
_FACT_SKETCHES = """(SELECT f.*, 1 AS n, analytics_bucket(f.duration_ms) AS bucket
    FROM analytics_facts f WHERE f.duration_ms IS NOT NULL) r"""
_TARGETS = " LEFT JOIN analytics_targets t ON t.workflow_id = r.workflow_id"


@dataclass(frozen=True, slots=True)
class Plan:
    """A query whose names are known: what to measure, by what."""

    query: Query
    dataset: Dataset
    measures: tuple[Measure, ...]
    dimensions: tuple[Dimension, ...]
    conditions: tuple[tuple[Dimension, Filter], ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with its parameters. It gives ``period``, ``d0``… and ``m0``…, by their numbers."""

    sql: bytes
    parameters: dict[str, Any]
    source: Source


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


def sums(plan: Plan, span: Span, own_zone: str, *, grained: bool) -> Statement | None:
    """The statement of those measures that are sums.

    It gives all groups together, too, or all periods of a query without groups: a row that is
    marked ``whole``.
    """
    wanted = [(i, m.value) for i, m in enumerate(plan.measures) if isinstance(m.value, Sum)]
    if not wanted:
        return None
    source = _source(plan, span, own_zone, grained=grained)
    table = _SUMS.get(source, _FACT_SUMS)
    if any(value.needs_targets for _, value in wanted):
        table += _TARGETS
    keys = _keys(plan, source, grained=grained)
    columns = _told(keys)
    columns += [f"{value.sql} AS m{i}" for i, value in wanted]
    by = ", ".join(expression for _, expression in keys)
    grouped = f" GROUP BY {by}" if keys else ""
    if keys and _has_whole(plan, grained=grained):
        columns.append(f"grouping({by}) <> 0 AS whole")
        grouped = f" GROUP BY GROUPING SETS (({by}), ())"
    where, parameters = _where(plan, span, source)
    text = f"SELECT {', '.join(columns)} FROM {table} WHERE {where}{grouped}"  # noqa: S608 (declared parts)
    text += _limit(grained=grained)
    return Statement(text.encode(), _with_grain(parameters, plan, span), source)


def quantiles(plan: Plan, span: Span, own_zone: str, *, grained: bool) -> Statement | None:
    """The statement of those measures that are quantiles, as :func:`sums` gives sums.

    The quantile q of n durations is that of rank floor(q (n - 1)), in the order of their size.
    """
    wanted = [(i, m.value) for i, m in enumerate(plan.measures) if isinstance(m.value, Quantile)]
    if not wanted:
        return None
    used = [*plan.dimensions, *(dimension for dimension, _ in plan.conditions)]
    source: Source = "facts"
    if all(dimension.sketched for dimension in used):
        source = _source(plan, span, own_zone, grained=grained)
    keys = _keys(plan, source, grained=grained)
    names = [name for name, _ in keys]
    where, parameters = _where(plan, span, source)
    inner = ", ".join([*_aliased(keys), "r.bucket", "sum(r.n) AS n", "false AS whole"])
    by = ", ".join([*names, "bucket"])
    within = f"PARTITION BY {', '.join(['whole', *names])}"
    nothing = "".join("NULL, " for _ in names)
    every = (
        f"UNION ALL SELECT {nothing}bucket, sum(n), true FROM counted GROUP BY bucket"  # noqa: S608 (declared parts)
        if names and _has_whole(plan, grained=grained)
        else ""
    )
    outer = ["whole", *_told([(name, name) for name in names])]
    for i, value in wanted:
        rank = f"floor({value.share} * (total - 1))"
        outer.append(f"analytics_bucket_ms(min(bucket) FILTER (WHERE below > {rank})) AS m{i}")
    text = f"""WITH counted AS (SELECT {inner} FROM {_SKETCHES.get(source, _FACT_SKETCHES)}
            WHERE {where} GROUP BY {by}),
        every AS (SELECT {by}, n, whole FROM counted {every}),
        ranked AS (SELECT *, sum(n) OVER ({within} ORDER BY bucket) AS below,
            sum(n) OVER ({within}) AS total FROM every)
        SELECT {", ".join(outer)} FROM ranked
        GROUP BY {", ".join(["whole", *names])}{_limit(grained=grained)}"""  # noqa: S608 (declared parts)
    return Statement(text.encode(), _with_grain(parameters, plan, span), source)


def _has_whole(plan: Plan, *, grained: bool) -> bool:
    return not (grained and plan.dimensions)


def _limit(*, grained: bool) -> str:
    """So many rows that it can be seen whether there are too many, and the whole among them."""
    return f" LIMIT {(MAX_ROWS if grained else MAX_GROUPS) + 2}"


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
        found.append(("period", f"date_trunc(%(grain)s, {local})::date"))
    found += [(f"d{i}", f"r.{d.column}") for i, d in enumerate(plan.dimensions)]
    return found


def _aliased(keys: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{expression} AS {name}" for name, expression in keys]


def _told(keys: Sequence[tuple[str, str]]) -> list[str]:
    """Dimensions as texts: cast when they are grouped, as there are fewer then."""
    return [
        f"{key}::text AS {name}" if name != "period" else f"{key} AS period" for name, key in keys
    ]


def _with_grain(parameters: dict[str, Any], plan: Plan, span: Span) -> dict[str, Any]:
    return {**parameters, "grain": plan.query.grain or "day", "zone": span.zone.key}


def _where(plan: Plan, span: Span, source: Source) -> tuple[str, dict[str, Any]]:
    parameters: dict[str, Any] = {"kind": plan.dataset.kind}
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
    return Statement(text.encode(), {**parameters, "limit": limit}, "facts")


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
