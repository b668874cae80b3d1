"""One workspace never sees another's: through the API, and in the database itself."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from statewright.auth.roles import SCOPED
from tests.support.server import ROOT, Client, Server, until

TABLES = [
    "workflows", "workflow_versions", "triggers", "start_keys", "turns", "polls", "poll_items", "executions", "memberships",
    "human_tasks", "human_task_people", "human_task_events",
    "api_keys", "users", "workspaces", "folders", "roles", "groups", "group_members",
    "service_accounts", "grants", "sessions", "invitations", "audit_events",
    "identity_providers", "provisioning", "provisioned_users",
    "notification_templates", "notification_template_versions", "notifications",
    "notification_deliveries", "notification_events", "inbox_items", "notification_profiles",
    "notification_preferences", "notification_subscriptions", "notification_devices",
    "notification_suppressions", "notification_providers", "notification_limits",
    "webhook_deliveries", "webhook_endpoints", "webhook_messages", "webhook_sendings", "webhook_attempts",
]  # fmt: skip
UNSEEN = [
    "refresh_tokens", "one_time_tokens", "recovery_codes", "signing_keys", "throttles",
    "audit_heads", "used_assertions", "idempotency_keys", "rate_buckets",
]  # fmt: skip


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
    definition = {
        "name": "Hers",
        "triggers": [{"id": "h", "type": "webhook", "deliveries": True}],
        "settings": {"concurrency": {"limit": 5}},
        "steps": steps,
    }
    workflow = ada.publish(definition)
    keyed = ada.call_webhook(workflow, {}, headers={"Idempotency-Key": "k"})
    workflow["execution"] = keyed.json()["execution_id"]
    _poll(ada)
    ada.approval_link("T")
    until(lambda: ada.execution(workflow["execution"]), "its record")
    ada.ok("POST", "/v1/auth/api-keys", {"name": "k"})
    ada.ok("POST", "/v1/folders", {"name": "f"})
    ada.ok("POST", "/v1/roles", {"name": "r", "permissions": []})
    me = ada.session["user_id"]
    group = ada.ok("POST", "/v1/groups", {"name": "g", "members": [me]})
    ada.ok("POST", "/v1/grants", {"group_id": group["id"], "role": "viewer"})
    ada.ok("POST", "/v1/service-accounts", {"name": "s"})
    oauth = {"client_id": "c", "issuer": "https://id.example.com"}
    provider = {"kind": "oidc", "name": "p", "oauth": oauth, "client_secret": "s"}
    ada.ok("POST", "/v1/identity-providers", provider)
    ada.ok("POST", "/v1/invitations", {"email": "invited@tenancy.example"})
    provision(ada)
    notify(ada, me)
    hook = ada.ok("POST", "/v1/webhooks", {"url": "http://127.0.0.1:9"})
    path = f"/v1/webhooks/{hook['id']}"
    test = ada.ok("POST", f"{path}/test")["id"]
    until(lambda: ada.ok("GET", f"{path}/messages/{test}")["tries"], "an attempt")
    return workflow


def _poll(ada: Client) -> None:
    """A poll and an item that it has seen: one takes a minute to come, so these are made."""
    with _superuser(ada.server) as connection:
        columns = "workflow_id, trigger_id, workspace_id"
        connection.execute(
            f"INSERT INTO polls ({columns}) SELECT {columns} FROM triggers WHERE trigger_id = 'h'"
        )
        connection.execute(
            f"INSERT INTO poll_items ({columns}, key, seen_at)"
            f" SELECT {columns}, 'x', now() FROM polls"
        )


def _superuser(server: Server) -> psycopg.Connection[Any]:
    folder = (server.data / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    return psycopg.connect(f"postgresql://postgres@/postgres?host={folder}")


def provision(ada: Client) -> None:
    """Somebody whom an identity provider has made a member."""
    key = ada.ok("PUT", "/v1/provisioning", {})["key"]
    made = httpx.post(
        f"{ada.server.url}/v1/scim/v2/Users",
        json={
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": "provisioned@tenancy.example",
        },
        headers={"authorization": f"Bearer {key}"},
    )
    assert made.status_code == 201, made.text


def notify(ada: Client, me: str) -> None:
    """One of each thing that notifications have."""
    template = {"name": "t", "bodies": {"en": {"default": {"text": "T"}}}}
    ada.ok("POST", "/v1/notification-templates", template)
    ada.ok("PUT", "/v1/notification-preferences", {"preferences": [{"mode": "instant"}]})
    ada.ok("PUT", "/v1/topics/news/subscription")
    ada.ok("POST", "/v1/devices", {"token": "t", "platform": "ios"})
    ada.ok("POST", "/v1/notification-suppressions", {"channel": "sms", "address": "+49301234567"})
    slack = {"account": {"kind": "slack", "secret": "http://127.0.0.1:9/hook"}}
    ada.ok("PUT", "/v1/notification-providers/chat/sales", slack)
    limits = {"limits": [{"channel": "sms", "daily_cap": 5}]}
    ada.ok("PUT", "/v1/notification-limits", limits)
    wanted = {"to": [f"user:{me}"], "channels": ["in_app"], "template": "t"}
    ada.ok("POST", "/v1/notifications", wanted)
    until(lambda: ada.ok("GET", "/v1/inbox")["items"], "the message")


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
    with _superuser(server) as opened:
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


@pytest.mark.parametrize("table", UNSEEN)
def test_no_workspace_sees_what_belongs_to_none(
    table: str, connection: psycopg.Connection[Any]
) -> None:
    connection.execute("SELECT set_config('role', 'statewright_tenant', true)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"SELECT count(*) FROM {table}")


def test_fellow_members_secrets_are_out_of_reach(connection: psycopg.Connection[Any]) -> None:
    for column in ("password_hash", "totp_secret"):
        connection.execute("SELECT set_config('role', 'statewright_tenant', true)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT {column} FROM users")
        connection.rollback()


def test_without_the_applications_check_the_database_still_shows_nothing(
    server: Server, published: dict[str, Any], grace: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every list, as asked by a stranger whom the application lets do anything."""
    from statewright.db import close_pool
    from statewright.http import Caller
    from statewright.settings import settings

    folder = (server.data / "postgres" / "postmaster.pid").read_text().splitlines()[4]
    url = f"postgresql://postgres@/postgres?host={folder}"
    monkeypatch.setenv("STATEWRIGHT_DATABASE_URL", url)
    monkeypatch.setattr(Caller, "require", lambda self, permission: True)
    settings.cache_clear()
    try:
        asked = [show(file, NOBODYS) for file in sorted((ROOT / "functions").glob("*/list_*.py"))]
    finally:
        close_pool()
        settings.cache_clear()
    assert len(asked) >= 10
    for name, status, body in asked:
        if name in {"list_actions", "list_gallery"}:  # what every workspace has
            continue
        if name in {"list_connectors", "list_dashboards"}:  # the ready ones are everybody's
            items = body["items"] if isinstance(body, dict) else body
            assert all(item.get("ready") or item.get("kind") == "ready" for item in items)
            continue
        if name in {"list_permissions", "list_roles"}:  # the catalogue is everybody's
            assert all(item.get("built_in", True) for item in body)
            continue
        if name in {
            "list_connection_uses",
            "list_dashboard_links",
            "list_deliveries",
            "list_template_versions",
            "list_triggers",
            "list_versions",
            "list_visits",
            "list_webhook_deliveries",
            "list_webhook_messages",
        }:  # of something that is not there
            assert status == 404, name
            continue
        assert status == 200, name
        if name == "list_file_folders":
            assert (body["folders"], body["used"]) == ([], 0)
            continue
        assert (body["items"] if isinstance(body, dict) else body) == [], name


NOBODYS = "0190b0a0-0000-7000-8000-0000000000ff"


def show(file: Path, workspace_id: str) -> tuple[str, int, Any]:
    """What a list endpoint answers somebody of a workspace."""
    module = importlib.import_module(f"functions.{file.parent.name}.{file.stem}")
    event = json.loads((ROOT / "events" / file.parent.name / f"{file.stem}.json").read_text())
    authorizer = {"workspace_id": workspace_id, "user_id": NOBODYS, "role": "nobody"}
    event["requestContext"]["authorizer"] = authorizer
    event["queryStringParameters"] = event["multiValueQueryStringParameters"] = None
    answer = module.handler(event, None)
    return file.stem, answer["statusCode"], json.loads(answer["body"])


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


@pytest.mark.parametrize("kind", sorted(SCOPED))
def test_grants_on_parts_narrow_what_they_can_be_given_on(
    kind: str, connection: psycopg.Connection[Any]
) -> None:
    row = connection.execute(
        """SELECT to_regclass(%(kind)s) IS NULL OR EXISTS (SELECT FROM pg_policies
           WHERE tablename = %(kind)s AND permissive = 'RESTRICTIVE' AND policyname = 'granted')""",
        {"kind": kind},
    ).fetchone()
    assert row == (True,), f"let a migration CALL narrow_to_grants('{kind}')"


def test_a_new_kind_joins_with_its_folder(
    connection: psycopg.Connection[Any], grace: Client
) -> None:
    """What a migration does for its table, and what grants and folders then see of it."""
    workspace = grace.session["workspace_id"]
    folder = grace.ok("POST", "/v1/folders", {"name": "probes"})["id"]
    connection.execute(
        """CREATE TABLE probes (id uuid, workspace_id uuid);
           ALTER TABLE probes ENABLE ROW LEVEL SECURITY;
           CREATE POLICY own_workspace ON probes TO statewright_tenant
               USING (workspace_id = current_workspace());
           CALL narrow_to_grants('probes'); GRANT SELECT, INSERT ON probes TO statewright_tenant"""
    )
    inside, beside = f"{NOBODYS[:-2]}01", f"{NOBODYS[:-2]}02"
    connection.execute(
        "INSERT INTO probes VALUES (%s, %s, %s), (%s, %s, NULL)",
        (inside, workspace, folder, beside, workspace),
    )

    def seen(scopes: str) -> list[tuple[Any, ...]]:
        connection.execute(
            "SELECT set_config('role', 'statewright_tenant', true),"
            " set_config('statewright.workspace', %s, true),"
            " set_config('statewright.scopes', %s, true)",
            (workspace, scopes),
        )
        return connection.execute(
            """SELECT array_agg(right(id::text, 2) ORDER BY id), scope_exists('probe', %s),
               folder_in_use(%s), scope_exists('nothing', %s) FROM probes""",
            (beside, folder, beside),
        ).fetchall()

    assert seen("") == [(["01", "02"], True, True, False)]
    assert seen(f"{{{folder}}}") == [(["01"], False, True, False)]
    assert seen(f"{{{beside}}}") == [(["02"], True, False, False)]
    assert seen("{}") == [(None, False, False, False)]
    connection.rollback()


def test_every_table_with_a_workspace_has_a_policy(connection: psycopg.Connection[Any]) -> None:
    rows = connection.execute(
        """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE a.attname = 'workspace_id' AND c.relkind = 'r' AND NOT c.relrowsecurity"""
    ).fetchall()
    assert rows == []
