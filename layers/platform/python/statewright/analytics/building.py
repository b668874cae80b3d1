"""Makes the file of an export: reads as a stream, writes to disk, stores it as one object."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

from statewright import world
from statewright.analytics import compiling, dashboards, exporting, querying
from statewright.analytics.exports.tables import Column, Look, Table, Value, table_of
from statewright.analytics.models import Query, Settings
from statewright.analytics.periods import Span, resolve, zone_of
from statewright.analytics.report_models import Format, NewExport, Records, Report
from statewright.analytics.settings import read_settings
from statewright.aws import objects
from statewright.db import Session, load_queries, tenant
from statewright.errors import NotFoundError, StatewrightError
from statewright.notifications import sending
from statewright.notifications.models import Body, NewNotification
from statewright.notifications.sending import Sender

ACTOR = "system:reports"
_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
_sql = load_queries(__package__, "reports.sql")


@dataclass(frozen=True, slots=True)
class Job:
    """An export to be made, as its row says."""

    workspace_id: str
    export_id: str
    wanted: NewExport
    owner: str
    settings: Settings

    @property
    def locale(self) -> str:
        """The language of its figures."""
        return self.wanted.locale or self.settings.locale


def build(workspace_id: str, export_id: str) -> str:
    """Makes an export's file, again if it is made again; says what became of it.

    What cannot be made whatever is tried is noted as failed. Other errors are raised: the state
    machine tries again.
    """
    job = _job(workspace_id, export_id)
    _note(job, 0)
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"export.{job.wanted.format}"
            rows = write(job, file)
            key = f"exports/{workspace_id}/{export_id}.{job.wanted.format}"
            with file.open("rb") as content:
                objects.put(key, content, _TYPES[job.wanted.format])
            size = file.stat().st_size
    except StatewrightError as error:
        if error.status >= 500:
            raise
        finish(workspace_id, export_id, "failed", error=error.detail)
        return "failed"
    finish(workspace_id, export_id, "succeeded", rows=rows, size=size, key=key)
    return "succeeded"


def _job(workspace_id: str, export_id: str) -> Job:
    with tenant(workspace_id) as session:
        row = session.one(_sql.find_export, id=export_id)
        settings = read_settings(session)
    if row is None:
        raise NotFoundError("There is no such export.")
    wanted = NewExport.model_validate(row["request"])
    return Job(workspace_id, export_id, wanted, row["requested_by"], settings)


def finish(
    workspace_id: str,
    export_id: str,
    status: str,
    *,
    rows: int | None = None,
    size: int | None = None,
    key: str | None = None,
    error: str | None = None,
) -> None:
    """Notes what became of an export."""
    with tenant(workspace_id) as session:
        session.run(
            _sql.finish_export,
            id=export_id,
            status=status,
            rows=rows,
            bytes=size,
            key=key,
            error=None if error is None else error[:1_000],
            now=world.now(),
        )


def _note(job: Job, rows: int, expected: int | None = None) -> None:
    with tenant(job.workspace_id) as session:
        session.run(_sql.note_progress, id=job.export_id, rows=rows, expected=expected)


def write(job: Job, file: Path) -> int:
    """Writes what an export asks for into a file; returns the number of its rows."""
    wanted = job.wanted
    if wanted.records is not None:
        return _write_records(job, wanted.records, file)
    if wanted.dashboard is not None:
        return write_tables(_dashboard_tables(job, wanted.dashboard), wanted, file, _silent)
    answer = querying.answer(job.workspace_id, _query(job))
    table = table_of(answer, wanted.title, job.locale)
    _note(job, 0, len(answer.rows))
    return write_tables([table], wanted, file, lambda rows: _note(job, rows))


def _silent(rows: int) -> None:
    """A dashboard's tables are small: nobody watches them grow."""


def _query(job: Job) -> Query:
    if job.wanted.query is not None:
        return job.wanted.query
    with tenant(job.workspace_id) as session:
        row = session.one(_sql.find_report, id=job.wanted.report_id, owner=job.owner)
    if row is None:
        raise NotFoundError("The report is not there any more.")
    return Report.model_validate(row).query


def _dashboard_tables(job: Job, dashboard: str) -> list[Table]:
    shown = dashboards.find(job.workspace_id, dashboard, job.owner)
    return [
        table_of(querying.answer(job.workspace_id, widget.query), widget.title, job.locale)
        for widget in shown.widgets
    ]


def write_tables(
    tables: list[Table], wanted: NewExport, file: Path, progress: Callable[[int], None]
) -> int:
    """Writes tables in a format; says how many rows there were."""
    match wanted.format:
        case "pdf":
            from statewright.analytics.exports.pdf import write_pdf

            return write_pdf(tables, file, wanted.title, world.now())
        case "xlsx":
            from statewright.analytics.exports.excel import write_xlsx

            return write_xlsx(tables[0], file, progress)
        case "csv" | "jsonl":
            from statewright.analytics.exports.text_files import write_csv, write_jsonl

            lines = write_csv if wanted.format == "csv" else write_jsonl
            with file.open("w", encoding="utf-8", newline="") as target:
                return lines(tables[0], target, progress)
        case _:
            assert_never(wanted.format)


def _write_records(job: Job, records: Records, file: Path) -> int:
    plan = exporting.plan_of(records)
    zone = zone_of(records.time_zone or job.settings.time_zone)
    span = resolve(records.period, zone, world.now())
    with tenant(job.workspace_id) as session:
        count = session.one(
            _sql.count_records, kind=plan.dataset.kind, since=span.since, until=span.until
        )
    expected = 0 if count is None else int(count["n"] or 0)
    _note(job, 0, min(expected, records.limit))
    with tenant(job.workspace_id) as session:
        table = records_table(session, job, plan, span, records.limit)
        return write_tables([table], job.wanted, file, lambda rows: _note(job, rows))


def records_table(
    session: Session, job: Job, plan: compiling.Plan, span: Span, limit: int
) -> Table:
    """Single facts as a table whose rows come as they are read."""
    columns = (
        Column("at", "Time", "time"),
        Column("key", "Key", "text"),
        *(Column(d.name, d.label, "text") for d in plan.dataset.dimensions.values()),
        Column("duration_ms", "Duration", "milliseconds"),
        Column("retries", "Retries", "count"),
        Column("detail", "Detail", "text"),
    )
    statement = compiling.records(plan, span, limit)
    look = Look(job.locale, span.zone.key, job.settings.currency)
    rows = _values(session.stream(statement.sql, **statement.parameters))
    return Table(job.wanted.title, columns, rows, look)


def _values(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[Value, ...]]:
    return (tuple(row.values()) for row in rows)


def tell(workspace_id: str, export_id: str) -> str:
    """Tells those who wait for a file that it is there, or that it cannot be made; once."""
    with tenant(workspace_id) as session:
        row = session.one(_sql.find_export, id=export_id)
    if row is None:
        raise NotFoundError("There is no such export.")
    url = exporting.link_to(workspace_id, row)
    title = row["title"]
    if url is None:
        body = Body(
            subject=f"'{title}' could not be made",
            text=f"The file '{title}' could not be made: {row['error']}",
        )
    else:
        text = (
            f"The file '{title}' ({row['format']}) is ready for {exporting.LINK_DAYS} days:\n{url}"
        )
        body = Body(subject=f"'{title}' is ready", text=text, url=url)
    wanted = NewNotification(
        to=row["recipients"],
        channels=["in_app", "email"],
        content=body,
        category="report-ready",
        dedup_key=f"report-ready:{export_id}",
    )
    return sending.send(Sender(workspace_id, ACTOR), wanted).id
