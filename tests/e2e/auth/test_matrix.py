"""Every endpoint, with every role, in the same workspace and in another one.

The endpoints come from the API's own description, so a new one is in here from its first day.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import yaml

from statewright.auth.roles import ROLES
from tests.e2e.auth.test_accounts import PASSWORD, post, sign_in
from tests.support.server import ROOT, Client, Server, until

NOWHERE = "0190b0a0-0000-7000-8000-00000000dead"
DENIED = "does not have the permission"
SIGNS_OUT = {"delete /v1/auth/sessions", "post /v1/auth/sign-out"}


@dataclass(frozen=True)
class Endpoint:
    method: str
    path: str
    permission: str
    function: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def at(self, ids: dict[str, str]) -> str:
        return re.sub(r"{(\w+)}", lambda match: ids.get(match[1], NOWHERE), self.path)


def endpoints() -> list[Endpoint]:
    body = yaml.safe_load((ROOT / "infra" / "api.yaml").read_text())
    return [
        Endpoint(method, path, operation["x-permission"], _function(operation))
        for path, methods in body["paths"].items()
        for method, operation in methods.items()
        if "x-permission" in operation and method != "head"
    ]


def _function(operation: dict[str, Any]) -> str:
    """Service and function, as their sample event's file is called."""
    uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
    found = re.search(r"StackName}-(\w+)-([\w-]+)(?::live)?/invocations", uri)
    assert found is not None
    return f"{found[1]}/{found[2].replace('-', '_')}"


ENDPOINTS = endpoints()


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@matrix.example").register()


@pytest.fixture(scope="module")
def by_role(owner: Client) -> dict[str, Client]:
    """Somebody with each role, in the owner's workspace."""
    found = {"owner": owner}
    for role in ROLES.keys() - {"owner"}:
        email = f"{role}@matrix.example"
        owner.ok("POST", "/v1/invitations", {"email": email, "role": role})
        secret = owner.mailed_secret(email, "Join 'Test'")
        joined = post(
            owner.server, "invitations/accept", token=secret, name=role, password=PASSWORD
        )
        found[role] = Client(owner.server, email).use(joined.json())
    return found


@pytest.fixture(scope="module")
def ids(owner: Client, by_role: dict[str, Client]) -> dict[str, str]:
    """One of each thing of the owner's workspace, by the name that paths give it."""
    definition = {
        "name": "Its",
        "triggers": [{"id": "h", "type": "webhook"}],
        "steps": [{"id": "wait", "wait": {"for": "1h"}}],
    }
    workflow = owner.publish(definition)
    execution = owner.call_webhook(workflow, {}).json()["execution_id"]
    until(lambda: owner.execution(execution), "its record")
    role = {"name": "own-role", "permissions": ["workflows:read"]}
    owner.ok("POST", "/v1/roles", role)
    user = by_role["viewer"].session["user_id"]
    grant = {
        "user_id": user,
        "role": "editor",
        "scope_kind": "workflow",
        "scope_id": workflow["id"],
    }
    return {
        "workflow_id": workflow["id"],
        "execution_id": execution,
        "key_id": owner.ok("POST", "/v1/auth/api-keys", {"name": "k"})["id"],
        "account_id": owner.ok("POST", "/v1/service-accounts", {"name": "s"})["id"],
        "user_id": by_role["operator"].session["user_id"],
        "invitation_id": owner.ok("POST", "/v1/invitations", {"email": "x@matrix.example"})["id"],
        "group_id": owner.ok("POST", "/v1/groups", {"name": "g", "members": [user]})["id"],
        "grant_id": owner.ok("POST", "/v1/grants", grant)["id"],
        "folder_id": owner.ok("POST", "/v1/folders", {"name": "f"})["id"],
        "session_id": owner.session["session_id"],
        "workspace_id": owner.session["workspace_id"],
        "role": "own-role",
        "table": owner.ok(
            "POST", "/v1/tables", {"name": "orders", "columns": {"number": {"type": "number"}}}
        )["name"],
        "connection_id": owner.ok(
            "POST",
            "/v1/connections",
            {"name": "c", "auth": {"kind": "signing_secret", "secret": "x"}},
        )["id"],
        "file_id": owner.ok("POST", "/v1/files", {"name": "a.csv", "size": 1})["file"]["id"],
        "endpoint": "Users",
        "resource_id": user,
    }


def unreadable(client: Client, endpoint: Endpoint) -> httpx.Response:
    """A request that gets as far as permissions and no further: unknown ids, half a body."""
    content = b"" if endpoint.method == "get" else b"{"
    headers = {"content-type": "application/json"}
    return client.http.request(endpoint.method, endpoint.at({}), content=content, headers=headers)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.name)
def test_each_role_may_do_exactly_what_it_allows(
    endpoint: Endpoint, by_role: dict[str, Client]
) -> None:
    for role, client in by_role.items():
        asking = client
        if endpoint.name in SIGNS_OUT:
            asking = Client(client.server).use(sign_in(client.server, client.email, workspace_id=client.session["workspace_id"]).json())  # fmt: skip
        answer = unreadable(asking, endpoint)
        denied = answer.status_code == 403 and DENIED in answer.text
        assert denied == (endpoint.permission not in ROLES[role]), (role, answer.text)
        assert answer.status_code != 401, role
        assert answer.status_code < 500, (role, answer.text)
        if endpoint.name in SIGNS_OUT:
            client.use(sign_in(client.server, client.email, workspace_id=client.session["workspace_id"]).json())  # fmt: skip


@pytest.fixture(scope="module")
def stranger(server: Server) -> Client:
    return Client(server, "stranger@matrix.example").register()


@pytest.mark.parametrize(
    "endpoint",
    [
        e
        for e in ENDPOINTS
        if "{" in e.path and not re.search("{(section|topic)}|{endpoint}$", e.path)
    ],
    ids=lambda endpoint: endpoint.name,
)
def test_an_owner_of_another_workspace_reaches_nothing(
    endpoint: Endpoint, owner: Client, stranger: Client, ids: dict[str, str]
) -> None:
    sample = json.loads((ROOT / "events" / f"{endpoint.function}.json").read_text())
    body = None if sample["body"] is None else json.loads(sample["body"])
    before = owner.ok("GET", "/v1/audit/events?limit=1")["items"]
    answer = stranger.request(endpoint.method.upper(), endpoint.at(ids), body)
    assert answer.status_code in {403, 404, 409, 422}, answer.text
    assert owner.ok("GET", "/v1/audit/events?limit=1")["items"] == before


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer x", "Bearer sw_x", "Basic eDp5"])
def test_nobody_gets_in_without_credentials(server: Server, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    with httpx.Client(verify=False, base_url=server.url, headers=headers, timeout=60) as nobody:
        for endpoint in ENDPOINTS:
            answer = nobody.request(endpoint.method, endpoint.at({}))
            assert answer.status_code == 401, endpoint
