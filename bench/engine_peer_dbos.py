"""DBOS for the engine's bench: runs in DBOS's own environment, and is told by lines what to do.

A line ``{"clients": 8, "count": 100}`` has so many workflows run by so many threads; the answer
says how many seconds that took, and how long each workflow took. Each workflow calls five durable
steps, each of which does what the bench's function does.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from typing import Any

from dbos import DBOS

INPUT = {"id": "A-1", "total": 76.0, "new": True, "customer": {"name": "Ada"}, "items": [1, 2, 3]}


@DBOS.step()
def one_step(event: dict[str, Any]) -> dict[str, Any]:
    """What each task does."""
    return {**event, "steps": event.get("steps", 0) + 1}


@DBOS.workflow()
def five_steps(event: dict[str, Any]) -> dict[str, Any]:
    """Five steps in a row."""
    for _ in range(5):
        event = one_step(event)
    return event


def run(clients: int, count: int) -> dict[str, Any]:
    """Runs workflows from several threads."""
    numbers, lock, took = iter(range(count)), threading.Lock(), []

    def client() -> None:
        while True:
            with lock:
                if next(numbers, None) is None:
                    return
            began = time.perf_counter()
            if five_steps(INPUT)["steps"] != 5:
                os._exit(1)
            took.append(time.perf_counter() - began)

    began = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"seconds": time.perf_counter() - began, "starts": took}


def main() -> None:
    """Does what each line of the input asks for."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else is printed is no answer
    DBOS(config={
        "name": "bench", "system_database_url": os.environ["DBOS_URL"], "log_level": "WARNING",
        "run_admin_server": False,
    })  # fmt: skip
    DBOS.launch()
    for line in sys.stdin:
        order = json.loads(line)
        answers.write(json.dumps(run(order["clients"], order["count"])) + "\n")
        answers.flush()
    DBOS.destroy()


if __name__ == "__main__":
    main()
