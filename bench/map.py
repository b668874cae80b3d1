"""A Distributed Map over a file of many items: items per second, and memory as their number grows.

The file is read as S3's objects are, as a stream; each item (or batch) is a durable execution of
its own; the results are written to files. What must stay flat is this process's memory.

Run: python bench/map.py [--items 1000000] [--batch 100] [--tasks] [--csv] [--express] [--json]
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

sys.path.insert(0, str(Path(__file__).parent))
import engine_local
import harness
from engine_cases import FUNCTION, Case
from scale import resident_mb

from asl.engine import collect_seldom

TENTHS = 10
SAMPLE_SECONDS = 0.1
BUCKET = "bench"
PATIENCE_SECONDS = 6 * 3600


class Files:
    """A folder as an :class:`asl.map_runs.ports.ObjectStore`."""

    def __init__(self, folder: Path):
        self._folder = folder

    def path(self, key: str) -> Path:
        """Where an object lies."""
        return self._folder / key.replace("/", "_")

    def open(self, bucket: str, key: str, options: Any, etag: str | None) -> tuple[BinaryIO, str]:
        """An object as a stream."""
        return self.path(key).open("rb"), '"etag"'

    def list(self, bucket: str, prefix: str, after: str) -> Iterator[dict[str, Any]]:
        """Nothing here is listed."""
        yield from ()

    def put(self, bucket: str, key: str, body: BinaryIO) -> None:
        """Writes an object, piece by piece."""
        with self.path(key).open("wb") as file:
            while piece := body.read(1 << 20):
                file.write(piece)


def main() -> None:
    parser = harness.arguments(__doc__ or "")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument(
        "--batch", type=int, default=0, help="items in each child; 0: one, as it is"
    )
    parser.add_argument("--concurrency", type=int, default=1_000)
    parser.add_argument("--tasks", action="store_true", help="each child calls a function")
    parser.add_argument("--csv", action="store_true", help="a CSV file instead of JSON lines")
    parser.add_argument("--express", action="store_true", help="children of type Express")
    options = parser.parse_args()
    collect_seldom()
    with tempfile.TemporaryDirectory(prefix="statewright-bench-") as folder:
        files = Files(Path(folder))
        write_items(files.path("items"), options.items, csv=options.csv)
        with (
            engine_local.database() as (url, _),
            engine_local.durable(url, files) as local,
        ):
            result = {"bench": "map", "machine": harness.machine(), **measured(local, options)}
        result["results_written"] = written(files)
    for name, value in result.items():
        print(f"{name}: {json.dumps(value)}")
    if options.json:
        print(json.dumps(result))


def write_items(path: Path, count: int, *, csv: bool) -> None:
    """The file: one order a line."""
    with path.open("w") as file:
        if csv:
            file.write("id,total\n")
        for number in range(count):
            order = {"id": f"A-{number}", "total": number % 997}
            file.write(f"{order['id']},{order['total']}\n" if csv else json.dumps(order) + "\n")


def machine(options: Any) -> Case:
    """The Map over the file."""
    child = {"Type": "Task", "Resource": FUNCTION} if options.tasks else {"Type": "Pass"}
    reader = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}
    state: dict[str, Any] = {
        "Type": "Map",
        "Label": "Each",
        "MaxConcurrency": options.concurrency,
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": reader if options.csv else {"InputType": "JSONL"},
            "Arguments": {"Bucket": BUCKET, "Key": "items"},
        },
        "ItemProcessor": {
            "ProcessorConfig": {
                "Mode": "DISTRIBUTED",
                "ExecutionType": "EXPRESS" if options.express else "STANDARD",
            },
            "StartAt": "C",
            "States": {"C": {**child, "End": True}},
        },
        "ResultWriter": {
            "Resource": "arn:aws:states:::s3:putObject",
            "WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSONL"},
            "Arguments": {"Bucket": BUCKET, "Prefix": "out"},
        },
        "End": True,
    }
    if options.batch:
        state["ItemBatcher"] = {"MaxItemsPerBatch": options.batch}
    text = {"QueryLanguage": "JSONata", "StartAt": "M", "States": {"M": state}}
    return Case("map", "a Map over a file", text)


def measured(local: engine_local.Local, options: Any) -> dict[str, Any]:
    """Runs the Map; says how fast it was and what memory it took by the tenths of its items."""
    states, before, began = local.states, resident_mb(), time.perf_counter()
    started = states.start_execution(local.machine(machine(options)), "map", "{}")
    samples: list[tuple[int, int]] = []
    over = threading.Event()
    sampler = threading.Thread(target=_sample, args=(local, started["executionArn"], samples, over))
    sampler.start()
    try:
        local.ends.wait_for(1, PATIENCE_SECONDS)
    finally:
        took = time.perf_counter() - began
        over.set()
        sampler.join()
    run = states.list_map_runs(started["executionArn"])["mapRuns"][0]["mapRunArn"]
    described = states.describe_map_run(run)
    return {
        "items": options.items,
        "children": described["executionCounts"]["total"],
        "items_succeeded": described["itemCounts"]["succeeded"],
        "seconds": round(took, 1),
        "items_per_s": round(options.items / took),
        "process_mb_before": before,
        "process_mb_by_tenth": [_peak(samples, options.items, tenth) for tenth in range(TENTHS)],
        "process_mb_peak": max(memory for _, memory in samples),
    }


def _sample(local: Any, arn: str, samples: list[tuple[int, int]], over: threading.Event) -> None:
    """Notes how many items have been read, and what memory is in use."""
    while not over.wait(SAMPLE_SECONDS):
        runs = local.journal.map_runs.of_execution(local.journal.load(arn), None, 1)
        samples.append((runs[0].read if runs else 0, resident_mb()))


def _peak(samples: list[tuple[int, int]], items: int, tenth: int) -> int | None:
    """The most memory while that tenth of the items was read; the last includes the results."""
    low, high = items * tenth // TENTHS, items * (tenth + 1) // TENTHS
    found = [m for n, m in samples if low <= n < high or (tenth == TENTHS - 1 and n >= high)]
    return max(found, default=None)


def written(files: Files) -> int:
    """How many results are in the files."""
    found = 0
    for path in files.path("items").parent.glob("out_*SUCCEEDED_*"):
        with path.open("rb") as file:
            found += sum(1 for _ in file)
    return found


if __name__ == "__main__":
    main()
