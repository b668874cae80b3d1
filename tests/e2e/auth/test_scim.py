"""Provisioning by SCIM 2.0 over HTTP: the protocol, what providers really send, and its limits."""

from __future__ import annotations

import re
from typing import Any

import httpx
import httpx2
import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server, filling

from tests.e2e.auth.test_access import fresh, join
from tests.e2e.auth.test_accounts import PASSWORD, post, sign_in
from tests.support import secrets
from tests.support.server import Client, Server, until

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
RANDOM = filling.generate_random_value
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@scim.example").register()


def turned_on(owner: Client, role: str = "viewer") -> httpx.Client:
    """An identity provider with the workspace's key."""
    made = owner.ok("PUT", "/v1/provisioning", {"default_role": role})
    secrets.note(made)
    headers = {"authorization": f"Bearer {made['key']}", "content-type": "application/scim+json"}
    return httpx.Client(
        verify=False, base_url=f"{owner.server.url}/v1/scim/v2", headers=headers, timeout=30
    )


@pytest.fixture(scope="module")
def idp(owner: Client) -> httpx.Client:
    return turned_on(owner, "editor")


def user(who: str, **more: Any) -> dict[str, Any]:
    return {"schemas": [USER], "userName": f"{who}@scim.example", "displayName": who, **more}


def ok(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    assert answer.headers["content-type"] == "application/scim+json"
    return answer.json()


def operations(*items: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH], "Operations": list(items)}


def members(owner: Client) -> dict[str, dict[str, Any]]:
    return {m["email"]: m for m in owner.ok("GET", "/v1/members?limit=200")["items"]}


def addressable(context: Any, path: Any, *arguments: Any, **options: Any) -> Any:
    """Random values, but that a user's name is an address: here it has to be one."""
    value = RANDOM(context, path, *arguments, **options)
    is_name = value is not None and str(path).endswith("userName")
    return f"{value}@standard.example" if is_name else value


def test_the_server_keeps_to_the_standard(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every check of scim2-tester: discovery, making, reading, replacing, patching, removing.

    Left out: methods that have no route (the gateway answers), searching by POST (a client may,
    a server need not), who has no ``active`` (is active here), and members' names (an account's).
    """
    monkeypatch.setattr(filling, "generate_random_value", addressable)
    provider = turned_on(Client(server, "owner@standard.example").register())
    over = httpx2.Client(base_url=str(provider.base_url), headers=dict(provider.headers))
    with over:
        results = check_server(SyncSCIMClient(over))
    wrong = [
        f"{result.title}: {result.reason}"
        for result in results
        if result.status not in {Status.SUCCESS, Status.SKIPPED, Status.ACCEPTABLE}
        and not result.title.endswith(("_endpoint_methods", "search_with_attributes"))
        and not re.search("attribute (from )?'active'|value for 'members'", result.reason or "")
    ]
    assert len(results) > 20
    assert not wrong, "\n".join(wrong)


def test_somebody_joins_changes_and_leaves(owner: Client, idp: httpx.Client) -> None:
    sent = user(
        "joan",
        externalId="00u1",
        title="Engineer",
        name={"givenName": "Joan", "familyName": "Clarke"},
        emails=[{"value": "joan@scim.example", "type": "work", "primary": True}],
        schemas=[USER, ENTERPRISE],
        **{ENTERPRISE: {"department": "Hut 8"}},
    )
    answer = idp.post("/Users", json=sent)
    assert answer.status_code == 201
    made = ok(answer)
    assert answer.headers["location"] == made["meta"]["location"]
    assert {key: made[key] for key in sent if key != "schemas"} == {
        key: value for key, value in sent.items() if key != "schemas"
    }, "all that was sent comes back"
    assert made["active"] is True
    assert members(owner)["joan@scim.example"]["role"] == "editor"
    assert members(owner)["joan@scim.example"]["user_id"] == made["id"]
    assert idp.post("/Users", json=sent).status_code == 409

    off = operations({"op": "Replace", "path": "active", "value": "False"})
    assert ok(idp.patch(f"/Users/{made['id']}", json=off))["active"] is False
    assert not members(owner)["joan@scim.example"]["active"]
    on = operations({"op": "replace", "value": {"active": True, "name.familyName": "Murray"}})
    changed = ok(idp.patch(f"/Users/{made['id']}", json=on))
    assert (changed["active"], changed["name"]["familyName"]) == (True, "Murray")
    assert changed["title"] == "Engineer"

    put = ok(idp.put(f"/Users/{made['id']}", json=user("joan", displayName="Joan M.")))
    assert put["displayName"] == "Joan M."
    assert "title" not in put
    assert members(owner)["joan@scim.example"]["name"] == "Joan M."

    assert idp.delete(f"/Users/{made['id']}").status_code == 204
    assert "joan@scim.example" not in members(owner)
    assert idp.get(f"/Users/{made['id']}").status_code == 404
    actions = [e["action"] for e in owner.ok("GET", "/v1/audit/events?action=member")["items"]]
    assert actions[0] == "member.removed"
    assert actions[-1] == "member.provisioned"


def test_who_is_deactivated_is_signed_out(owner: Client, idp: httpx.Client) -> None:
    member = join(owner, "soon-out@scim.example", "viewer")
    found = ok(idp.get("/Users", params={"filter": 'userName eq "SOON-OUT@scim.example"'}))
    (listed,) = found["Resources"]
    assert listed["id"] == member.session["user_id"]
    off = operations({"op": "replace", "path": "active", "value": False})
    ok(idp.patch(f"/Users/{listed['id']}", json=off))
    until(lambda: member.http.get("/v1/workflows").status_code == 401, "the cache to forget")
    token = {"refresh_token": member.session["refresh_token"]}
    assert post(owner.server, "sessions/refresh", **token).status_code == 401


def test_a_provisioned_person_chooses_a_password_by_mail(owner: Client, idp: httpx.Client) -> None:
    ok(idp.post("/Users", json=user("newcomer")))
    email = "newcomer@scim.example"
    assert sign_in(owner.server, email).status_code == 401
    assert post(owner.server, "password-resets", email=email).status_code == 202
    secret = owner.mailed_secret(email, "Reset your password")
    post(owner.server, "password-resets/confirm", token=secret, password=PASSWORD)
    assert sign_in(owner.server, email).json()["role"] == "editor"


def test_an_account_that_never_verified_its_address_is_not_taken(
    server: Server, idp: httpx.Client
) -> None:
    Client(server, "squatted@scim.example").register()
    refused = idp.post("/Users", json=user("squatted"))
    assert (refused.status_code, refused.json()["scimType"]) == (409, "uniqueness")


def test_an_account_of_ones_own_keeps_its_name(owner: Client, idp: httpx.Client) -> None:
    member = join(owner, "own-name@scim.example", "viewer")
    rename = operations({"op": "replace", "path": "displayName", "value": "Somebody else"})
    changed = ok(idp.patch(f"/Users/{member.session['user_id']}", json=rename))
    assert changed["displayName"] == "Somebody else"
    assert member.ok("GET", "/v1/auth/account")["name"] == "viewer"


def test_the_last_owner_stays(owner: Client, idp: httpx.Client) -> None:
    me = owner.session["user_id"]
    off = operations({"op": "replace", "path": "active", "value": False})
    assert idp.patch(f"/Users/{me}", json=off).status_code == 409
    assert idp.delete(f"/Users/{me}").status_code == 409
    assert owner.ok("GET", "/v1/auth/account")["role"] == "owner"


def test_groups_give_what_was_granted_to_them(owner: Client, idp: httpx.Client) -> None:
    member = join(owner, "grouped@scim.example", "guest")
    who = member.session["user_id"]
    group = ok(idp.post("/Groups", json={"schemas": [GROUP], "displayName": "Builders"}))
    owner.ok("POST", "/v1/grants", {"group_id": group["id"], "role": "viewer"})
    assert member.request("GET", "/v1/workflows").status_code == 403
    add = operations({"op": "Add", "path": "members", "value": [{"value": who}]})
    assert [m["value"] for m in ok(idp.patch(f"/Groups/{group['id']}", json=add))["members"]] == [
        who
    ]
    fresh(member)
    assert member.request("GET", "/v1/workflows").status_code == 200
    listed = ok(idp.get(f"/Users/{who}"))
    assert [(g["value"], g["display"]) for g in listed["groups"]] == [(group["id"], "Builders")]
    gone = operations({"op": "Remove", "path": f'members[value eq "{who}"]'})
    assert "members" not in ok(idp.patch(f"/Groups/{group['id']}", json=gone))
    fresh(member)
    assert member.request("GET", "/v1/workflows").status_code == 403
    assert (
        idp.post("/Groups", json={"schemas": [GROUP], "displayName": "Builders"}).status_code == 409
    )
    renamed = {"schemas": [GROUP], "displayName": "Makers", "externalId": "g-1"}
    ok(idp.put(f"/Groups/{group['id']}", json=renamed))
    found = ok(idp.get("/Groups", params={"filter": 'externalId eq "g-1"'}))
    assert [g["displayName"] for g in found["Resources"]] == ["Makers"]
    assert idp.delete(f"/Groups/{group['id']}").status_code == 204


@pytest.fixture(scope="module")
def crew(server: Server) -> httpx.Client:
    """A workspace of an owner and five others."""
    provider = turned_on(Client(server, "owner@crew.example").register())
    for number in range(1, 6):
        title = "Engineer" if number % 2 else "Manager"
        emails = [{"value": f"p{number}@crew.example", "type": "work"}]
        new = {"schemas": [USER], "userName": f"p{number}", "title": title, "emails": emails}
        ok(provider.post("/Users", json={**new, "externalId": f"x{number}", "active": number != 5}))
    return provider


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ('userName eq "P1"', "p1"),
        ('externalId eq "x2"', "p2"),
        ('externalId eq "X2"', ""),
        ('userName sw "p" and title eq "manager"', "p2 p4"),
        ('title eq "Manager" or active eq false', "p2 p4 p5"),
        ('not (title pr) and userName co "owner"', "owner@crew.example"),
        ('emails[type eq "work" and value co "p3"]', "p3"),
        ('emails.value ew "4@crew.example"', "p4"),
        ('meta.created gt "2020-01-01T00:00:00Z" and userName ne "p1" and title pr', "p2 p3 p4 p5"),
        ('id eq "nonsense"', ""),
    ],
)
def test_filters(crew: httpx.Client, wanted: str, names: str) -> None:
    page = ok(crew.get("/Users", params={"filter": wanted}))
    assert [u["userName"] for u in page["Resources"]] == names.split()
    assert page["totalResults"] == len(names.split())


def test_pages_and_attributes(crew: httpx.Client) -> None:
    names = []
    for start in (1, 3, 5):
        page = ok(crew.get("/Users", params={"startIndex": start, "count": 2}))
        assert (page["totalResults"], page["itemsPerPage"], page["startIndex"]) == (6, 2, start)
        names += [u["userName"] for u in page["Resources"]]
    assert names == ["owner@crew.example", "p1", "p2", "p3", "p4", "p5"]
    assert ok(crew.get("/Users", params={"count": 0}))["Resources"] == []
    assert ok(crew.get("/Users", params={"startIndex": 100}))["Resources"] == []
    only = ok(crew.get("/Users", params={"attributes": "userName", "filter": 'userName eq "p1"'}))
    assert only["Resources"][0].keys() == {"schemas", "id", "userName"}
    shown = ok(crew.get("/Users", params={"excludedAttributes": "emails,meta", "count": 1}))
    assert not {"emails", "meta"} & shown["Resources"][0].keys()


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind"),
    [
        ("GET", "/Users?filter=userName+eq", None, 400, "invalidFilter"),
        ("GET", "/Users?filter=nothing+pr", None, 400, "invalidFilter"),
        ("GET", "/Users?count=many", None, 400, "invalidValue"),
        ("GET", "/Users/nonsense", None, 404, None),
        ("GET", "/Nothing", None, 404, None),
        ("GET", "/Schemas/urn:nothing", None, 404, None),
        ("POST", "/Schemas", {}, 405, None),
        ("POST", "/Users", "{", 400, "invalidSyntax"),
        ("POST", "/Users", [], 400, "invalidSyntax"),
        ("POST", "/Users", {"schemas": [USER]}, 400, "invalidValue"),
        ("POST", "/Users", {"schemas": [USER], "userName": "no address"}, 400, "invalidValue"),
        ("POST", "/Users", user("nul\x00"), 400, "invalidValue"),
        ("POST", "/Users", user("x", active="perhaps"), 400, "invalidValue"),
        ("PATCH", "/Users/ME", operations({"op": "jump"}), 400, "invalidValue"),
        ("PATCH", "/Users/ME", operations({"op": "remove"}), 400, "noTarget"),
        ("PATCH", "/Users/ME", operations({"op": "replace", "path": "id", "value": "x"}), 400, "mutability"),
        ("PATCH", "/Users/ME", operations({"op": "remove", "path": "userName"}), 400, "mutability"),
        ("POST", "/Groups", {"schemas": [GROUP]}, 400, "invalidValue"),
        ("POST", "/Groups", {"schemas": [GROUP], "displayName": "g", "members": [{"value": "0190b0a0-0000-7000-8000-00000000dead"}]}, 400, "invalidValue"),
        ("DELETE", "/Groups/0190b0a0-0000-7000-8000-00000000dead", None, 404, None),
    ],
)  # fmt: skip
def test_bad_input_is_told_in_the_protocols_words(
    owner: Client, idp: httpx.Client, method: str, path: str, body: Any, status: int, kind: str
) -> None:
    before = owner.ok("GET", "/v1/audit/events?limit=1")["items"][0]["sequence"]
    target = path.replace("ME", owner.session["user_id"])
    sent = (
        {"content": body} if isinstance(body, str) else {"json": body} if body is not None else {}
    )
    answer = idp.request(method, target, **sent)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    document = answer.json()
    assert document["schemas"] == [ERROR]
    assert document["status"] == str(status)
    assert document.get("scimType") == kind, document
    assert owner.ok("GET", "/v1/audit/events?limit=1")["items"][0]["sequence"] == before


def test_the_key_does_this_and_nothing_else_until_it_is_replaced(server: Server) -> None:
    owner = Client(server, "owner@keys.example").register()
    assert owner.request("GET", "/v1/provisioning").status_code == 404
    first = turned_on(owner)
    assert ok(first.get("/ServiceProviderConfig"))["patch"]["supported"] is True
    assert {kind["name"] for kind in ok(first.get("/ResourceTypes"))["Resources"]} == {
        "User",
        "Group",
    }
    assert ok(first.get(f"/Schemas/{USER}"))["id"] == USER
    elsewhere = httpx.get(f"{server.url}/v1/members", headers=first.headers)
    assert elsewhere.status_code == 403
    shown = owner.ok("GET", "/v1/provisioning")
    assert first.headers["authorization"].startswith(f"Bearer {shown['hint']}")
    assert "key" not in shown
    second = turned_on(owner)
    until(lambda: first.get("/Users").status_code == 401, "the cache to forget")
    assert ok(second.get("/Users"))["totalResults"] == 1
    owner.ok("DELETE", "/v1/provisioning")
    until(lambda: second.get("/Users").status_code == 401, "the cache to forget")
    assert owner.request("DELETE", "/v1/provisioning").status_code == 404


def test_nobody_provisions_more_than_they_have(server: Server) -> None:
    owner = Client(server, "owner@more.example").register()
    admin = join(owner, "admin@more.example", "admin")
    refused = admin.request("PUT", "/v1/provisioning", {"default_role": "owner"})
    assert refused.status_code == 403
    unknown = owner.request("PUT", "/v1/provisioning", {"default_role": "nobody"})
    assert unknown.json()["errors"][0]["pointer"] == "/default_role"
