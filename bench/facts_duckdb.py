"""DuckDB's part of `bench/facts.py`: the same facts, the overview dashboard's figures in SQL.

Run by `bench/facts.py` with the folder that has `facts.csv`, in an environment with DuckDB.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import duckdb

BATCH = 2_000
BATCHES = 200
"""How many small batches are timed: DuckDB is made for large ones."""
EXPORTED = 1_000_000
TABLE = """CREATE TABLE {name} (workspace_id UUID, kind TEXT, "at" TIMESTAMPTZ, key TEXT, revision BIGINT,
    workflow_id UUID, version INT, subject TEXT, via TEXT, actor TEXT, status TEXT, error TEXT,
    duration_ms BIGINT, target_ms BIGINT, attempts BIGINT, units BIGINT, detail TEXT,
    histories_read BOOLEAN{key})"""
KEY = ', PRIMARY KEY (workspace_id, kind, "at", key)'
DAY = """date_trunc('day', "at" AT TIME ZONE 'Europe/Berlin')"""
RECENT = '"at" >= now() - INTERVAL 30 DAY'
BEFORE = '"at" >= now() - INTERVAL 60 DAY AND "at" < now() - INTERVAL 30 DAY'
RATE = "count(*) FILTER (WHERE status = 'succeeded') / nullif(count(*), 0)::DOUBLE"
QUANTILES = "approx_quantile(duration_ms, 0.5), approx_quantile(duration_ms, 0.95)"
RUNS = "FROM facts WHERE kind = 'execution' AND"
OVERVIEW = [
    *(f"SELECT count(*), {RATE} {RUNS} {span}" for span in (RECENT, BEFORE)),
    *(f"SELECT {QUANTILES} {RUNS} {span}" for span in (RECENT, BEFORE)),
    f"SELECT count(*) FILTER (WHERE status = 'running') {RUNS} {RECENT}",
    *(
        f"SELECT count(*) FILTER (WHERE status = 'succeeded') * 0 {RUNS} {span}"
        for span in (RECENT, BEFORE)
    ),
    f"SELECT {DAY}, count(*) FILTER (WHERE status = 'succeeded'), count(*) FILTER (WHERE status = 'failed') {RUNS} {RECENT} GROUP BY 1",
    f"SELECT via, count(*) FROM facts WHERE kind = 'trigger' AND {RECENT} GROUP BY 1",
    f"SELECT workflow_id, count(*), {RATE}, approx_quantile(duration_ms, 0.95), sum(attempts) {RUNS} {RECENT} GROUP BY 1 ORDER BY 2 DESC LIMIT 20",
]


def main() -> None:
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    database = duckdb.connect(str(folder / "facts.duckdb"))
    database.execute("SET TimeZone = 'UTC'")
    result: dict[str, Any] = {"version": duckdb.__version__}
    result["load"] = load(database, folder)
    result["batches"] = batches(database, folder)
    database.execute("DROP TABLE keyed")
    result["overview"] = overview(database, rounds)
    result["export"] = export(database, folder)
    print(json.dumps(result))


def load(database: Any, folder: Path) -> dict[str, Any]:
    """All facts at once, without a key."""
    database.execute(TABLE.format(name="facts", key=""))
    begun = time.perf_counter()
    database.execute(f"INSERT INTO facts SELECT * FROM read_csv('{folder}/facts.csv', header=true)")
    spent = time.perf_counter() - begun
    rows = database.execute("SELECT count(*) FROM facts").fetchone()[0]
    return {"rows": rows, "rows_per_second": round(rows / spent)}


def batches(database: Any, folder: Path) -> dict[str, Any]:
    """Small files, each a transaction; told twice, a fact is one fact."""
    database.execute(TABLE.format(name="keyed", key=KEY))
    rows = 0
    spent = 0.0
    with (folder / "facts.csv").open() as source:
        head = source.readline()
        for number in range(BATCHES):
            lines = [line for line, _ in zip(source, range(BATCH), strict=False)]
            if not lines:
                break
            file = folder / f"batch-{number}.csv"
            file.write_text(head + "".join(lines))
            begun = time.perf_counter()
            database.execute(
                f"INSERT INTO keyed SELECT * FROM read_csv('{file}', header=true, all_varchar=true)"
                " ON CONFLICT DO UPDATE SET revision = excluded.revision, status = excluded.status"
            )
            spent += time.perf_counter() - begun
            rows += len(lines)
            file.unlink()
    return {"rows": rows, "rows_per_second": round(rows / spent)}


def overview(database: Any, rounds: int) -> dict[str, float]:
    """The overview dashboard's figures."""
    took = []
    for number in range(rounds + 1):
        begun = time.perf_counter()
        for query in OVERVIEW:
            database.execute(query).fetchall()
        if number:
            took.append((time.perf_counter() - begun) * 1e3)
    took.sort()
    return {
        "p50": round(statistics.median(took), 1),
        "p95": round(took[int(0.95 * (len(took) - 1))], 1),
    }


def export(database: Any, folder: Path) -> dict[str, Any]:
    """As many steps as the product writes, with the same columns, in the order of time."""
    file = folder / "duckdb.csv"
    begun = time.perf_counter()
    database.execute(
        f'COPY (SELECT "at", key, workflow_id, version, status, error, subject, via, duration_ms, attempts,'
        f" detail FROM facts WHERE kind = 'step' ORDER BY \"at\", key LIMIT {EXPORTED}) TO '{file}' (HEADER)"
    )
    spent = time.perf_counter() - begun
    size = file.stat().st_size / 1e6
    return {"mb": round(size, 1), "mb_per_second": round(size / spent, 2)}


if __name__ == "__main__":
    main()
