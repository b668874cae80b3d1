"""The version before and today's take turns on one database: each goes on with what the other began.

So it is while a release's traffic is shifted, and after going back (docs/operating.md). The version
before is the one whose statements are recorded; it runs on the packages of today.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support import previous
from tests.support.server import ROOT, Client, Server, until
from tests.support.web import Asked, Reply, web

COMMIT = json.loads(previous.RECORD.read_text())["commit"]


@dataclass(frozen=True)
class Began:
    """What one version leaves for the other."""

    name: str
    workflow: dict[str, Any]
    waiting: str
    link: str


@pytest.fixture(scope="module")
def bank() -> Iterator[str]:
    """Answers who asks; whoever has no token is refused."""

    def answer(asked: Asked) -> Reply:
        known = asked.headers.get("authorization", "").startswith("Bearer token of ")
        body = json.dumps(asked.headers.get("authorization", "")[16:]).encode()
        return Reply(200 if known else 401, {"content-type": "application/json"}, body)

    with web(answer) as running:
        yield running.url


@pytest.fixture
def turns(data_root: Path) -> Iterator[Server]:
    """A server of the version before, with a database of its own."""
    if not previous.is_known(COMMIT):
        pytest.skip(f"the history here lacks {COMMIT}")
    files = data_root / "previous"
    files.mkdir()
    previous.extract(COMMIT, files)
    running = Server(data_root / "turns", root=files)
    try:
        yield running.start()
    finally:
        running.stop()


def definition(name: str) -> dict[str, Any]:
    """Signs in somewhere, asks a person, answers with both."""
    wanted = {"assignees": ["ada@example.com"], "title": f"May {name}?"}
    return {
        "name": name,
        "triggers": [{"id": "hook", "type": "webhook"}],
        "steps": [
            {"id": "asked", "use": "http.request", "connection": name, "with": {"url": "/"}},
            {"id": "answer", "use": "human.approval", "with": wanted},
        ],
        "output": "{% [$asked.body, $answer.decision, $trigger.body.n] %}",
    }


def begin(client: Client, name: str, bank: str) -> Began:
    """A sealed token, a published workflow, an execution that waits for somebody."""
    auth = {"kind": "bearer", "token": f"token of {name}", "base_url": bank}
    client.ok("POST", "/v1/connections", {"name": name, "auth": auth})
    workflow = client.publish(definition(name))
    waiting = client.call_webhook(workflow, {"n": 1}).json()["execution_id"]
    return Began(name, workflow, waiting, client.approval_link(f"May {name}?"))


def decide(client: Client, began: Began, execution: str, link: str, n: int) -> None:
    """Lets an execution end."""
    decided = client.http.post(link, json={"decision": "approved"})
    assert decided.status_code == 200, decided.text
    ended = client.ended(execution)
    assert ended["output"] == [began.name, "approved", n], ended


def go_on(client: Client, began: Began) -> None:
    """Uses all that another version left, in the session that it gave."""
    assert client.ok("GET", "/v1/auth/account")["email"] == client.email
    decide(client, began, began.waiting, began.link, 1)
    client.ok("POST", f"/v1/workflows/{began.workflow['id']}/versions")
    links = len(client.mails())
    started = client.call_webhook(began.workflow, {"n": 2}).json()["execution_id"]
    until(lambda: len(client.mails()) > links, "the question of the new version")
    decide(client, began, started, client.approval_link(f"May {began.name}?"), 2)
    listed = client.ok("GET", f"/v1/executions?workflow_id={began.workflow['id']}")["items"]
    assert {one["id"] for one in listed} >= {began.waiting, started}
    who = {"email": client.email, "password": "long enough pw"}
    client.use(client.ok("POST", "/v1/auth/sessions", who))


def test_each_goes_on_with_what_the_other_began(turns: Server, bank: str) -> None:
    before = turns.root
    client = Client(turns).register()
    old = begin(client, "old", bank)
    change(turns, ROOT)  # migrates
    go_on(client, old)
    older, new = begin(client, "older", bank), begin(client, "new", bank)
    assert knows_files(client)
    change(turns, before)
    assert not knows_files(client), "this is the version before"
    go_on(client, new)
    last = begin(client, "last", bank)
    assert len(client.ok("GET", "/v1/workflows")["items"]) == 4
    change(turns, ROOT)
    go_on(client, older)
    go_on(client, last)


def knows_files(client: Client) -> bool:
    """Whether the file store, which came after the version before, is there."""
    return client.request("GET", "/v1/files").status_code == 200


def change(server: Server, root: Path) -> None:
    """Stops a server and starts another version on its data."""
    server.stop()
    server.root = root
    server.start()
