"""What the engine's parts cost by themselves: the floor under ``bench/engine.py``'s figures.

CPU time where a part computes, wall time where it waits for the disk; the median of several rounds.

Run: python bench/floor.py [--json]
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import engine_cases
import engine_local
import harness
import psycopg
from engine_cases import Case

from asl import codec
from asl.definition import parse_definition
from asl.events import Started
from asl.execution import Execution
from asl.jsonata.expression import Expression
from asl.machine import Machine
from asl.payload import Payload
from asl.ports import Commit
from asl.step import Step, step

ROUNDS = 7
COMMITS = 200
GROUPS = (1, 10, 100, 400)
NOW = 1_767_225_600_000
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:"
VALUE = {"total": 76, "name": "Ada", "items": [{"price": 9.5, "qty": 2}] * 4}
EXPRESSIONS = {
    "a sum": "$total * 2",
    "a comparison": "$total > 100",
    "a text": "'Order ' & $name & ' is large'",
    "a path": "$items.price",
    "an aggregate": "$sum($items.(price * qty))",
}


def main() -> None:
    options = harness.arguments(__doc__ or "").parse_args()
    result: dict[str, Any] = {"bench": "floor", "machine": harness.machine()}
    for name, value in [*computing(), *storing()]:
        result[name] = value
        print(f"{name:<58} {value:>9.2f}", flush=True)
    if options.json:
        print(json.dumps(result))


def computing() -> list[tuple[str, float]]:
    """What needs no disk, in microseconds of CPU."""
    found = [
        (f"JSONata, {about}: {text}, µs", _cpu(_evaluation(text), 2000))
        for about, text in EXPRESSIONS.items()
    ]
    for case in (engine_cases.CHOICE_JSONATA, engine_cases.CHOICE_JSONPATH):
        machine = parse_definition(case.text)
        found.append((f"one execution's step, {case.about}, µs", _cpu(_stepping(machine), 500)))
    moved, entries, _ = _stepping(parse_definition(engine_cases.CHOICE_JSONATA.text))()
    parked, begun, _ = _stepping(parse_definition(engine_cases.TASKS.text))()
    found.append(("its history as JSON, µs", _cpu(lambda: codec.dump_entries(entries), 2000)))
    found.append(("where it stands as JSON, µs", _cpu(lambda: codec.dump_root(parked), 2000)))
    text = codec.dump_entries(begun)
    found.append(("a history read again, µs", _cpu(lambda: codec.load_entries(text), 2000)))
    assert moved.root is None
    return found


def storing() -> list[tuple[str, float]]:
    """What waits for the disk, in milliseconds of wall time."""
    found = []
    with engine_local.database() as (url, _):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE floor (n int)")
            insert = "INSERT INTO floor VALUES (1)"
            found.append(("PostgreSQL, one row committed, ms", _wall(connection, insert)))
            found.append(
                ("PostgreSQL, an answer without a write, ms", _wall(connection, "SELECT 1"))
            )
        with engine_local.durable(url) as local:
            for size in GROUPS:
                took = _writing(local, engine_cases.CHOICE_JSONATA, size)
                name = f"whole executions committed {size} at a time, ms each"
                found.append((name, took * 1000 / size))
    return found


def _evaluation(text: str) -> Callable[[], Any]:
    expression = Expression(text)
    return lambda: expression.evaluate(VALUE, "Output")


def _stepping(machine: Machine, number: Callable[[], int] = lambda: 1) -> Callable[[], Step]:
    def stepping() -> Step:
        key = number()
        execution = Execution(
            arn=f"{MACHINE.replace('stateMachine', 'execution')}choice:floor-{key}",
            machine_arn=f"{MACHINE}choice",
            role_arn=engine_cases.ROLE,
            input=Payload.parse(engine_cases.INPUT),
            started_at=NOW,
            secret="secret",
            key=key,
            revision=1,
        )
        return step(machine, execution, Started(NOW))

    return stepping


def _cpu(work: Callable[[], Any], times: int) -> float:
    """Microseconds of CPU for each call."""
    work()
    rounds = []
    for _ in range(ROUNDS):
        began = time.thread_time()
        for _ in range(times):
            work()
        rounds.append((time.thread_time() - began) / times * 1e6)
    return statistics.median(rounds)


def _wall(connection: Any, statement: str) -> float:
    """Milliseconds for each statement."""
    took = []
    for _ in range(COMMITS):
        began = time.perf_counter()
        connection.execute(statement)
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def _writing(local: engine_local.Local, case: Case, size: int) -> float:
    """Seconds to write a group of executions that begin and end in it."""
    local.machine(case)
    write = local.journal._writer._write
    decide = _stepping(parse_definition(case.text), local.journal.new_key)
    took = []
    for _ in range(ROUNDS):
        group = [Commit(moved, entries, 0) for moved, entries, _ in (decide() for _ in range(size))]
        began = time.perf_counter()
        write(group)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


if __name__ == "__main__":
    main()
