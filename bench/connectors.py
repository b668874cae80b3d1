"""What a connector step costs over the bare call, and what the largest document costs to import.

``python bench/connectors.py [DOCUMENT]``; one line of JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from statewright.integrations.connectors.calling import Way, call
from statewright.integrations.connectors.model import Operation, Parameter
from statewright.integrations.openapi.documents import from_disk
from statewright.integrations.openapi.importing import import_document
from statewright.integrations.outbound import Limits
from statewright.integrations.reach import parse_reach
from tests.support.web import Reply, web

ROUNDS = 500
LARGEST = Path(__file__).resolve().parents[2] / "shared/openapi/github/api.github.com.json.gz"


def median_us(action: Callable[[], object]) -> float:
    """The median of many calls, in microseconds, after some to warm up."""
    for _ in range(20):
        action()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return round(statistics.median(times) * 1e6, 1)


def overhead() -> dict[str, float]:
    """A call by httpx alone, and the same one as an operation."""
    operation = Operation(
        "get",
        "Get",
        "GET",
        "/items/{id}",
        {},
        {},
        parameters=(Parameter("id", "id", "path", "simple"),),
    )
    way = Way(parse_reach("127.0.0.0/8"), Limits())
    answer = Reply(200, {"Content-Type": "application/json"}, b'{"id": 1}')
    with web(lambda _: answer) as server, httpx.Client() as client:
        bare = median_us(lambda: client.get(f"{server.url}/items/1").json())
        ours = median_us(lambda: call(operation, {"id": 1}, server.url, "k", way))
    return {"bare_us": bare, "operation_us": ours, "over_us": round(ours - bare, 1)}


def importing(file: Path) -> dict[str, float]:
    """A document's import, with the most memory that the process has had."""
    import resource

    started = time.perf_counter()
    found = import_document(from_disk, file.resolve().as_uri())
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "operations": len(found.operations),
        "seconds": round(seconds, 2),
        "peak_memory_mb": round(peak),
    }


if __name__ == "__main__":
    document = Path(sys.argv[1]) if len(sys.argv) > 1 else LARGEST
    figures: dict[str, object] = {"step": overhead()}
    if document.exists():
        figures["import"] = importing(document)
    print(json.dumps(figures))
