"""Roles, groups, grants on parts of a workspace, API keys and service accounts over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.e2e.auth.test_accounts import PASSWORD, post
from tests.support.server import Client, Server, until

DEFINITION = {"steps": [{"id": "a", "set": 1}]}


def join(owner: Client, email: str, role: str) -> Client:
    owner.ok("POST", "/v1/invitations", {"email": email, "role": role})
    secret = owner.mailed_secret(email, "Join 'Test'")
    joined = post(owner.server, "invitations/accept", token=secret, name=role, password=PASSWORD)
    return Client(owner.server, email).use(joined.json())


def fresh(client: Client) -> Client:
    """The same person with a token that the authorizer has not seen: it decides anew."""
    token = {"refresh_token": client.session["refresh_token"]}
    return client.use(post(client.server, "sessions/refresh", **token).json())


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@access.example").register()


@pytest.fixture(scope="module")
def tree(owner: Client) -> dict[str, str]:
    """Folders a > b, and a workflow at the top and in each."""
    a = owner.ok("POST", "/v1/folders", {"name": "a"})["id"]
    b = owner.ok("POST", "/v1/folders", {"name": "b", "parent_id": a})["id"]
    found = {"a": a, "b": b}
    for name, folder in (("top", None), ("in-a", a), ("in-b", b)):
        new = {"definition": {"name": name, **DEFINITION}, "folder_id": folder}
        found[name] = owner.ok("POST", "/v1/workflows", new)["id"]
    return found


def names(client: Client) -> set[str]:
    return {w["name"] for w in client.ok("GET", "/v1/workflows")["items"]}


def test_a_grant_on_a_folder_covers_all_below_it_and_nothing_else(
    owner: Client, tree: dict[str, str]
) -> None:
    guest = join(owner, "guest@access.example", "guest")
    assert guest.request("GET", "/v1/workflows").status_code == 403
    grant = {"user_id": guest.session["user_id"], "role": "editor", "scope_kind": "folder"}
    created = owner.ok("POST", "/v1/grants", {**grant, "scope_id": tree["b"]})
    fresh(guest)
    assert names(guest) == {"in-b"}
    assert [f["name"] for f in guest.ok("GET", "/v1/folders")] == ["b"]
    owner.ok("DELETE", f"/v1/grants/{created['id']}")
    owner.ok("POST", "/v1/grants", {**grant, "scope_id": tree["a"]})
    fresh(guest)
    assert names(guest) == {"in-a", "in-b"}
    draft = {"definition": {"name": "renamed", **DEFINITION}, "draft": 1}
    for name, status in (("top", 404), ("in-b", 200)):
        assert guest.request("GET", f"/v1/workflows/{tree[name]}").status_code == status
    assert guest.request("PUT", f"/v1/workflows/{tree['top']}", draft).status_code == 404
    new = {"definition": {"name": "made by a guest", **DEFINITION}}
    assert guest.request("POST", "/v1/workflows", new).status_code == 403, "at the top"
    guest.ok("POST", "/v1/workflows", {**new, "folder_id": tree["b"]})
    for path in ("/v1/members", "/v1/variables", "/v1/audit/events"):
        method, body = ("PUT", {"variables": {}}) if "variables" in path else ("GET", None)
        assert guest.request(method, path, body).status_code == 403, path
    move = guest.request("PUT", f"/v1/workflows/{tree['in-b']}/folder", {"folder_id": None})
    assert move.status_code == 403, "out of what the grant covers"
    made = guest.ok("POST", "/v1/folders", {"name": "deeper", "parent_id": tree["b"]})
    assert guest.request("POST", "/v1/folders", {"name": "beside"}).status_code == 403
    guest.ok("DELETE", f"/v1/folders/{made['id']}")


def test_a_viewer_may_edit_what_a_group_was_granted(owner: Client, tree: dict[str, str]) -> None:
    viewer = join(owner, "viewer@access.example", "viewer")
    group = owner.ok(
        "POST", "/v1/groups", {"name": "Editors", "members": [viewer.session["user_id"]]}
    )
    grant = {"group_id": group["id"], "role": "operator", "scope_kind": "workflow"}
    owner.ok("POST", "/v1/grants", {**grant, "scope_id": tree["in-a"]})
    fresh(viewer)
    assert names(viewer) >= {"top", "in-a"}, "reads everything by the own role"
    for name, status in (("in-a", 409), ("top", 404)):  # 409: there is no published version
        started = viewer.request("POST", f"/v1/workflows/{tree[name]}/executions", {"input": {}})
        assert started.status_code == status
    owner.ok("PUT", f"/v1/groups/{group['id']}", {"name": "Editors", "members": []})
    fresh(viewer)
    again = viewer.request("POST", f"/v1/workflows/{tree['in-a']}/executions", {"input": {}})
    assert again.status_code == 403


def test_a_role_of_ones_own_and_its_life(owner: Client) -> None:
    role = {
        "name": "clerk",
        "description": "Looks at executions",
        "permissions": ["executions:read"],
    }
    owner.ok("POST", "/v1/roles", role)
    assert owner.request("POST", "/v1/roles", role).status_code == 409
    assert owner.request("POST", "/v1/roles", {**role, "name": "owner"}).status_code == 409
    unknown = owner.request("POST", "/v1/roles", {"name": "odd", "permissions": ["no:such"]})
    assert unknown.json()["errors"][0]["pointer"] == "/permissions/0"
    clerk = join(owner, "clerk@access.example", "clerk")
    assert clerk.request("GET", "/v1/executions").status_code == 200
    assert clerk.request("GET", "/v1/workflows").status_code == 403
    owner.ok("PUT", "/v1/roles/clerk", {"permissions": ["workflows:read"]})
    fresh(clerk)
    assert clerk.request("GET", "/v1/workflows").status_code == 200
    assert clerk.request("GET", "/v1/executions").status_code == 403
    assert owner.request("DELETE", "/v1/roles/clerk").status_code == 409
    owner.ok("DELETE", f"/v1/members/{clerk.session['user_id']}")
    owner.ok("DELETE", "/v1/roles/clerk")
    assert "clerk" not in [r["name"] for r in owner.ok("GET", "/v1/roles")]


def test_nobody_gives_away_or_changes_more_than_they_have(owner: Client) -> None:
    admin = join(owner, "admin@access.example", "admin")
    me, boss = admin.session["user_id"], owner.session["user_id"]
    for method, path, body in (
        ("POST", "/v1/invitations", {"email": "e@access.example", "role": "owner"}),
        ("PATCH", f"/v1/members/{me}", {"role": "owner"}),
        ("PATCH", f"/v1/members/{boss}", {"role": "viewer"}),
        ("DELETE", f"/v1/members/{boss}", None),
        ("POST", "/v1/grants", {"user_id": me, "role": "owner"}),
        ("POST", "/v1/roles", {"name": "super", "permissions": ["workspace:delete"]}),
        ("POST", "/v1/auth/api-keys", {"name": "k", "role": "owner"}),
        ("POST", "/v1/service-accounts", {"name": "s", "role": "owner"}),
    ):
        assert admin.request(method, path, body).status_code == 403, path
    assert owner.ok("GET", "/v1/auth/account")["role"] == "owner"


def test_a_deactivated_member_is_out_at_once_and_may_come_back(owner: Client) -> None:
    member = join(owner, "paused@access.example", "editor")
    path = f"/v1/members/{member.session['user_id']}"
    owner.ok("PATCH", path, {"active": False})
    until(lambda: member.http.get("/v1/workflows").status_code == 401, "the cache to forget")
    signed = post(owner.server, "sessions", email=member.email, password=PASSWORD)
    assert signed.status_code == 403
    owner.ok("PATCH", path, {"active": True})
    signed = post(owner.server, "sessions", email=member.email, password=PASSWORD)
    assert signed.status_code == 201


def with_key(owner: Client, key: dict[str, Any]) -> httpx.Client:
    headers = {"authorization": f"Bearer {key['key']}"}
    return httpx.Client(verify=False, base_url=owner.server.url, headers=headers)


def test_keys_are_narrowed_noted_and_revoked(owner: Client) -> None:
    new = {
        "name": "reader",
        "role": "editor",
        "permissions": ["workflows:read"],
        "expires_in_days": 1,
    }
    key = owner.ok("POST", "/v1/auth/api-keys", new)
    program = with_key(owner, key)
    assert program.get("/v1/workflows").status_code == 200
    assert program.get("/v1/executions").status_code == 403
    (listed,) = [k for k in owner.ok("GET", "/v1/auth/api-keys") if k["id"] == key["id"]]
    assert "key" not in listed
    assert listed["last_used_at"] is not None
    assert key["key"].startswith(listed["hint"])
    owner.ok("DELETE", f"/v1/auth/api-keys/{key['id']}")
    until(lambda: program.get("/v1/workflows").status_code == 401, "the cache to forget")


def test_a_key_falls_with_what_its_owner_may(owner: Client) -> None:
    member = join(owner, "keyed@access.example", "editor")
    key = member.ok("POST", "/v1/auth/api-keys", {"name": "k", "role": "editor"})
    program = with_key(owner, key)
    assert program.post("/v1/workflows", json={}).status_code == 422
    owner.ok("PATCH", f"/v1/members/{member.session['user_id']}", {"role": "viewer"})
    until(lambda: program.post("/v1/workflows", json={}).status_code == 403, "the cache to forget")
    assert program.get("/v1/workflows").status_code == 200
    owner.ok("DELETE", f"/v1/members/{member.session['user_id']}")
    until(lambda: program.get("/v1/workflows").status_code == 401, "the cache to forget")


def test_a_key_cannot_act_as_the_person(owner: Client) -> None:
    program = with_key(owner, owner.ok("POST", "/v1/auth/api-keys", {"name": "k", "role": "owner"}))
    for method, path, body in (
        ("PUT", "/v1/auth/account/password", {"current": PASSWORD, "password": "a new password"}),
        ("POST", "/v1/auth/second-factor", {"password": PASSWORD}),
        ("DELETE", "/v1/auth/account", {"password": PASSWORD}),
        ("DELETE", "/v1/workspace", {"name": "Test", "password": PASSWORD}),
        ("POST", "/v1/workspaces", {"name": "W"}),
    ):
        assert program.request(method, path, json=body).status_code == 403, path


def test_service_accounts_have_keys_and_grants_of_their_own(
    owner: Client, tree: dict[str, str]
) -> None:
    account = owner.ok("POST", "/v1/service-accounts", {"name": "ERP", "role": "guest"})
    new = {"name": "erp", "role": "editor", "service_account_id": account["id"]}
    program = with_key(owner, owner.ok("POST", "/v1/auth/api-keys", new))
    assert program.get("/v1/workflows").status_code == 403
    grant = {"service_account_id": account["id"], "role": "viewer", "scope_kind": "folder"}
    owner.ok("POST", "/v1/grants", {**grant, "scope_id": tree["a"]})
    until(lambda: program.get("/v1/workflows").status_code == 200, "the cache to forget")
    assert {w["folder_id"] for w in program.get("/v1/workflows").json()["items"]} <= {
        tree["a"],
        tree["b"],
    }
    assert program.get("/v1/auth/account").status_code == 404
    owner.ok("DELETE", f"/v1/service-accounts/{account['id']}")
    until(lambda: program.get("/v1/workflows").status_code == 401, "the cache to forget")


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("grants", {"role": "viewer"}, 422),
        ("grants", {"user_id": "x", "role": "viewer"}, 404),
        ("grants", {"user_id": "0190b0a0-0000-7000-8000-00000000dead", "role": "viewer"}, 422),
        ("grants", {"user_id": "ME", "role": "nobody"}, 422),
        ("grants", {"user_id": "ME", "role": "viewer", "scope_kind": "folder"}, 422),
        ("grants", {"user_id": "ME", "role": "viewer", "scope_id": "ME"}, 422),
        (
            "grants",
            {"user_id": "ME", "role": "viewer", "scope_kind": "folder", "scope_id": "ME"},
            422,
        ),
        (
            "grants",
            {"user_id": "ME", "role": "viewer", "scope_kind": "report", "scope_id": "ME"},
            422,
        ),
        ("groups", {"name": "odd", "members": ["0190b0a0-0000-7000-8000-00000000dead"]}, 422),
        ("groups", {"name": ""}, 422),
        ("folders", {"name": "x", "parent_id": "0190b0a0-0000-7000-8000-00000000dead"}, 404),
        ("folders", {"name": "x", "parent_id": "nonsense"}, 404),
        ("folders", {"name": "nul \x00"}, 422),
        ("groups", {"name": "nul \x00"}, 422),
        ("roles", {"name": "Has Spaces", "permissions": []}, 422),
        ("auth/api-keys", {"name": "k", "role": "nobody"}, 422),
        ("auth/api-keys", {"name": "k", "expires_in_days": 0}, 422),
        ("auth/api-keys", {"name": "k", "service_account_id": "x"}, 422),
    ],
)
def test_bad_input_changes_nothing(
    owner: Client, path: str, body: dict[str, Any], status: int
) -> None:
    me = owner.session["user_id"]
    sent = {key: me if value == "ME" else value for key, value in body.items()}
    before = owner.ok("GET", "/v1/audit/events?limit=1")["items"][0]["sequence"]
    assert owner.request("POST", f"/v1/{path}", sent).status_code == status
    assert owner.ok("GET", "/v1/audit/events?limit=1")["items"][0]["sequence"] == before


def test_folders_make_no_ring_and_go_only_when_empty(owner: Client) -> None:
    outer = owner.ok("POST", "/v1/folders", {"name": "outer"})["id"]
    inner = owner.ok("POST", "/v1/folders", {"name": "inner", "parent_id": outer})["id"]
    ring = owner.request("PUT", f"/v1/folders/{outer}", {"name": "outer", "parent_id": inner})
    assert ring.status_code == 409
    assert owner.request("POST", "/v1/folders", {"name": "outer"}).status_code == 409
    assert owner.request("DELETE", f"/v1/folders/{outer}").status_code == 409
    owner.ok("DELETE", f"/v1/folders/{inner}")
    owner.ok("DELETE", f"/v1/folders/{outer}")
