"""What a million waiting executions cost, and what one long one does.

Half of them wait for a year, half hold a task token. All are started as any other: each is durable
before its start is answered. Then: the start of another process with them present, 10,000 that are
due at once among them, and one execution that grows to AWS's limit of 25,000 events.

Run: python bench/scale.py [--executions 1000000] [--due 10000] [--json]
     python bench/scale.py --executions 20000 --due 2000      for a quick look
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import engine_local
import harness
import psycopg
from engine_cases import FUNCTION, Case
from engine_load import in_threads
from engine_local import Local

from asl.commands import Dispatch
from asl.payload import Payload
from asl.ports import Accepted, Succeeded

CLIENTS = 64
PARTS = 10
INPUT = json.dumps({"order": "A-1", "customer": "ada@example.com", "total": 76})
YEAR = Case("year", "waits for a year", {
    "StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 31_536_000, "End": True}},
})  # fmt: skip
TOKEN = Case("token", "holds a task token", {
    "StartAt": "T",
    "States": {"T": {
        "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": True,
        "Parameters": {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}},
    }},
})  # fmt: skip
DUE = Case("due", "waits for a moment", {
    "StartAt": "W", "States": {"W": {"Type": "Wait", "TimestampPath": "$.at", "End": True}},
})  # fmt: skip


def _loop(body: dict[str, Any], turns: int) -> dict[str, Any]:
    more = [{"Condition": "{% $turn < " + str(turns) + " %}", "Next": "Body"}]
    return {
        "QueryLanguage": "JSONata",
        "StartAt": "Begin",
        "States": {
            "Begin": {"Type": "Pass", "Assign": {"turn": 0}, "Next": "Body"},
            "Body": {**body, "Assign": {"turn": "{% $turn + 1 %}"}, "Next": "More"},
            "More": {"Type": "Choice", "Choices": more, "Default": "End"},
            "End": {"Type": "Succeed"},
        },
    }


PASSES = Case("passes", "a loop of Pass and Choice", _loop({"Type": "Pass"}, 6_240))
TASKS = Case(
    "tasks", "a loop of Task and Choice", _loop({"Type": "Task", "Resource": FUNCTION}, 3_550)
)


def main() -> None:
    parser = harness.arguments(__doc__ or "")
    parser.add_argument("--executions", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--start", metavar="URL", help="only: how long a process takes to start")
    options = parser.parse_args()
    if options.start:
        print(json.dumps(start_up(options.start)))
        return
    result: dict[str, Any] = {"bench": "scale", "machine": harness.machine()}
    for name, value in measured(options.executions, options.due):
        result[name] = value
        print(f"{name}: {json.dumps(value)}", flush=True)
    if options.json:
        print(json.dumps(result))


def measured(count: int, due: int) -> Iterator[tuple[str, Any]]:
    """Every measurement, as it comes."""
    with engine_local.database() as (url, _):
        with durable(url):
            pass  # makes the tables
        yield "start_empty", start_process(url)
        with durable(url) as local:
            yield "waiting_a_year", fill(local, url, YEAR, count // 2)
            yield "holding_a_token", fill(local, url, TOKEN, count // 2)
        yield "start_full", start_process(url)
        with durable(url) as local:
            yield "due_at_once", all_at_once(local, url, due)
            yield "one_grows_by_passes", grow(local, PASSES)
            yield "one_grows_by_tasks", grow(local, TASKS)


@contextmanager
def durable(url: str) -> Iterator[Local]:
    """Ours in PostgreSQL; whoever is asked for by token accepts and is silent."""
    original = engine_local.call_function

    def call(dispatch: Dispatch) -> Succeeded | Accepted:
        return Accepted(Payload({})) if dispatch.resource.pattern == "token" else original(dispatch)

    engine_local.call_function = call  # type: ignore[assignment]
    try:
        with engine_local.durable(url) as local:
            yield local
    finally:
        engine_local.call_function = original


# -- many -----------------------------------------------------------------------------------------


def fill(local: Local, url: str, case: Case, count: int) -> dict[str, Any]:
    """Starts ``count`` executions; says how fast, and what each costs on disk and in memory."""
    machine, size, memory = local.machine(case), disk_bytes(url), []
    began = time.perf_counter()
    for part in range(PARTS):
        names = range(part * count // PARTS, (part + 1) * count // PARTS)

        def start(number: int, names: range = names) -> None:
            local.states.start_execution(machine, f"{case.name}-{names[number]}", INPUT)

        in_threads(CLIENTS, len(names), start)
        memory.append(resident_mb())
    _await(lambda: _one(url, "SELECT NOT EXISTS (SELECT 1 FROM asl.executions WHERE in_flight)"))
    took = time.perf_counter() - began
    return {
        "executions": count,
        "per_s": round(count / took),
        "bytes_each": round((disk_bytes(url) - size) / count),
        "process_mb_by_tenth": memory,
    }


def resident_mb() -> int:
    """This process's memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)


def disk_bytes(url: str) -> int:
    """The size of the engine's tables and their indexes, once no row is dead."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM asl.outbox, asl.executions")
        row = connection.execute(
            """SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c
               WHERE c.relnamespace = 'asl'::regnamespace AND c.relkind = 'r'"""
        ).fetchone()
    return int(row[0]) if row else 0


def _one(url: str, query: str) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def _await(check: Any) -> None:
    deadline = time.monotonic() + engine_local.PATIENCE_SECONDS
    while not check():
        if time.monotonic() > deadline:
            raise RuntimeError("the executions do not come to rest")
        time.sleep(0.05)


# -- starting -------------------------------------------------------------------------------------


def start_process(url: str) -> dict[str, Any]:
    """A new process, from its beginning to its first durable execution."""
    began = time.perf_counter()
    ran = subprocess.run(
        [sys.executable, __file__, "--start", url], capture_output=True, text=True, check=True
    )
    whole = time.perf_counter() - began
    return {**json.loads(ran.stdout), "whole_process_s": round(whole, 3)}


def start_up(url: str) -> dict[str, Any]:
    """How long it takes to open the engine, and then to start one execution."""
    began = time.perf_counter()
    with engine_local.durable(url) as local:
        opened = time.perf_counter()
        local.states.start_execution(local.machine(YEAR), f"first-{time.time_ns()}", INPUT)
        first = time.perf_counter()
        memory = resident_mb()
    return {
        "open_s": round(opened - began, 3),
        "first_execution_s": round(first - opened, 3),
        "process_mb": memory,
    }


# -- at once --------------------------------------------------------------------------------------


def all_at_once(local: Local, url: str, count: int) -> dict[str, Any]:
    """``count`` executions whose Wait ends at one moment: how long until all have ended."""
    machine = local.machine(DUE)
    moment = time.time() + 5 + count / 200
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
    text, before = json.dumps({"at": at}), local.ends.count

    def start(number: int) -> None:
        local.states.start_execution(machine, f"due-{number}", text)

    in_threads(CLIENTS, count, start)
    spare = int(moment) - time.time()
    if spare < 0:
        raise RuntimeError("they could not all be started before they were due")
    local.ends.wait_for(before + count)
    took = time.time() - int(moment)
    query = """SELECT count(*) FILTER (WHERE ended = 1 AND seq = 4 AND status = 1), count(*) FROM (
        SELECT e.seq, e.status, (SELECT count(*) FROM asl.journal j WHERE j.execution = e.key
            AND j.entries LIKE '%"ExecutionSucceeded"%'::bytea) AS ended
        FROM asl.executions e WHERE e.name LIKE 'due-%') each"""
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return {
        "executions": count,
        "started_s_before": round(spare, 1),
        "all_ended_after_s": round(took, 2),
        "per_s": round(count / took),
        "ended_exactly_once": row[0],
        "found": row[1],
    }


# -- one that grows -------------------------------------------------------------------------------


def grow(local: Local, case: Case) -> dict[str, Any]:
    """One execution to nearly 25,000 events: what an event costs in each quarter of its life."""
    commits: list[tuple[int, float]] = []
    before, began = local.ends.count, time.perf_counter()
    with _noting(local.journal, commits):
        machine = local.machine(replace(case, name=f"grow-{case.name}"))
        local.states.start_execution(machine, "grows", INPUT)
        local.ends.wait_for(before + 1)
    return {"about": case.about, **_by_quarter([(0, began), *commits])}


@contextmanager
def _noting(journal: Any, commits: list[tuple[int, float]]) -> Iterator[None]:
    """Notes each commit: the newest event's number, and when it was durable."""
    append, append_all = journal.append, journal.append_all

    def noting(prepare: Any) -> Any:
        made: list[Any] = []

        def prepared() -> Any:
            made.append(prepare())
            return made[0]

        announcement = append(prepared)
        commits.append((made[0].execution.seq, time.perf_counter()))
        return announcement

    def noting_all(each: Any) -> Any:
        made: list[Any] = []
        results = append_all(made.append(commit) or commit for commit in each)
        commits.extend((commit.execution.seq, time.perf_counter()) for commit in made)
        return results

    journal.append, journal.append_all = noting, noting_all
    try:
        yield
    finally:
        del journal.append, journal.append_all


def _by_quarter(commits: list[tuple[int, float]]) -> dict[str, Any]:
    last = commits[-1][0]
    each = []
    for quarter in range(4):
        low, high = last * quarter // 4, last * (quarter + 1) // 4
        first = next(c for c in commits if c[0] >= low)
        end = next(c for c in commits if c[0] >= high)
        each.append(round((end[1] - first[1]) / (end[0] - first[0]) * 1e6, 1))
    return {"events": last, "commits": len(commits) - 1, "us_per_event_by_quarter": each}


if __name__ == "__main__":
    main()
