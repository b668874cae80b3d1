"""The workflow service at size: a long history, a long workflow, a long loop.

history   lists and searches among many executions: the first page, and pages ever deeper
publish   publishing a workflow of 200 steps: checks, compiling, state machine, triggers
loop      a ``for_each`` over a file of 100,000 rows: each round an execution, and 100 rows a round;
          what must stay flat is the server's memory, its engine's included

The executions of "history" are written into the table as recording does, without being run.
Run: python bench/workflows.py [--parts history publish loop] [--executions 1000000] [--json]
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg

sys.path.insert(0, str(Path(__file__).parent))
import harness

from statewright.http.paging import encode_cursor

WORKFLOWS = 20
PAGE = 50
DEPTHS = (0.0, 0.1, 0.5, 0.9, 0.999)
SAMPLE_SECONDS = 0.1
PATIENCE_SECONDS = 3600

FILL = """
INSERT INTO executions (id, workspace_id, workflow_id, version, arn, status, trigger, started_at,
    stopped_at, error, cause, search)
SELECT 'bench-' || n, %(workspace)s, (%(workflows)s::uuid[])[1 + least(n %% 40, %(last)s)], 1,
    'arn:aws:states:us-east-1:000000000000:execution:bench:bench-' || n, status,
    CASE WHEN n %% 10 = 0 THEN 'schedule' ELSE 'webhook' END, at,
    CASE WHEN status <> 'running' THEN at + interval '2 seconds' END, error, error || ' happened',
    words_of(concat_ws(' ', 'order-' || n, 'customer' || n %% 50000, 'region' || n %% 7, error))
FROM (
    SELECT n, now() - interval '30 seconds' * (%(count)s - n) AS at,
        CASE WHEN n %% 25 = 0 THEN 'failed' WHEN n %% 101 = 0 THEN 'stopped'
             WHEN n %% 1009 = 0 THEN 'running' ELSE 'succeeded' END AS status,
        CASE WHEN n %% 25 = 0 THEN (ARRAY['Http.ServerError', 'Http.Timeout', 'Order.Invalid',
            'States.Timeout', 'Stock.Empty'])[1 + n / 25 %% 5] END AS error
    FROM generate_series(%(first)s::int, %(end)s::int) n) made
"""


def main() -> None:
    parser = harness.arguments(__doc__ or "")
    parser.add_argument("--parts", nargs="*", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--executions", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=200, help="of each list or search")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    result: dict[str, Any] = {"bench": "workflows", "machine": harness.machine()}
    with harness.server() as server:
        token = harness.sign_up(server.url)
        headers = {"authorization": f"Bearer {token}"}
        with httpx.Client(base_url=server.url, headers=headers, timeout=120) as client:
            for part in options.parts:
                result[part] = PARTS[part](server, client, options)
                print(f"{part}: {json.dumps(result[part])}", flush=True)
    if options.json:
        print(json.dumps(result))


def ok(answer: httpx.Response) -> Any:
    """A successful answer's content."""
    if answer.is_error:
        raise RuntimeError(f"{answer.request.url}: {answer.text}")
    return answer.json()


def published(client: httpx.Client, definition: dict[str, Any]) -> dict[str, Any]:
    """A workflow that is live."""
    made: dict[str, Any] = ok(client.post("/v1/workflows", json={"definition": definition}))
    ok(client.post(f"/v1/workflows/{made['id']}/versions"))
    return made


# -- history --------------------------------------------------------------------------------------


def history(server: harness.Server, client: httpx.Client, options: Any) -> dict[str, Any]:
    """Lists and searches: p50 and p95 in milliseconds, as a client sees them."""
    step = {"id": "a", "set": 1}
    workflows = [
        published(client, {"name": f"Bench {n}", "steps": [step]})["id"] for n in range(WORKFLOWS)
    ]
    ok(client.patch(f"/v1/workflows/{workflows[-1]}", json={"tags": ["half"]}))
    with psycopg.connect(server.database_url(), autocommit=True) as connection:
        took = fill(connection, workflows, options.executions)
        cursors = {share: cursor_at(connection, share, options.executions) for share in DEPTHS}
    found: dict[str, Any] = {"executions": options.executions, "written_s": round(took, 1)}
    for name, query in queries(workflows, options.executions):
        found[name] = timed(client, {**query, "limit": PAGE}, options.requests)
    for name, query in (("all", {}), ("failed", {"status": "failed"}), ("a word of a seventh", {"q": "region3"}), ("a word of a few", {"q": "customer4711"})):  # fmt: skip
        found[f"deep: {name}"] = {
            f"{share:.1%}": timed(client, {**query, **cursor, "limit": PAGE}, options.requests)
            for share, cursor in cursors.items()
        }
    return found


def fill(connection: psycopg.Connection, workflows: list[str], count: int) -> float:
    """Writes the executions, in parts; returns how long it took."""
    row = connection.execute("SELECT workspace_id FROM workflows LIMIT 1").fetchone()
    assert row is not None
    start = time.monotonic()
    known = {"workspace": row[0], "workflows": workflows, "last": len(workflows) - 1}
    for first in range(1, count + 1, 50_000):
        end = min(first + 49_999, count)
        connection.execute(FILL, {**known, "count": count, "first": first, "end": end})
    # As autovacuum does, only that a bench need not wait for it.
    connection.execute("VACUUM ANALYZE executions")
    return time.monotonic() - start


def cursor_at(connection: psycopg.Connection, share: float, count: int) -> dict[str, str]:
    """The cursor of the page that begins so deep in the list of all."""
    if not share:
        return {}
    row = connection.execute(
        "SELECT started_at, id FROM executions WHERE id = %s",
        (f"bench-{count - int(share * count)}",),
    ).fetchone()
    assert row is not None
    return {"cursor": encode_cursor(row[0].isoformat(), row[1])}


def queries(workflows: list[str], count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """What people look for first."""
    yield "all", {}
    yield "one workflow, of a fortieth", {"workflow_id": workflows[0]}
    yield "one workflow, of a half", {"workflow_id": workflows[-1]}
    yield "failed", {"status": "failed"}
    yield "running", {"status": "running"}
    yield "one error", {"error": "Stock.Empty"}
    yield "failed of one workflow", {"status": "failed", "workflow_id": workflows[-1]}
    yield "by tag", {"tag": "half"}
    yield "by a tag of none", {"tag": "nothing"}
    yield "by trigger", {"trigger": "schedule"}
    yield "a word of one", {"q": f"order {count // 2}"}
    yield "a word of a few", {"q": "customer4711"}
    yield "a word of a seventh", {"q": "region3"}
    yield "two words", {"q": "region3 stock"}
    yield "a word of none", {"q": "nowhere"}


def timed(client: httpx.Client, query: dict[str, Any], count: int) -> dict[str, Any]:
    """One list, asked for again and again."""
    took = []
    for _ in range(count):
        start = time.perf_counter()
        page = ok(client.get("/v1/executions", params=query))
        took.append(time.perf_counter() - start)
    return {"items": len(page["items"]), **quantiles(took)}


def quantiles(took: list[float]) -> dict[str, float]:
    """The usual and the slow, in milliseconds."""
    return {f"p{p}_ms": round(harness.percentile(took, p / 100) * 1000, 1) for p in (50, 95)}


# -- publish --------------------------------------------------------------------------------------


def publish(server: harness.Server, client: httpx.Client, options: Any) -> dict[str, Any]:
    """A workflow of many steps, changed and published again and again."""
    name = f"Long {options.steps}"
    made = ok(client.post("/v1/workflows", json={"definition": long(name, options.steps, 0)}))
    path, took = f"/v1/workflows/{made['id']}", []
    for turn in range(1, 21):
        changed = {"definition": long(name, options.steps, turn), "draft": turn}
        ok(client.put(path, json=changed))
        start = time.perf_counter()
        version = ok(client.post(f"{path}/versions"))
        took.append(time.perf_counter() - start)
    return {"steps": options.steps, "states": version["states"], **quantiles(took)}


def long(name: str, steps: int, turn: int) -> dict[str, Any]:
    """A workflow of groups of five steps that read one another; each turn's is another."""
    made: list[dict[str, Any]] = []
    for number in range(steps // 5):
        before = f"$call{number - 1}.total" if number else str(turn)
        made += _group(number, before)
    return {"name": name, "triggers": [{"id": "hook", "type": "webhook"}], "steps": made}


def _group(number: int, before: str) -> list[dict[str, Any]]:
    """A value, an action, and a choice with a step in each of its two ways."""
    value, call = f"value{number}", f"call{number}"
    ways = [
        {"when": f"{{% ${call}.total > 5 %}}", "steps": [{"id": f"big{number}", "set": 1}]},
        {"otherwise": [{"id": f"small{number}", "set": 2}]},
    ]
    return [
        {"id": value, "set": {"total": f"{{% {before} + 1 %}}"}},
        {
            "id": call,
            "use": "http.request",
            "with": {"url": f"https://example.com/{{% ${value}.total %}}"},
            "output": "{% {'total': $result.status} %}",
        },
        {"id": f"way{number}", "choose": ways},
    ]


# -- loop -----------------------------------------------------------------------------------------


def loop(server: harness.Server, client: httpx.Client, options: Any) -> dict[str, Any]:
    """Loops over one uploaded file: rows a second, and the server's memory all along."""
    content = "id,total\n" + "".join(f"A-{n},{n % 997}\n" for n in range(options.rows))
    found: dict[str, Any] = {"rows": options.rows}
    for batch in (100, 0):
        with Memory(server) as memory:
            took = looped(client, content.encode(), batch)
        found["each row a round" if not batch else f"{batch} rows a round"] = {
            "rows_per_s": round(options.rows / took),
            "seconds": round(took, 1),
            **memory.figures(),
        }
    return found


def looped(client: httpx.Client, content: bytes, batch: int) -> float:
    """One execution, from the file's upload to its end; returns how long it took."""
    each: dict[str, Any] = {"id": "each", "for_each": {"file": "{% $trigger.body.file %}", "format": "csv"}, "as": "row"}  # fmt: skip
    if batch:
        each |= {"batch": {"size": batch}, "steps": [{"id": "v", "set": "{% $count($row) %}"}]}
    else:
        each |= {"steps": [{"id": "v", "set": "{% $number($row.total) * 2 %}"}]}
    file = {"id": "rows", "type": "file", "max_size": 100_000_000, "content_types": ["text/csv"]}
    workflow = published(client, {"name": f"Loop {batch}", "triggers": [file], "steps": [{**each, "concurrency": 1000}]})  # fmt: skip
    wanted = {"name": "rows.csv", "size": len(content), "content_type": "text/csv"}
    upload = ok(client.post(f"/v1/workflows/{workflow['id']}/triggers/rows/uploads", json=wanted))
    start = time.monotonic()
    httpx.put(upload["url"], content=content, headers=upload["headers"]).raise_for_status()
    query = {"workflow_id": workflow["id"]}
    while time.monotonic() < start + PATIENCE_SECONDS:
        items = ok(client.get("/v1/executions", params=query))["items"]
        if items and items[0]["status"] != "running":
            if items[0]["status"] != "succeeded":
                raise RuntimeError(json.dumps(items[0]))
            return time.monotonic() - start
        time.sleep(SAMPLE_SECONDS)
    raise RuntimeError("the loop does not end")


class Memory:
    """Looks at the server's memory all the time."""

    def __init__(self, server: harness.Server):
        self._server = server
        self._over = threading.Event()
        self._samples = [server.resident_bytes()]
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self._samples.append(self._server.resident_bytes())

    def figures(self) -> dict[str, int]:
        """Megabytes before, in the middle, at the end, and at the most."""
        at = (0, len(self._samples) // 2, -1)
        names = ("before_mb", "middle_mb", "end_mb")
        shown = {name: round(self._samples[i] / 1e6) for name, i in zip(names, at, strict=True)}
        return {**shown, "most_mb": round(max(self._samples) / 1e6)}


PARTS: dict[str, Callable[[harness.Server, httpx.Client, Any], dict[str, Any]]] = {
    "history": history,
    "publish": publish,
    "loop": loop,
}

if __name__ == "__main__":
    main()
