"""The engine beside its peers: executions per second, in one run on one machine.

A client starts executions as fast as its starts are answered; the clock stops when the last one has
ended and its end has been announced. A durable start is answered once it is committed (fsync on).

Run: python bench/engine.py [--cases choice tasks] [--seconds 5] [--json]
     python bench/engine.py --peers --cache ~/.cache/statewright-peers     beside others
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
import engine_peers
import engine_phases
import harness
from engine_load import Row, System, measure

from asl.engine import collect_seldom

MEMORY, DURABLE = "memory", "durable"


def main() -> None:
    options = _arguments().parse_args()
    collect_seldom()  # as `statewright serve` and `asl serve` do
    rows: list[Row] = []
    profiles: list[dict[str, Any]] = []
    with engine_local.database() as (url, folder):
        for opened in _systems(options, url):
            with opened as system:
                for row, profile in _measured(system, options, folder) if system else ():
                    rows.append(row)
                    print(_line(row), flush=True)
                    if profile is not None:
                        profiles.append(profile)
                        print(engine_phases.table(profile), flush=True)
    compared = list(_compared(rows))
    for line in compared:
        print(_ratio(line))
    if options.json:
        result = {
            "bench": "engine",
            "machine": harness.machine(),
            "rows": [r.as_json() for r in rows],
            "ratios": compared,
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
    parser.add_argument(
        "--peers",
        nargs="*",
        choices=engine_peers.NAMES,
        help="measure these too, or all where none is named; each is installed first",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path.home() / ".cache" / "statewright-peers",
        help="where the peers' environments are kept",
    )
    parser.add_argument(
        "--localstack-python", default="3.13", help="a Python 3.13 for LocalStack, as uv takes it"
    )
    return parser


def _systems(options: Any, url: str) -> Iterator[AbstractContextManager[System | None]]:
    openers: dict[str, Callable[[], AbstractContextManager[System]]] = {
        MEMORY: engine_local.in_memory,
        DURABLE: lambda: engine_local.durable(url),
    }
    for name in options.systems:
        yield openers[name]()
    peers = options.peers if options.peers is None or options.peers else engine_peers.NAMES
    pythons = {engine_peers.LOCALSTACK: options.localstack_python}
    for name in peers or ():
        yield engine_peers.running(name, options.cache, url, pythons)


def _measured(
    system: System, options: Any, folder: Path
) -> Iterator[tuple[Row, dict[str, Any] | None]]:
    able = getattr(system, "cases", set(engine_cases.CASES))
    for name in (name for name in options.cases if name in able):
        for clients in options.clients:
            case = engine_cases.CASES[name]
            if options.profile and isinstance(system, engine_local.Local):
                yield engine_phases.profiled(system, case, clients, options.seconds, folder)
            else:
                yield measure(system, case, clients, options.seconds), None


def _compared(rows: list[Row]) -> Iterator[dict[str, Any]]:
    """Each row of a peer beside those of ours with the same case and as many clients."""
    ours = [row for row in rows if row.system.startswith("statewright")]
    for row in rows:
        same = [r for r in ours if (r.case, r.clients) == (row.case, row.clients)]
        for own in same if row not in ours else ():
            told = {
                "case": row.case,
                "clients": row.clients,
                "ours": own.system,
                "peer": row.system,
            }
            yield {**told, "ratio": round(own.per_s / row.per_s, 1)}


def _ratio(compared: dict[str, Any]) -> str:
    return (
        f"{compared['case']}, {compared['clients']} clients: {compared['ours']} is "
        f"{compared['ratio']} times {compared['peer']}"
    )


def _line(row: Row) -> str:
    return (
        f"{row.system:<24} {row.case:<16} {row.clients:>3} clients {row.per_s:>9.1f}/s   "
        f"start p50 {row.start_p50_ms:>7.2f} ms, p99 {row.start_p99_ms:>7.2f} ms   ({row.executions} executions)"
    )


if __name__ == "__main__":
    main()
