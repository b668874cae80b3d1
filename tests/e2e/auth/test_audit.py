"""The audit log: searched, exported, verified, and closed to changes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.server import ROOT, Client, Server


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    client = Client(server, "owner@audit.example").register()
    client.ok("POST", "/v1/folders", {"name": "Quarterly budgets"})
    client.ok("POST", "/v1/roles", {"name": "clerk", "permissions": ["workflows:read"]})
    return client


@pytest.fixture
def connection(server: Server) -> Iterator[psycopg.Connection[Any]]:
    folder = (server.data / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    with psycopg.connect(f"postgresql://postgres@/postgres?host={folder}") as opened:
        yield opened
        opened.rollback()


def test_events_say_who_did_what_to_what_from_where(owner: Client) -> None:
    newest, *_ = owner.ok("GET", "/v1/audit/events")["items"]
    assert newest["action"] == "role.created"
    assert newest["actor"] == f"user:{owner.session['user_id']}"
    assert newest["target"] == "role:clerk"
    assert newest["address"] == "127.0.0.1"
    assert newest["details"] == {"permissions": ["workflows:read"]}


def test_what_an_endpoint_changes_is_noted_with_it_or_not_at_all(server: Server) -> None:
    author = Client(server, "author@audit.example").register()
    definition = {"name": "Noted", "steps": [{"id": "a", "set": 1}]}
    workflow = author.ok("POST", "/v1/workflows", {"definition": definition})
    assert author.request("POST", "/v1/workflows", {"definition": definition}).status_code == 409
    author.ok("POST", f"/v1/workflows/{workflow['id']}/versions")
    author.ok("GET", f"/v1/workflows/{workflow['id']}")
    author.ok("PUT", "/v1/variables", {"variables": {"a": 1}})
    events = author.ok("GET", "/v1/audit/events")["items"]
    assert [(event["action"], event["target"]) for event in events[:3]] == [
        ("put_variables", ""),
        ("publish_workflow", f"workflow:{workflow['id']}"),
        ("create_workflow", f"workflow:{workflow['id']}"),
    ]
    assert events[3]["action"] == "session.begun"


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ("action=folder", ["folder.created"]),
        ("action=folder.created", ["folder.created"]),
        ("action=fold", []),
        ("words=quarterly", ["folder.created"]),
        ("words=quarterly+-budgets", []),
        ("target=role:clerk", ["role.created"]),
        ("actor=user:nobody", []),
        ("until=2020-01-01T00:00:00Z", []),
        ("action=session&since=2020-01-01T00:00:00Z", ["session.begun"]),
    ],
)
def test_searching(owner: Client, query: str, actions: list[str]) -> None:
    found = owner.ok("GET", f"/v1/audit/events?{query}")["items"]
    assert [event["action"] for event in found] == actions


@pytest.mark.parametrize("query", ["since=yesterday", "limit=0", "cursor=x", "words=" + "x" * 201])
def test_bad_queries(owner: Client, query: str) -> None:
    assert owner.request("GET", f"/v1/audit/events?{query}").status_code in {400, 422}


def test_pages_follow_each_other(owner: Client) -> None:
    whole = [e["sequence"] for e in owner.ok("GET", "/v1/audit/events")["items"]]
    paged, cursor = [], ""
    while cursor is not None:
        page = owner.ok("GET", f"/v1/audit/events?limit=1{cursor and '&cursor='}{cursor}")
        paged += [event["sequence"] for event in page["items"]]
        cursor = page["next"]
    assert paged == whole


def verify(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "statewright_cli", "audit", "verify", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_command_verifies_a_server_and_an_export(owner: Client, tmp_path: Path) -> None:
    key = owner.ok("POST", "/v1/auth/api-keys", {"name": "auditor", "role": "admin"})["key"]
    saved = tmp_path / "log.jsonl"
    live = verify("--url", owner.server.url, "--key", key, "--save", str(saved))
    assert live.returncode == 0, live.stderr
    assert "events, unbroken" in live.stdout
    head = live.stdout.split()[-1]
    assert verify("--file", str(saved), "--head", head).returncode == 0
    lines = saved.read_text().splitlines()
    saved.write_text("\n".join(lines[:-1]))
    cut = verify("--file", str(saved), "--head", head)
    assert (cut.returncode, "cut or written anew" in cut.stderr) == (1, True)
    saved.write_text("\n".join([lines[0].replace("workspace.created", "nothing"), *lines[1:]]))
    changed = verify("--file", str(saved))
    assert (changed.returncode, "breaks at event 1" in changed.stderr) == (1, True)
    assert verify("--url", owner.server.url, "--key", "sw_wrong").returncode == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET record = '{}'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
    ],
)
def test_the_log_is_append_only_for_the_databases_owner_too(
    owner: Client, connection: psycopg.Connection[Any], statement: str
) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
        connection.execute(statement)


def test_a_workspace_cannot_rewrite_its_log(
    owner: Client, connection: psycopg.Connection[Any]
) -> None:
    connection.execute("SELECT set_config('role', 'statewright_tenant', true)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE audit_events SET record = '{}'")
