"""Live updates over a real WebSocket: who may watch what, and that it arrives, to nobody else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.support.server import Client, Server, until

HOOK = [{"id": "hook", "type": "webhook"}]
Open = Callable[..., "Watcher"]


class Watcher:
    """A WebSocket client."""

    def __init__(self, socket: ClientConnection):
        self.socket = socket

    def ask(self, message: Any) -> Any:
        self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))
        return self.next()

    def watch(self, *topics: str) -> Any:
        return self.ask({"action": "subscribe", "topics": topics})

    def next(self, timeout: float = 30) -> Any:
        return json.loads(self.socket.recv(timeout))


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@live.example").register()


@pytest.fixture(scope="module")
def workflow(owner: Client) -> dict[str, Any]:
    return owner.publish({"name": "Watched", "triggers": HOOK, "steps": [{"id": "a", "set": 1}]})


@pytest.fixture
def opened() -> Iterator[Open]:
    stack = ExitStack()

    def open_(client: Client, *, browser: bool = False) -> Watcher:
        url = f"ws{client.server.url.removeprefix('http')}/live"
        token = client.http.headers["Authorization"].removeprefix("Bearer ")
        if browser:
            protocols = ["statewright", f"bearer.{token}"]
            socket = stack.enter_context(connect(url, subprotocols=protocols))
            assert socket.subprotocol == "statewright"
        else:
            headers = {"Authorization": f"Bearer {token}"}
            socket = stack.enter_context(connect(url, additional_headers=headers))
        return Watcher(socket)

    with stack:
        yield open_


def started(owner: Client, workflow: dict[str, Any]) -> str:
    return str(owner.call_webhook(workflow, {}).json()["execution_id"])


def told(watcher: Watcher, execution: str, topic: str) -> list[str]:
    """The statuses of an execution, until it has ended."""
    statuses: list[str] = []
    while "succeeded" not in statuses:
        message = watcher.next()
        if message["topic"] == topic and message["event"]["id"] == execution:
            statuses.append(message["event"]["status"])
    return statuses


def test_executions_are_told_as_they_happen(
    owner: Client, workflow: dict[str, Any], opened: Open
) -> None:
    assert owner.ok("GET", "/v1/live")["protocol"] == "statewright"
    everything, one = opened(owner, browser=True), opened(owner)
    assert everything.watch("executions") == {"type": "subscribed", "topics": ["executions"]}
    topic = f"workflows/{workflow['id']}/executions"
    one.watch(topic)
    assert one.ask({"action": "ping"}) == {"type": "pong"}
    execution = started(owner, workflow)
    assert told(everything, execution, "executions")[-1] == "succeeded"
    assert told(one, execution, topic)[-1] == "succeeded"
    assert one.ask({"action": "unsubscribe", "topics": [topic]})["type"] == "unsubscribed"
    assert told(everything, started(owner, workflow), "executions")[-1] == "succeeded"
    assert one.ask({"action": "ping"}) == {"type": "pong"}, "nothing else came before"


def test_nobody_else_is_told(
    owner: Client, server: Server, workflow: dict[str, Any], opened: Open
) -> None:
    stranger = Client(server, "stranger@live.example").register()
    own = stranger.publish({"name": "Own", "triggers": HOOK, "steps": [{"id": "a", "set": 1}]})
    watcher = opened(stranger)
    execution = started(owner, workflow)
    topics = ["executions", f"executions/{execution}", f"workflows/{workflow['id']}/executions"]
    assert watcher.watch(*topics)["type"] == "subscribed", "topics of one's own workspace"
    seen = opened(owner)
    seen.watch("executions")
    told(seen, started(owner, workflow), "executions")
    mine = started(stranger, own)
    first = watcher.next()
    assert first["event"]["id"] == mine, "the first that the stranger hears of is its own"


def test_in_app_messages_are_told_to_whom_they_are_for(
    owner: Client, server: Server, opened: Open
) -> None:
    stranger = Client(server, "nobody@live.example").register()
    mine, theirs = opened(owner), opened(stranger)
    (topic,) = mine.watch("inbox")["topics"]
    theirs.watch("inbox")
    me = owner.session["user_id"]
    content = {"subject": "Look", "text": "The order is here."}
    owner.ok("POST", "/v1/notifications", {"to": [f"user:{me}"], "channels": ["in_app"], "content": content})  # fmt: skip
    message = mine.next()
    assert message["topic"] == topic
    assert message["event"] == owner.ok("GET", "/v1/inbox")["items"][0]
    assert message["event"]["subject"] == "Look"
    assert theirs.ask({"action": "ping"}) == {"type": "pong"}, "nothing else came before"


def test_figures_are_told_to_be_asked_for_again_once_they_have_changed(
    owner: Client, server: Server, workflow: dict[str, Any], opened: Open
) -> None:
    stranger = Client(server, "figures@live.example").register()
    mine, theirs = opened(owner), opened(stranger)
    mine.watch("analytics")
    theirs.watch("analytics")
    query = {"dataset": "executions", "measures": ["succeeded"], "period": {"last": 1}}
    path = "/v1/dashboards/overview/data"
    before = owner.ok("POST", "/v1/analytics/queries", query)["totals"]["values"][0]
    tag = owner.request("GET", path).headers["ETag"]
    started(owner, workflow)
    after = before
    while after == before:  # it may have been told that it began, too
        message = mine.next()
        assert (message["topic"], list(message["event"])) == ("analytics", ["at"])
        after = owner.ok("POST", "/v1/analytics/queries", query)["totals"]["values"][0]
    assert after == before + 1
    assert owner.request("GET", path, headers={"If-None-Match": tag}).status_code == 200
    assert theirs.ask({"action": "ping"}) == {"type": "pong"}, "nothing else came before"


def test_grants_on_a_workflow_let_it_be_watched_and_nothing_else(
    owner: Client, workflow: dict[str, Any], opened: Open
) -> None:
    other = owner.publish({"name": "Unwatched", "triggers": HOOK, "steps": [{"id": "a", "set": 1}]})
    account = owner.ok("POST", "/v1/service-accounts", {"name": "watcher", "role": "guest"})
    owner.ok("POST", "/v1/grants", {"service_account_id": account["id"], "role": "viewer", "scope_kind": "workflow", "scope_id": workflow["id"]})  # fmt: skip
    key = owner.ok("POST", "/v1/auth/api-keys", {"name": "w", "role": "viewer", "service_account_id": account["id"]})  # fmt: skip
    part = Client(owner.server)
    part.http.headers["Authorization"] = f"Bearer {key['key']}"
    watcher = opened(part)
    topic = f"workflows/{workflow['id']}/executions"
    assert watcher.watch(topic)["type"] == "subscribed"
    for refused in ("executions", f"workflows/{other['id']}/executions", "executions/none"):
        assert watcher.watch(refused)["problem"] in {"forbidden", "not-found"}, refused
    execution = started(owner, workflow)
    assert told(watcher, execution, topic)[-1] == "succeeded"
    owner.ok("DELETE", f"/v1/auth/api-keys/{key['id']}")
    gone = watcher.ask({"action": "ping"})
    assert gone["problem"] == "unauthenticated", "a key that is revoked hears nothing more"


@pytest.mark.parametrize(
    "message",
    [
        "", "{", "[]", "null", "5", '{"action": 5}', '{"action": "explode"}', '{"action": "$connect"}',
        '{"action": "$disconnect"}', '{"action": "subscribe", "topics": "executions"}',
        '{"action": "subscribe", "topics": ["nothing"]}', '{"action": "subscribe", "topics": ["inbox/x"]}',
        '{"action": "subscribe", "topics": ["executions/../x"]}', '{"action": "subscribe", "x": 1}',
        json.dumps({"action": "subscribe", "topics": ["executions/" + "x" * 300]}),
        json.dumps({"action": "subscribe", "topics": ["executions"] * 101}), b"\xff\xfe",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_answered_and_changes_nothing(
    owner: Client, opened: Open, message: str | bytes
) -> None:
    watcher = opened(owner)
    assert watcher.ask(message)["type"] == "error"
    assert watcher.ask({"action": "ping"}) == {"type": "pong"}


def test_limits(owner: Client, opened: Open) -> None:
    watcher = opened(owner)
    assert watcher.watch(*(f"executions/a{n}" for n in range(100)))["type"] == "subscribed"
    assert watcher.watch("executions")["type"] == "error"
    watcher.socket.send("x" * 200_000)
    with pytest.raises(ConnectionClosed):
        watcher.socket.recv(30)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}, {"Sec-WebSocket-Protocol": "statewright"}])  # fmt: skip
def test_nobody_gets_in_without_credentials(server: Server, headers: dict[str, str]) -> None:
    url = f"ws{server.url.removeprefix('http')}/live"
    with pytest.raises(InvalidStatus) as refused, connect(url, additional_headers=headers):
        pass
    assert refused.value.response.status_code == 401


def test_other_addresses_have_no_socket_and_this_one_no_pages(server: Server) -> None:
    url = f"ws{server.url.removeprefix('http')}/v1/executions"
    with pytest.raises(InvalidStatus) as refused, connect(url):
        pass
    assert refused.value.response.status_code == 403
    assert httpx.get(f"{server.url}/live").status_code == 404


def test_a_session_that_ended_hears_nothing_more(
    owner: Client, server: Server, workflow: dict[str, Any], opened: Open
) -> None:
    once = Client(server, owner.email).use(
        owner.ok("POST", "/v1/auth/sessions", {"email": owner.email, "password": "long enough pw"})
    )
    watcher, control = opened(once), opened(owner)
    watcher.watch("executions")
    control.watch("executions")
    owner.ok("DELETE", f"/v1/auth/sessions/{once.session['session_id']}")
    told(control, started(owner, workflow), "executions")
    assert watcher.ask({"action": "ping"})["problem"] == "unauthenticated", "and no event before"


def test_after_a_restart_old_connections_are_forgotten(data_root: Any, opened: Open) -> None:
    server = Server(data_root / "live-restart").start()
    try:
        owner = Client(server, "owner@restart.example").register()
        workflow = owner.publish({"name": "W", "triggers": HOOK, "steps": [{"id": "a", "set": 1}]})
        opened(owner).watch("executions")
        server.kill()
        server.start()
        execution = started(owner, workflow)
        assert owner.ended(execution)["status"] == "succeeded"
        until(
            lambda: [e for e in owner.ok("GET", "/v1/executions")["items"] if e["status"] == "succeeded"],
            "the record, which a dead connection does not hold up",
        )  # fmt: skip
        watcher = opened(owner)
        watcher.watch("executions")
        assert told(watcher, started(owner, workflow), "executions")[-1] == "succeeded"
    finally:
        server.stop()
