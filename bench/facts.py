"""Ten million facts: ingestion, dashboards, exports, and DuckDB beside it on the same facts.

ingest     rows/s through the product's own ingestion (keys, revisions, roll-ups by hour and day,
           sketches), in batches as a queue delivers them: the first million (`--ingested`); the
           others are written into the table, and their sums made by the product's `rebuild`
dashboards the ready dashboards' figures as an endpoint answers them, at 10^5, 10^6 and 10^7 facts
exports    single facts as CSV, MB/s
DuckDB     the same facts in a table of its own without roll-ups: loaded, the same dashboard asked in
           SQL, written as CSV

The facts are a year of 20 workflows: executions, their triggers' starts and three steps of each.
Besides, for `people`, one in a hundred is a sign-in, a change, a decision or a message of 50 people.
Every size is spread over the whole year; the larger ones come on top of the smaller. DuckDB is installed
apart, in `.venv-duckdb` (`--no-peer` leaves it out). At 10^7 it needs 25 GB of disk for a while.
Run: python bench/facts.py [--facts 10000000] [--ingested 1000000] [--rounds 20] [--no-peer] [--json]
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import harness
import psycopg

ROOT = Path(__file__).resolve().parent.parent
BATCH = 2_000
SIZES = (100_000, 1_000_000, 10_000_000)
WORKFLOWS = [f"0190b0a0-0000-7000-8000-{n:012d}" for n in range(1, 21)]
WORKSPACE = "0190b0a0-0000-7000-8000-0000000000aa"
YEAR = timedelta(days=365)
ERRORS = ("Http.ServerError", "Http.Timeout", "Order.Invalid", "States.Timeout", "Stock.Empty")
PEOPLE, SHARE = 50, 100
"""People of the workspace, and one in how many facts is of them."""
OF_PEOPLE = (
    ("sign_in", "succeeded", {"via": "password"}),
    ("change", "changed", {"subject": "workflow.published"}),
    ("decision", "approved", {"subject": "review"}),
    ("notification", "delivered", {"via": "email", "subject": "approval"}),
)
DASHBOARDS = ("overview", "reliability", "speed", "worth", "people")
EXPORTED = 1_000_000
NEEDED = 2_600
"""Bytes of disk a fact, at the most: the table, its roll-ups, a copy for DuckDB, its own file."""

FILL = """
INSERT INTO analytics_facts (workspace_id, kind, at, key, revision, workflow_id, version, subject, via,
    status, error, duration_ms, attempts, units, histories_read)
SELECT %(workspace)s, kind, at, key || coalesce('/' || subject, ''), 1, workflow, 1 + w %% 2, subject,
    CASE WHEN kind = 'step' THEN 'action' ELSE via END, CASE WHEN kind = 'trigger' THEN 'started' ELSE status END,
    CASE WHEN kind <> 'trigger' THEN error END,
    CASE kind WHEN 'execution' THEN took WHEN 'step' THEN took / 3 END, 0,
    CASE WHEN kind = 'execution' THEN 7 ELSE 0 END, CASE WHEN kind = 'execution' THEN true END
FROM (
    SELECT *, ('0190b0a0-0000-7000-8000-' || lpad((w + 1)::text, 12, '0'))::uuid AS workflow,
        format('0190b0a0-0000-7000-8000-%%s/filled-%%s-%%s', lpad((w + 1)::text, 12, '0'), %(month)s::int, n) AS key,
        exp(7 + w / 10.0 + sqrt(-2 * ln(1 - random())) * cos(6.283185 * random()))::bigint AS took,
        CASE WHEN failed THEN 'failed' ELSE 'succeeded' END AS status,
        CASE WHEN failed THEN (%(errors)s::text[])[1 + floor(random() * 5)::int] END AS error,
        (ARRAY['webhook', 'webhook', 'schedule', 'manual'])[1 + floor(random() * 4)::int] AS via
    FROM (SELECT n, %(since)s::timestamptz + %(span)s * ((n + random()) / %(runs)s) AS at,
              floor(random() * 20)::int AS w, random() < 0.05 AS failed
          FROM generate_series(0, %(runs)s::int - 1) n) drawn) runs
CROSS JOIN (VALUES ('execution', NULL), ('trigger', NULL), ('step', 'fetch'), ('step', 'decide'),
    ('step', 'store')) kinds (kind, subject)
"""


def main() -> None:
    parser = harness.arguments(__doc__ or "")
    parser.add_argument("--facts", type=int, default=10_000_000)
    parser.add_argument("--ingested", type=int, default=1_000_000, help="facts that are ingested")
    parser.add_argument("--rounds", type=int, default=20, help="looks at each dashboard")
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="looked at on the way")
    parser.add_argument("--no-peer", action="store_true", help="without DuckDB")
    options = parser.parse_args()
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < options.facts * NEEDED:
        raise SystemExit(f"{options.facts * NEEDED / 1e9:.0f} GB of disk are needed")
    python = None if options.no_peer else harness.peer("duckdb", "duckdb", "pytz")
    with ground() as (folder, url):
        result = measure(folder, url, options, python)
    print(json.dumps(result) if options.json else report(result), flush=True)


@contextmanager
def ground() -> Iterator[tuple[Path, str]]:
    """A database of its own with a workspace and its workflows; nothing is left of it."""
    from localcloud.database import EmbeddedDatabase
    from statewright.db import close_pool
    from statewright.db.migrate import migrate

    folder = Path(tempfile.mkdtemp(prefix="statewright-bench-"))
    database = EmbeddedDatabase(folder / "postgres")
    try:
        url = database.start()
        os.environ["STATEWRIGHT_DATABASE_URL"] = url
        migrate()
        with psycopg.connect(url) as connection:
            prepare(connection)
        yield folder, url
    finally:
        close_pool()
        database.stop()
        shutil.rmtree(folder, ignore_errors=True)


def prepare(connection: psycopg.Connection) -> None:
    """The workspace, whose days are Berlin's."""
    connection.execute(
        "INSERT INTO workspaces VALUES (%s, 'Bench', '{}', now())",
        (WORKSPACE,),
    )
    for number, workflow in enumerate(WORKFLOWS):
        connection.execute(
            "INSERT INTO workflows (id, workspace_id, name, definition, version, created_at,"
            " updated_at) VALUES (%s, %s, %s, '{\"steps\": []}', 1, now(), now())",
            (workflow, WORKSPACE, f"Workflow {number}"),
        )
    connection.execute(
        "INSERT INTO analytics_settings VALUES (%s, 'Europe/Berlin', 'EUR', 40, 'en')", (WORKSPACE,)
    )


def measure(folder: Path, url: str, options: Any, python: Path | None) -> dict[str, Any]:
    """Everything, in one run."""
    result: dict[str, Any] = {"bench": "facts", "machine": harness.machine(), "sizes": []}
    result["machine"]["load"] = os.getloadavg()[0]
    end, done = datetime.now(UTC).replace(minute=0, second=0, microsecond=0), 0
    for size in sorted({*(s for s in options.sizes if s < options.facts), options.facts}):
        found: dict[str, Any] = {"facts": size}
        if size <= options.ingested:
            found["ingest"] = ingest_facts(facts(size - done, done, end))
        else:
            found["rebuild"] = fill(url, size - done, end)
        found["people"] = ingest_facts(people((size - done) // SHARE, done, end))
        done = size
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        found["dashboards_ms"] = looks(url, options.rounds)
        result["sizes"].append(found)
        print(json.dumps(found), flush=True)
    result["export"] = export(folder)
    print(json.dumps(result["export"]), flush=True)
    if python is not None:
        result["duckdb"] = peer(folder, url, python, options.rounds)
    return result


# -- facts --------------------------------------------------------------------------------------------


def facts(count: int, seed: int, end: datetime) -> Iterator[Any]:
    """So many facts of a year, in the order of their moments."""
    return islice(runs_of(count, seed, end), count)


def runs_of(count: int, seed: int, end: datetime) -> Iterator[Any]:
    """For each execution its start and three steps."""
    from statewright.analytics.facts import Fact

    chance = random.Random(seed)
    runs = -(-count // 5)
    for number in range(runs):
        at = end - YEAR + YEAR * ((number + chance.random()) / runs)
        workflow = chance.randrange(20)
        key = f"{WORKFLOWS[workflow]}/{seed:08d}-{number:08d}"
        took = int(chance.lognormvariate(7 + workflow / 10, 1))
        failed = chance.random() < 0.05
        run = Fact(
            "execution",
            key,
            at,
            "failed" if failed else "succeeded",
            1,
            WORKSPACE,
            WORKFLOWS[workflow],
            version=1 + workflow % 2,
            via=("webhook", "webhook", "schedule", "manual")[chance.randrange(4)],
            error=ERRORS[chance.randrange(5)] if failed else None,
            duration_ms=took,
            units=7,
        )
        yield run
        yield replace(run, kind="trigger", status="started", revision=0, error=None,
                      duration_ms=None, units=0)  # fmt: skip
        for step in ("fetch", "decide", "store"):
            yield replace(run, kind="step", key=f"{key}/{step}", via="action", subject=step,
                          duration_ms=took // 3, units=0)  # fmt: skip


def people(count: int, seed: int, end: datetime) -> Iterator[Any]:
    """A year of what people do, in the order of its moments."""
    from statewright.analytics.facts import Fact

    chance = random.Random(seed + 1)
    for number in range(count):
        kind, status, more = OF_PEOPLE[number % 4]
        workflow = WORKFLOWS[chance.randrange(20)] if kind == "decision" else None
        timed = kind in {"decision", "notification"}
        yield Fact(
            kind,  # type: ignore[arg-type]
            f"{seed:08d}-{number:08d}",
            end - YEAR + YEAR * ((number + chance.random()) / count),
            status if chance.random() < 0.95 else "failed",
            workspace_id=WORKSPACE,
            workflow_id=workflow,
            actor=None
            if timed
            else f"user:0190b0a0-0000-7000-8000-{chance.randrange(PEOPLE):012d}",
            duration_ms=int(chance.lognormvariate(12, 2)) if timed else None,
            **more,
        )


def ingest_facts(source: Iterator[Any]) -> dict[str, Any]:
    """Takes facts in batches; only the product's own work is timed."""
    from statewright.analytics.facts import ingest

    spent, taken, count, slowest = 0.0, 0, 0, 0.0
    while batch := list(islice(source, BATCH)):
        count += len(batch)
        begun = time.perf_counter()
        taken += ingest(batch, datetime.now(UTC))
        took = time.perf_counter() - begun
        spent, slowest = spent + took, max(slowest, took)
    assert taken == count
    return {
        "rows": count,
        "rows_per_second": round(count / max(spent, 1e-9)),
        "slowest_batch_s": round(slowest, 2),
    }


def fill(url: str, count: int, end: datetime) -> dict[str, Any]:
    """Writes facts without their sums, month by month, and has all sums made anew."""
    from statewright.analytics import settings as counting

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for month in range(12):
            since, runs = end - YEAR + month * YEAR / 12, count // 5 // 12
            known = {"workspace": WORKSPACE, "since": since, "span": YEAR / 12, "runs": runs}
            for day in (since, since + YEAR / 12):
                connection.execute("SELECT analytics_ensure_month(%s)", (day.date(),))
            connection.execute(FILL, {**known, "month": month, "errors": list(ERRORS)})
    begun = time.perf_counter()
    summed = counting.rebuild(WORKSPACE)
    return {"rows": summed, "rows_per_second": round(summed / (time.perf_counter() - begun))}


# -- dashboards ---------------------------------------------------------------------------------------


def looks(url: str, rounds: int) -> dict[str, Any]:
    """Each ready dashboard as its endpoint answers it, without an entity tag.

    ``cpu`` is processor time of this process and of its database's connections: what a look takes
    on a machine that does nothing else.
    """
    from statewright.analytics import dashboards
    from statewright.analytics.dashboards import View

    def look(name: str) -> None:
        seen = dashboards.look(WORKSPACE, name, None, View())
        assert seen.data is not None
        assert all(shown.answer is not None for shown in seen.data.widgets)

    found: dict[str, Any] = {}
    for name in DASHBOARDS:
        before = processor_ms(url)
        found[name] = timed(lambda name=name: look(name), rounds)  # type: ignore[misc]
        found[name]["cpu"] = round((processor_ms(url) - before) / (rounds + 1), 1)
    return found


def processor_ms(url: str) -> float:
    """Processor time so far: of this process, and of its connections to the database."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid()"
        ).fetchall()
    ticks = 0
    for (pid,) in rows:
        with suppress(FileNotFoundError):  # a connection that has just ended
            fields = Path(f"/proc/{pid}/stat").read_text().split()
            ticks += int(fields[13]) + int(fields[14])
    return time.process_time() * 1e3 + ticks * 1e3 / os.sysconf("SC_CLK_TCK")


def timed(ask: Callable[[], None], rounds: int) -> dict[str, float]:
    """p50 and p95 of asking, in milliseconds; the first time is not counted."""
    took = []
    for number in range(rounds + 1):
        begun = time.perf_counter()
        ask()
        if number:
            took.append((time.perf_counter() - begun) * 1e3)
    return {
        "p50": round(statistics.median(took), 1),
        "p95": round(harness.percentile(took, 0.95), 1),
    }


# -- exports ------------------------------------------------------------------------------------------


def export(folder: Path) -> dict[str, Any]:
    """A file of single facts, as `build-report` writes it."""
    from statewright.analytics import building
    from statewright.analytics.models import Settings
    from statewright.analytics.report_models import NewExport

    wanted = NewExport.model_validate(
        {
            "format": "csv",
            "title": "Bench",
            "records": {
                "dataset": "steps",
                "period": {"last": 13, "unit": "month"},
                "limit": EXPORTED,
            },
        }
    )
    job = building.Job(
        WORKSPACE, "0190b0a0-0000-7000-8000-0000000000ff", wanted, "bench", Settings()
    )
    file = folder / "export.csv"
    begun = time.perf_counter()
    rows = building.write(job, file)
    spent = time.perf_counter() - begun
    size = file.stat().st_size / 1e6
    file.unlink()
    return {"rows": rows, "mb": round(size, 1), "mb_per_second": round(size / spent, 2),
            "rows_per_second": round(rows / spent)}  # fmt: skip


# -- DuckDB -------------------------------------------------------------------------------------------


def peer(folder: Path, url: str, python: Path, rounds: int) -> dict[str, Any]:
    """DuckDB on a copy of the same facts, in a process of its own."""
    copy = folder / "facts.csv"
    with psycopg.connect(url) as connection, copy.open("wb") as file:
        statement = (
            b"COPY (SELECT * FROM analytics_facts ORDER BY at) TO STDOUT (FORMAT csv, HEADER)"
        )
        with connection.cursor().copy(statement) as rows:
            for part in rows:
                file.write(part)
    command = [
        str(python),
        str(Path(__file__).with_name("facts_duckdb.py")),
        str(folder),
        str(rounds),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def report(result: dict[str, Any]) -> str:
    """The figures for people."""
    machine = result["machine"]
    lines = [f"{machine['cpu']}, {machine['cores']} cores, load {machine['load']:.1f} at the start"]
    for one in result["sizes"]:
        figures = ", ".join(
            f"{k} {v['p95']} ({v['cpu']} of processor)" for k, v in one["dashboards_ms"].items()
        )
        way = "ingest" if "ingest" in one else "rebuild"
        rate = one[way]["rows_per_second"]
        lines.append(
            f"{one['facts']:,} facts: {way} {rate:,} rows/s; dashboards' p95 in ms: {figures}"
        )
    exported, other = result["export"], result.get("duckdb")
    lines.append(
        f"export: {exported['mb_per_second']} MB/s, {exported['rows_per_second']:,} rows/s"
    )
    if other is not None:
        last = result["sizes"][-1]
        rate = [one["ingest"]["rows_per_second"] for one in result["sizes"] if "ingest" in one][-1]
        ratio = other["overview"]["p95"] / last["dashboards_ms"]["overview"]["p95"]
        lines += [
            f"DuckDB {other['version']}: loaded at once {other['load']['rows_per_second']:,} rows/s, in batches of {BATCH:,} {other['batches']['rows_per_second']:,} rows/s "
            f"({rate / other['batches']['rows_per_second']:.2f} of it here, with roll-ups)",
            f"DuckDB's overview: p95 {other['overview']['p95']} ms ({ratio:.1f} times ours)",
            f"DuckDB's export: {other['export']['mb_per_second']} MB/s ({exported['mb_per_second'] / other['export']['mb_per_second']:.2f} of it here)",
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
