"""One workspace never sees another's: through the API, and in the database itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.support.server import Client, Server

TABLES = ["workflows", "workflow_versions", "webhooks", "executions", "approvals", "memberships", "api_keys", "users", "workspaces"]  # fmt: skip


@pytest.fixture(scope="module")
def ada(server: Server) -> Client:
    return Client(server, "ada@tenancy.example").register()


@pytest.fixture(scope="module")
def grace(server: Server) -> Client:
    return Client(server, "grace@tenancy.example").register()


@pytest.fixture(scope="module")
def published(ada: Client) -> dict[str, Any]:
    steps = [
        {"id": "q", "use": "human.approval", "with": {"assignees": ["role:owner"], "title": "T"}}
    ]
    definition = {"name": "Hers", "triggers": [{"id": "h", "type": "webhook"}], "steps": steps}
    workflow = ada.publish(definition)
    workflow["execution"] = ada.call_webhook(workflow, {}).json()["execution_id"]
    ada.approval_link("T")
    from tests.support.server import until

    until(lambda: ada.execution(workflow["execution"]), "its record")
    return workflow


def test_the_api_shows_nothing_of_another_workspace(
    ada: Client, grace: Client, published: dict[str, Any]
) -> None:
    workflow, execution = published["id"], published["execution"]
    assert grace.ok("GET", "/v1/workflows")["items"] == []
    assert grace.ok("GET", "/v1/executions")["items"] == []
    draft = {"definition": {"name": "Mine", "steps": [{"id": "a", "set": 1}]}, "draft": 1}
    for method, path, body in (
        ("GET", f"/v1/workflows/{workflow}", None),
        ("PUT", f"/v1/workflows/{workflow}", draft),
        ("POST", f"/v1/workflows/{workflow}/versions", None),
        ("POST", f"/v1/workflows/{workflow}/executions", {}),
        ("GET", f"/v1/executions/{execution}", None),
        ("GET", f"/v1/executions/{execution}/history", None),
        ("POST", f"/v1/executions/{execution}/stop", {}),
    ):
        assert grace.request(method, path, body).status_code == 404
    assert ada.ok("GET", f"/v1/workflows/{workflow}")["draft"] == 1


@pytest.fixture
def connection(server: Server) -> Iterator[psycopg.Connection[Any]]:
    folder = (server.data / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    with psycopg.connect(f"postgresql://postgres@/postgres?host={folder}") as opened:
        yield opened


@pytest.mark.parametrize("table", TABLES)
def test_the_database_returns_nothing_when_a_query_forgets_the_workspace(
    table: str, connection: psycopg.Connection[Any], published: dict[str, Any], grace: Client
) -> None:
    def count(workspace: str) -> int:
        connection.execute(
            "SELECT set_config('role', 'statewright_tenant', true),"
            " set_config('statewright.workspace', %s, true)",
            (workspace,),
        )
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        connection.rollback()
        assert row is not None
        return int(row[0])

    everything = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert everything is not None
    assert everything[0] > 0
    assert count("") == 0
    assert count("0190b0a0-0000-7000-8000-0000000000ff") == 0
    own = count(grace.ok("GET", "/v1/auth/account")["workspace_id"])
    assert own < everything[0]


def test_the_database_refuses_to_write_into_another_workspace(
    connection: psycopg.Connection[Any], published: dict[str, Any], grace: Client
) -> None:
    connection.execute(
        "SELECT set_config('role', 'statewright_tenant', true),"
        " set_config('statewright.workspace', %s, true)",
        (grace.ok("GET", "/v1/auth/account")["workspace_id"],),
    )
    touched = connection.execute("UPDATE workflows SET name = 'stolen' WHERE id = %s", (published["id"],))  # fmt: skip
    assert touched.rowcount == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(
            "INSERT INTO api_keys SELECT gen_random_uuid(), w.workspace_id, 'k', 'x', 'owner',"
            " gen_random_uuid(), now() FROM (SELECT gen_random_uuid() AS workspace_id) w"
        )


def test_every_table_with_a_workspace_has_a_policy(connection: psycopg.Connection[Any]) -> None:
    rows = connection.execute(
        """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE a.attname = 'workspace_id' AND c.relkind = 'r' AND NOT c.relrowsecurity"""
    ).fetchall()
    assert rows == []
