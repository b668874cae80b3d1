"""The engine beside its peers: executions per second, in one run on one machine.

A client starts executions as fast as its starts are answered; the clock stops when the last one has
ended and its end has been announced. A durable start is answered once it is committed (fsync on).

Run: python bench/engine.py [--cases choice tasks] [--seconds 5] [--json]
     python bench/engine.py --profile --cases choice --clients 8     where the time goes
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import engine_cases
import engine_local
import engine_phases
import harness
from engine_load import Row, System, measure

MEMORY, DURABLE = "memory", "durable"


def main() -> None:
    options = _arguments().parse_args()
    rows: list[Row] = []
    profiles: list[dict[str, Any]] = []
    with engine_local.database() as (url, folder):
        for opened in _systems(options.systems, url):
            with opened as system:
                for row, profile in _measured(system, options, folder):
                    rows.append(row)
                    print(_line(row), flush=True)
                    if profile is not None:
                        profiles.append(profile)
                        print(engine_phases.table(profile), flush=True)
    if options.json:
        result = {
            "bench": "engine",
            "machine": harness.machine(),
            "rows": [r.as_json() for r in rows],
        }
        print(json.dumps(result | ({"profiles": profiles} if profiles else {})))


def _arguments() -> Any:
    parser = harness.arguments(__doc__ or "")
    parser.add_argument(
        "--cases", nargs="*", default=list(engine_cases.CASES), choices=list(engine_cases.CASES)
    )
    parser.add_argument(
        "--systems", nargs="*", default=[MEMORY, DURABLE], choices=[MEMORY, DURABLE]
    )
    parser.add_argument("--clients", type=int, nargs="*", default=[1, 8])
    parser.add_argument("--seconds", type=float, default=5.0, help="about how long each row takes")
    parser.add_argument(
        "--profile", action="store_true", help="print where our time goes, by phase"
    )
    return parser


def _systems(names: list[str], url: str) -> Iterator[AbstractContextManager[engine_local.Local]]:
    openers: dict[str, Callable[[], AbstractContextManager[engine_local.Local]]] = {
        MEMORY: engine_local.in_memory,
        DURABLE: lambda: engine_local.durable(url),
    }
    for name in names:
        yield openers[name]()


def _measured(
    system: System, options: Any, folder: Path
) -> Iterator[tuple[Row, dict[str, Any] | None]]:
    for name in options.cases:
        for clients in options.clients:
            case = engine_cases.CASES[name]
            if options.profile:
                yield engine_phases.profiled(system, case, clients, options.seconds, folder)
            else:
                yield measure(system, case, clients, options.seconds), None


def _line(row: Row) -> str:
    return (
        f"{row.system:<24} {row.case:<16} {row.clients:>3} clients {row.per_s:>9.1f}/s   "
        f"start p50 {row.start_p50_ms:>7.2f} ms, p99 {row.start_p99_ms:>7.2f} ms   ({row.executions} executions)"
    )


if __name__ == "__main__":
    main()
