"""The integration service beside the bare thing, in one run: calls, imports, rows.

step      a connector's operation and ``http.request`` beside the same call by httpx alone, over one
          connection to a server on this machine, in turns;
import    the largest OpenAPI document of those given: operations, seconds, peak memory, in a
          process of its own;
csv       rows of a CSV file as ``file.read`` and ``file.convert`` go through them, beside
          ``csv.DictReader`` over the open file, with the most memory.

Run: python bench/integrations.py [--parts step import csv] [--rows 300000] [--document FILE] [--json]
"""

from __future__ import annotations

import csv
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
import harness

from statewright.aws.objects import ObjectFacts
from statewright.integrations.calls import performing
from statewright.integrations.calls.sending import Way
from statewright.integrations.connectors.calling import call
from statewright.integrations.connectors.model import Operation, Parameter
from statewright.integrations.files import rows, writing
from statewright.integrations.messages import Limits
from statewright.integrations.openapi.documents import from_disk
from statewright.integrations.openapi.importing import import_document
from statewright.integrations.reach import parse_reach
from tests.support.web import Reply, web

ROUNDS = 300
LARGEST = Path(__file__).resolve().parents[2] / "shared/openapi/github/api.github.com.json.gz"
_REACH = parse_reach("127.0.0.0/8")


def main() -> None:
    parser = harness.arguments(__doc__ or "")
    parser.add_argument("--parts", nargs="+", choices=[*PARTS], default=[*PARTS])
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--document", type=Path, default=LARGEST)
    parser.add_argument("--import-only", action="store_true", help="what `import` runs by itself")
    options = parser.parse_args()
    if options.import_only:
        print(json.dumps(importing_here(options.document)))
        return
    result: dict[str, Any] = {"bench": "integrations", "machine": harness.machine()}
    for part in options.parts:
        result[part] = PARTS[part](options)
        print(f"{part}: {json.dumps(result[part])}", flush=True)
    if options.json:
        print(json.dumps(result))


def peak_mb() -> int:
    """The most memory that this process has had."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


# -- step ---------------------------------------------------------------------------------------


def medians(actions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median of many calls of each, in microseconds, taken in turns."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(ROUNDS + 20):
        for name, action in actions.items():
            started = time.perf_counter()
            action()
            times[name].append(time.perf_counter() - started)
    return {name: round(statistics.median(found[20:]) * 1e6, 1) for name, found in times.items()}


def step(options: Any) -> dict[str, Any]:
    """A call by httpx alone, as an operation of a connector, and as ``http.request``."""
    path = Parameter("id", "id", "path", "simple")
    operation = Operation("get", "Get", "GET", "/items/{id}", {}, {}, parameters=(path,))
    way = Way(_REACH, Limits())
    answer = Reply(200, {"Content-Type": "application/json"}, b'{"id": 1}')
    with web(lambda _: answer) as server, httpx.Client() as client:
        url = f"{server.url}/items/1"
        found = medians(
            {
                "bare_us": lambda: client.get(url).json(),
                "operation_us": lambda: call(operation, {"id": 1}, server.url, "k", way),
                "request_us": lambda: performing.perform({"url": url}, "k", _REACH),
            }
        )
    ratios = {name: round(found[f"{name}_us"] / found["bare_us"], 2) for name in ("operation", "request")}  # fmt: skip
    return {**found, "over_bare": ratios}


# -- import -------------------------------------------------------------------------------------


def importing(options: Any) -> dict[str, Any]:
    """In a process of its own, whose memory is the import's."""
    if not options.document.exists():
        return {"skipped": f"{options.document.name} is not there"}
    command = [sys.executable, __file__, "--import-only", "--document", str(options.document)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ))
    return dict(json.loads(ran.stdout))


def importing_here(file: Path) -> dict[str, Any]:
    """A document's import beside the parsing of its JSON alone."""
    import gzip

    content = file.read_bytes()
    before = peak_mb()
    started = time.perf_counter()
    json.loads(gzip.decompress(content) if file.suffix == ".gz" else content)
    parsed = time.perf_counter() - started
    started = time.perf_counter()
    found = import_document(from_disk, file.resolve().as_uri())
    seconds = time.perf_counter() - started
    return {
        "operations": len(found.operations),
        "seconds": round(seconds, 2),
        "over_parsing": round(seconds / parsed, 1),
        "memory_before_mb": before,
        "memory_peak_mb": peak_mb(),
    }


# -- rows ---------------------------------------------------------------------------------------


def through_rows(options: Any) -> dict[str, Any]:
    """All rows of one file, in each way."""
    with tempfile.TemporaryDirectory(prefix="statewright-bench-") as folder:
        file = Path(folder) / "rows.csv"
        with file.open("w") as target:
            target.write("id,customer,city,total\n")
            target.writelines(f'A-{n},c{n % 997}@example.com,"Rome, {n % 7}",{n % 1009}\n' for n in range(options.rows))  # fmt: skip
        before = peak_mb()
        ways = {"bare": _bare, "read": _read, "convert": _convert}
        rates = {name: round(options.rows / _timed(way, file, options.rows)) for name, way in ways.items()}  # fmt: skip
    return {
        "rows": options.rows,
        "rows_per_s": rates,
        "of_bare": {name: round(rates[name] / rates["bare"], 2) for name in ("read", "convert")},
        "memory_before_mb": before,
        "memory_peak_mb": peak_mb(),
    }


def _timed(way: Callable[[Path], int], file: Path, count: int) -> float:
    started = time.perf_counter()
    found = way(file)
    seconds = time.perf_counter() - started
    if found != count:
        raise RuntimeError(f"{found} rows instead of {count}")
    return seconds


def _bare(file: Path) -> int:
    with file.open(newline="") as content:
        return sum(1 for _ in csv.DictReader(content))


@contextmanager
def _stored(file: Path) -> Iterator[None]:
    """The store has this one file."""

    @contextmanager
    def reading(key: str) -> Iterator[tuple[ObjectFacts, BinaryIO]]:
        with file.open("rb") as body:
            yield ObjectFacts(file.stat().st_size, "text/csv", "e", datetime(2026, 1, 1, tzinfo=UTC)), body  # fmt: skip

    original = rows.objects.reading
    rows.objects.reading = reading
    try:
        yield
    finally:
        rows.objects.reading = original


def _read(file: Path) -> int:
    with _stored(file), rows.opened("w", {"file": "rows.csv"}) as found:
        return sum(1 for _ in found)


def _convert(file: Path) -> int:
    inputs = {"file": "rows.csv", "to": "rows.jsonl"}
    with (
        _stored(file),
        rows.opened("w", inputs) as found,
        tempfile.TemporaryFile() as target,
    ):
        return writing.write("jsonl", found, writing.Bounded(target, 10**10), inputs)


PARTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "step": step,
    "import": importing,
    "csv": through_rows,
}

if __name__ == "__main__":
    main()
