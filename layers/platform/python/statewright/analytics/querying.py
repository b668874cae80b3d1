"""Answers reports' queries, within bounds of time and size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain

import psycopg

from statewright import world
from statewright.analytics import compiling, shaping
from statewright.analytics.compiling import Plan, Reading, Source
from statewright.analytics.facts import HOUR_MONTHS, first_kept, month_before
from statewright.analytics.models import Answer, Filter, Query, Row, Settings
from statewright.analytics.periods import Span, midnight, previous, resolve, starts, zone_of
from statewright.analytics.reading import Reader
from statewright.analytics.settings import read_settings
from statewright.analytics.shaping import WHOLE, Found, Group
from statewright.db import Session, load_queries, tenant
from statewright.errors import InvalidError, Issue

TIMEOUT_MS = 5_000
_sql = load_queries(__package__, "answers.sql")


@dataclass(frozen=True, slots=True)
class _Question:
    """A plan over a span."""

    plan: Plan
    span: Span
    settings: Settings


class CostlyError(InvalidError):
    """The query takes too long or gives too much (caller's fault: narrow it down)."""

    kind, title = "too-costly", "The query is too costly"


class _SlowError(CostlyError):
    """The database has given the statement up, and with it the transaction."""


class _TogetherError(Exception):
    """What several queries ask takes too long together, and the transaction has ended."""


def answer(workspace_id: str, query: Query) -> Answer:
    """Answers a query.

    Raises:
        InvalidError: its names are not in the model, or its period is no period.
        CostlyError: it takes more than five seconds, or has more than 10,000 groups.
    """
    found = answers(workspace_id, [query])[0]
    if isinstance(found, InvalidError):
        raise found
    return found


def answers(workspace_id: str, queries: Sequence[Query]) -> list[Answer | InvalidError]:
    """Answers several queries, of one state of the facts; for one that cannot be, why not.

    In one transaction, as to begin one costs as much as most queries; what several read of the same
    rows is read together, unless that takes too long.
    """
    found: list[Answer | InvalidError] = []
    together = True
    while len(found) < len(queries):
        try:
            with tenant(workspace_id) as session:
                session.run(_sql.limit_time, milliseconds=str(TIMEOUT_MS))
                settings = read_settings(session)
                planned = [_planned(query, settings) for query in queries[len(found) :]]
                asking = _Asking(session, Reader(session, settings.hourly_rate))
                if together:
                    _read_ahead(asking.reader, planned)
                for question in planned:
                    found.append(_attempt(asking, question))
        except _TogetherError:
            together = False
        except _SlowError as error:
            found.append(error)
    return found


@dataclass(frozen=True, slots=True)
class _Asking:
    """A transaction, and what is read in it."""

    session: Session
    reader: Reader


def _planned(query: Query, settings: Settings) -> _Question | InvalidError:
    try:
        plan = compiling.plan(query)
        zone = zone_of(query.time_zone or settings.time_zone)
        span = resolve(query.period, zone, world.now())
        if query.grain is not None:
            starts(span, query.grain)
        if query.compare is not None:
            previous(span, query.period, query.compare)
        return _Question(plan, span, settings)
    except InvalidError as error:
        return error


def _read_ahead(reader: Reader, planned: list[_Question | InvalidError]) -> None:
    """Reads what is read first for each question: all but single periods of some groups."""
    questions = [question for question in planned if isinstance(question, _Question)]
    questions += [_before(question) for question in questions if question.plan.query.compare]
    readings = [_readings(each, grained=_grained_first(each.plan)) for each in questions]
    try:
        reader.read_ahead([*chain.from_iterable(readings)])
    except psycopg.errors.QueryCanceled:
        raise _TogetherError from None


def _grained_first(plan: Plan) -> bool:
    """Whether the periods are read at once: without groups, what is read for the periods gives all
    of them together."""
    return plan.query.grain is not None and not plan.dimensions


def _attempt(asking: _Asking, question: _Question | InvalidError) -> Answer | InvalidError:
    if isinstance(question, InvalidError):
        return question
    try:
        return _answer(asking, question)
    except psycopg.errors.QueryCanceled:
        issue = Issue("/period", "is too long for so many groups")
        raise _SlowError("The query takes more than five seconds.", (issue,)) from None
    except InvalidError as error:
        return error


def _answer(asking: _Asking, question: _Question) -> Answer:
    plan, query = question.plan, question.plan.query
    groups, periods, source = _looked(asking, question)
    totals = Row(values=shaping.taken_out(plan, groups))
    kept = shaping.best(plan, groups)
    found = groups if periods is None else periods
    if query.grain is not None and periods is None:
        found, _ = _run(asking, _only(question, kept, groups), grained=True)
        found = {key: values for key, values in found.items() if key[1] in set(kept)}
    rows = _rows(question, found, kept)
    if query.compare is not None:
        rows, totals = _compared(asking, question, rows, totals)
    return Answer(
        columns=shaping.columns(plan),
        rows=rows,
        totals=totals,
        labels=shaping.labels(asking.session, plan, kept),
        since=question.span.since.astimezone(question.span.zone),
        until=question.span.until.astimezone(question.span.zone),
        time_zone=question.span.zone.key,
        currency=question.settings.currency,
        truncated=len(groups) > len(kept),
        source=source,
        complete=_complete(source, question.span),
        chart=query.chart,
    )


def _looked(asking: _Asking, question: _Question) -> tuple[Found, Found | None, Source]:
    """The measures by group; by period, too, where there are periods and no groups."""
    if not _grained_first(question.plan):
        groups, source = _run(asking, question, grained=False)
        return groups, None, source
    periods, source = _run(asking, question, grained=True)
    return {WHOLE: periods.pop(WHOLE, shaping.nothing(question.plan))}, periods, source


def _complete(source: Source, span: Span) -> bool:
    now = world.now()
    oldest = {"facts": first_kept(now), "hours": month_before(now, HOUR_MONTHS)}
    return source == "days" or span.since >= oldest[source]


def _only(question: _Question, kept: list[Group], groups: Found) -> _Question:
    """The question about the groups that are shown, where there are others: it need not ask for
    those."""
    plan = question.plan
    values = {group[0] for group in kept} if plan.dimensions else set()
    if len(groups) == len(kept) or None in values:
        return question
    shown = Filter.model_construct(
        dimension=plan.dimensions[0].name, operator="is", values=sorted(map(str, values))
    )
    conditions = (*plan.conditions, (plan.dimensions[0], shown))
    return replace(question, plan=replace(plan, conditions=conditions))


def _readings(question: _Question, *, grained: bool) -> list[Reading]:
    """What is read for the measures by period and group."""
    plan, span, own = question.plan, question.span, question.settings.time_zone
    parts = (
        compiling.sums(plan, span, own, grained=grained),
        compiling.quantiles(plan, span, own, grained=grained),
    )
    return [part for part in parts if part is not None]


def _run(asking: _Asking, question: _Question, *, grained: bool) -> tuple[Found, Source]:
    """The measures by period and group, and what was summed."""
    found: Found = {}
    readings = _readings(question, grained=grained)
    for reading in readings:
        _merge(asking, question, reading, found)
    sources = [reading.source for reading in readings]
    return found, "facts" if "facts" in sources else sources[0]


def _merge(asking: _Asking, question: _Question, reading: Reading, found: Found) -> None:
    rows = asking.reader.rows(reading)
    if len(rows) - any(row.whole for row in rows) > reading.most:
        issue = Issue("/dimensions", f"give more than {reading.most:,} groups")
        raise CostlyError("That gives too many groups: filter, or drop a dimension.", (issue,))
    for row in rows:
        key = WHOLE if row.whole else (_period(row.period, question.span), row.group)
        values = found.setdefault(key, shaping.nothing(question.plan))
        for i, value in row.values.items():
            values[i] = value


def _period(value: date | datetime | None, span: Span) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return midnight(value, span.zone)


def _rows(question: _Question, found: Found, kept: Iterable[Group]) -> list[Row]:
    """Rows by group and period; without dimensions, each period has one, if an empty one."""
    grain, zone = question.plan.query.grain, question.span.zone
    if grain is None:
        return [Row(dimensions=list(group), values=found[None, group]) for group in kept]
    periods = starts(question.span, grain)
    empty = not question.plan.dimensions
    rows = []
    for group in [()] if empty else kept:
        for period in periods:
            values = found.get((period, group), shaping.nothing(question.plan) if empty else None)
            if values is not None:
                local = period.astimezone(zone)
                rows.append(Row(period=local, dimensions=list(group), values=values))
    return rows


def _before(question: _Question) -> _Question:
    """The same question about the period to compare with."""
    query = question.plan.query
    return replace(question, span=previous(question.span, query.period, str(query.compare)))


def _compared(
    asking: _Asking, question: _Question, rows: list[Row], totals: Row
) -> tuple[list[Row], Row]:
    """The same with the values of the period to compare with, the first point with the first."""
    plan, grain = question.plan, question.plan.query.grain
    before = _before(question)
    groups, periods, _ = _looked(asking, before)
    found = groups if grain is None else periods or _run(asking, before, grained=True)[0]
    now = starts(question.span, grain) if grain else []
    then = starts(before.span, grain) if grain else []
    matching = dict(zip(now, then, strict=False))
    shown = []
    for row in rows:
        period = None if row.period is None else matching.get(row.period.astimezone(now[0].tzinfo))
        values = found.get((period, tuple(row.dimensions)))
        shown.append(row.model_copy(update={"previous": values or shaping.nothing(plan)}))
    return shown, totals.model_copy(update={"previous": shaping.taken_out(plan, groups)})
