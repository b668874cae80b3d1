"""The server is killed under load and in rest: nothing that was answered is lost or doubled."""

from __future__ import annotations

import collections
import random
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.server import Client, Server, until

WEBHOOKS = 1000
CLIENTS = 16
SEED = 20261123
WORKFLOW = {
    "name": "Count",
    "triggers": [{"id": "hook", "type": "webhook"}],
    "steps": [
        {"id": "doubled", "set": "{% $trigger.body.n * 2 %}"},
        {"id": "pause", "when": "{% $trigger.body.n % 10 = 0 %}", "use": "event.publish", "with": {"type": "counted"}},
    ],
    "output": "{% $doubled %}",
}  # fmt: skip


@pytest.fixture
def own_server(data_root: Path, request: pytest.FixtureRequest) -> Any:
    running = Server(data_root / request.node.name[:40])
    yield running.start()
    running.stop()


def test_a_thousand_webhooks_survive_a_kill(own_server: Server) -> None:
    client = Client(own_server).register()
    hook = next(iter(client.publish(WORKFLOW)["webhooks"].values())).rsplit("/", 1)[1]
    random_source = random.Random(SEED)
    kill_at = random_source.randint(WEBHOOKS // 3, WEBHOOKS // 2)
    load = _Load(f"{own_server.url}/hooks/{hook}", kill_at)
    threads = [threading.Thread(target=load.send) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    load.time_to_kill.wait(60)
    own_server.kill()
    own_server.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    assert len(load.accepted) == WEBHOOKS, "every number was answered with 2xx in the end"

    until(lambda: _recorded(client) >= load.accepted.keys(), "every answered execution's record")
    until(lambda: not client.ok("GET", "/v1/executions?status=running")["items"], "all ends")
    recorded = _executions(client)
    counts = collections.Counter(execution["id"] for execution in recorded)
    assert max(counts.values()) == 1, "none is recorded twice"
    assert {execution["status"] for execution in recorded} == {"succeeded"}
    for number in random_source.sample(sorted(load.accepted.values()), 20):
        execution_id = next(i for i, n in load.accepted.items() if n == number)
        assert client.ended(execution_id)["output"] == number * 2


class _Load:
    """Sends the numbers below WEBHOOKS, each until it is answered with 2xx."""

    def __init__(self, url: str, kill_at: int):
        self.url = url
        self.accepted: dict[str, int] = {}
        self.time_to_kill = threading.Event()
        self._numbers = iter(range(WEBHOOKS))
        self._kill_at = kill_at
        self._lock = threading.Lock()

    def send(self) -> None:
        with httpx.Client(verify=False, timeout=30) as http:
            while True:
                with self._lock:
                    number = next(self._numbers, None)
                if number is None:
                    return
                self._until_accepted(http, number)

    def _until_accepted(self, http: httpx.Client, number: int) -> None:
        def attempt() -> bool:
            try:
                answer = http.post(self.url, json={"n": number})
            except httpx.TransportError:
                return False
            if not answer.is_success:
                assert answer.status_code == 503, answer.text
                return False
            with self._lock:
                self.accepted[answer.json()["execution_id"]] = number
                if len(self.accepted) >= self._kill_at:
                    self.time_to_kill.set()
            return True

        until(attempt, f"an answer for {number}", 120)


def _executions(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = client.ok("GET", f"/v1/executions?limit=200{cursor}")
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


def _recorded(client: Client) -> set[str]:
    return {execution["id"] for execution in _executions(client)}


def test_waiting_executions_survive_a_kill(own_server: Server) -> None:
    client = Client(own_server).register()
    asks = {
        "name": "Asks",
        "triggers": [{"id": "hook", "type": "webhook"}],
        "steps": [
            {"id": "answer", "use": "human.approval", "with": {"assignees": ["ada@example.com"], "title": "May we?"}},
            {"id": "done", "set": "{% $answer.decision %}"},
        ],
        "output": "{% $done %}",
    }  # fmt: skip
    waits = {
        "name": "Waits",
        "triggers": [{"id": "hook", "type": "webhook"}],
        "steps": [{"wait": {"for": "3s"}}, {"id": "done", "set": "waited"}],
        "output": "{% $done %}",
    }
    asking = client.call_webhook(client.publish(asks), {}).json()["execution_id"]
    waiting = client.call_webhook(client.publish(waits), {}).json()["execution_id"]
    link = client.approval_link("May we?")
    until(lambda: (client.execution(waiting) or {}).get("status"), "its record")
    own_server.kill()
    own_server.start()
    running = {item["id"] for item in client.ok("GET", "/v1/executions?status=running")["items"]}
    assert asking in running
    assert client.http.post(link, json={"decision": "approved"}).status_code == 200
    assert client.ended(asking)["output"] == "approved"
    assert client.ended(waiting)["output"] == "waited"


def test_a_task_cut_off_by_a_kill_is_called_again_with_the_same_key(
    own_server: Server, slow_crm: Any
) -> None:
    client = Client(own_server).register()
    calls = {
        "name": "Calls",
        "triggers": [{"id": "hook", "type": "webhook"}],
        "steps": [{"id": "call", "use": "http.request", "with": {"method": "POST", "url": f"{slow_crm.url}/slow", "body": {}}}],
        "output": "{% $call.status %}",
    }  # fmt: skip
    started = client.call_webhook(client.publish(calls), {}).json()["execution_id"]
    until(lambda: slow_crm.keys, "the first call")
    own_server.kill()
    slow_crm.open_gate()
    own_server.start()
    assert client.ended(started)["output"] == 200
    assert len(slow_crm.keys) >= 2
    assert len(set(slow_crm.keys)) == 1


@pytest.fixture
def slow_crm() -> Any:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Slow(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server.keys.append(self.headers["idempotency-key"])  # type: ignore[attr-defined]
            gate.wait(30)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    gate = threading.Event()
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.keys = []
    server.open_gate = gate.set
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    gate.set()
    server.shutdown()
