"""Counts what one execution of each shape makes a local cloud invoke."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from typing import Any

import harness
from cost_shapes import PEER, Shape

from statewright_cli.stand_in import start_stand_in

RUNS = 5
QUIET_SECONDS = 4
_LINE = re.compile(
    r'statewright_function_invocations_total\{function="statewright-([\w-]+)",[^}]*\} ([\d.e+]+)'
)


def measure(shapes: Sequence[Shape], scheduled: set[str]) -> list[Counter[str]]:
    """Function → invocations for one execution of each shape, without what a schedule calls."""
    peer = start_stand_in()
    with harness.server() as server:
        token = harness.sign_up(server.url)
        return [_of_shape(server.url, token, shape, peer, scheduled) for shape in shapes]


def _of_shape(url: str, token: str, shape: Shape, peer: str, scheduled: set[str]) -> Counter[str]:
    text = json.dumps(shape.definition).replace(PEER, peer)
    _, hook = harness.publish(url, token, json.loads(text))
    before = _settled(url, scheduled)
    for _ in range(RUNS):
        started = harness.call(url, "POST", hook, {"items": [{"price": 2, "qty": 3}]})
        used = _settled(url, scheduled)
        if shape.seconds is None:
            _approve(url, token, started["execution_id"])
            used = _settled(url, scheduled)
    if "notifications-on-execution-failed" in used:
        raise RuntimeError(f"executions of '{shape.name}' fail")
    used.subtract(before)
    return Counter({name: round(n / RUNS, 2) for name, n in used.items() if n > 0})  # type: ignore[misc]


def _approve(url: str, token: str, execution: str) -> None:
    while not (found := _tasks(url, token, execution)):
        time.sleep(0.2)
    harness.call(
        url, "POST", f"/v1/tasks/{found[0]['id']}/decision", {"decision": "approved"}, token
    )


def _tasks(url: str, token: str, execution: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = harness.call(
        url, "GET", f"/v1/tasks/mine?execution_id={execution}", None, token
    )["items"]
    return listed


def _settled(url: str, scheduled: set[str]) -> Counter[str]:
    """The counts, once nothing has been invoked for a while."""
    last, since = _counts(url, scheduled), time.monotonic()
    while time.monotonic() - since < QUIET_SECONDS:
        time.sleep(0.5)
        now = _counts(url, scheduled)
        if now != last:
            last, since = now, time.monotonic()
    return last


def _counts(url: str, scheduled: set[str]) -> Counter[str]:
    with urllib.request.urlopen(f"{url}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    counts: Counter[str] = Counter()
    for name, number in _LINE.findall(text):
        if name not in scheduled and name != "gateway-get-health":
            counts[name] += int(float(number))
    return counts
