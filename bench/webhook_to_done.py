"""From a webhook's call to a finished, recorded execution of a 5-step workflow.

The 2xx comes after the execution is durable, and every execution's history is kept. "recorded" counts
until the API lists the last one as succeeded, the listing's own cost included. So does the CPU time of
the server and of its database for each execution, which says more than the clock on a busy machine.
Run: python bench/webhook_to_done.py [--json]
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import harness

WORKFLOW = {
    "statewright": 1,
    "name": "Bench",
    "triggers": [{"id": "hook", "type": "webhook"}],
    "steps": [
        {"id": "order", "set": {"id": "{% $trigger.body.id %}", "total": "{% $sum($trigger.body.items.(price * qty)) %}"}},
        {"id": "score", "set": "{% $order.total * ($trigger.body.new ? 2 : 1) %}"},
        {"id": "size", "choose": [
            {"when": "{% $score > 100 %}", "steps": [{"id": "large", "set": True}]},
            {"otherwise": [{"id": "small", "set": True}]},
        ]},
        {"id": "label", "set": "Order {% $order.id %} scores {% $score %}"},
        {"id": "answer", "set": {"label": "{% $label %}", "large": "{% $large != null %}"}},
    ],
    "output": "{% $answer %}",
}  # fmt: skip
BODY = json.dumps(
    {
        "id": "A-1",
        "new": True,
        "items": [{"sku": f"s{i}", "price": 9.5, "qty": 2} for i in range(4)],
    }
).encode()


def measure(
    server: harness.Server, token: str, path: str, concurrency: int, count: int
) -> dict[str, Any]:
    """One load, until the last execution is recorded."""
    start, before = time.time(), server.cpu_seconds()
    results = asyncio.run(harness.post_many(server.url, path, BODY, count, concurrency))
    accepted = time.time() - start
    ids = {json.loads(body)["execution_id"]: sent for sent, _, body in results}
    stopped = _await_recorded(server.url, token, set(ids))
    recorded = time.time() - start
    spent = server.cpu_seconds().each(before, count)
    # As the benches of the peers count: from the first request to the last execution's end.
    completed = max(stopped.values()) - start
    to_done = [stopped[i] - sent for i, sent in ids.items()]
    answers = [answered - sent for sent, answered, _ in results]
    return {
        "concurrency": concurrency,
        "executions": count,
        "accepted_per_s": round(count / accepted, 1),
        "completed_per_s": round(count / completed, 1),
        "recorded_per_s": round(count / recorded, 1),
        **{
            f"answer_p{p}_ms": round(harness.percentile(answers, p / 100) * 1000, 1)
            for p in (50, 95, 99)
        },
        **{
            f"done_p{p}_ms": round(max(0.0, harness.percentile(to_done, p / 100)) * 1000, 1)
            for p in (50, 95, 99)
        },
        **spent,
        "server_mb": round(server.resident_bytes() / 1e6),
    }


def _await_recorded(url: str, token: str, wanted: set[str]) -> dict[str, float]:
    """When each execution ended, once all are recorded as succeeded."""
    found: dict[str, float] = {}
    while True:
        cursor = ""
        while True:
            page = harness.call(
                url, "GET", f"/v1/executions?limit=200&status=succeeded{cursor}", token=token
            )
            fresh = [
                item for item in page["items"] if item["id"] in wanted and item["id"] not in found
            ]
            for item in fresh:
                found[item["id"]] = datetime.fromisoformat(item["stopped_at"]).timestamp()
            if not fresh or page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        if len(found) == len(wanted):
            return found
        time.sleep(0.02)


def database_bytes(server: harness.Server) -> int:
    """The size of the database's files."""
    import psycopg

    with psycopg.connect(server.database_url(), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert row is not None
    return int(row[0])


def main() -> None:
    parser = harness.arguments(__doc__ or "")
    parser.add_argument("--concurrency", type=int, nargs="*", default=[1, 8, 64])
    parser.add_argument("--count", type=int, default=4000)
    options = parser.parse_args()
    rows = []
    with harness.server() as server:
        token = harness.sign_up(server.url)
        _, path = harness.publish(server.url, token, WORKFLOW)
        measure(server, token, path, 8, 500)
        before, made = database_bytes(server), 0
        for concurrency in options.concurrency:
            count = options.count if concurrency > 1 else options.count // 4
            rows.append(measure(server, token, path, concurrency, count))
            made += count
        each = (database_bytes(server) - before) / made
    print(
        f"{'clients':>7} {'accepted/s':>11} {'completed/s':>12} {'recorded/s':>11} {'p50':>8} {'p95':>8} {'p99 ms':>8} {'memory MB':>10} {'Python ms':>10} {'PostgreSQL ms':>14}"
    )
    for row in rows:
        print(
            f"{row['concurrency']:>7} {row['accepted_per_s']:>11} {row['completed_per_s']:>12} {row['recorded_per_s']:>11} "
            f"{row['done_p50_ms']:>8} {row['done_p95_ms']:>8} {row['done_p99_ms']:>8} {row['server_mb']:>10} {row['python_ms']:>10} {row['postgres_ms']:>14}"
        )
    print(f"{each:.0f} bytes of database per execution, its history included")
    if options.json:
        print(
            json.dumps(
                {
                    "bench": "webhook_to_done",
                    "machine": harness.machine(),
                    "rows": rows,
                    "bytes_per_execution": round(each),
                }
            )
        )


if __name__ == "__main__":
    main()
