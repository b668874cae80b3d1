"""Sign-in with OAuth 2.0 and OpenID Connect, against a real provider process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.e2e.auth.test_accounts import PASSWORD, post, sign_in
from tests.support.oidc_provider import CLIENT_ID, CLIENT_SECRET
from tests.support.process import running
from tests.support.server import Client, Server, until

DOMAIN = "sso.example"


@pytest.fixture(scope="module")
def issuer(server: Server) -> Iterator[str]:
    with running("tests.support.oidc_provider", "/jwks") as url:
        redirect = f"http://localhost:{server.port}/v1/auth/sso/callback"
        httpx.post(f"{url}/register", data={"redirect_uri": redirect}).raise_for_status()
        yield url


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, f"owner@{DOMAIN}").register()


def provider(
    owner: Client, issuer: str, name: str, kind: str = "oidc", **rules: Any
) -> dict[str, Any]:
    new = {
        "kind": kind,
        "name": name,
        "oauth": {"client_id": CLIENT_ID, "issuer": issuer},
        "client_secret": CLIENT_SECRET,
        "rules": rules,
    }
    added: dict[str, Any] = owner.ok("POST", "/v1/identity-providers", new)
    return added


@pytest.fixture(scope="module")
def provisioning(owner: Client, issuer: str) -> dict[str, Any]:
    return provider(owner, issuer, "Provisioning", provision=True, domains=[DOMAIN])


def person(name: str, **more: Any) -> dict[str, Any]:
    claims = {
        "sub": f"sub-{name}",
        "email": f"{name}@{DOMAIN}",
        "email_verified": True,
        "name": name,
    }
    return {**claims, **more}


class Browser:
    """Somebody at a browser, who follows redirects and fills in the provider's form."""

    def __init__(self, server: Server):
        self._server = server
        self.http = httpx.Client(
            verify=False, base_url=f"http://localhost:{server.port}", timeout=30
        )

    def ask(self, provider_id: str, return_to: str = "/workflows") -> str:
        """Begins a sign-in: the provider's address."""
        path = f"/v1/auth/sso/{provider_id}"
        answer = self.http.get(path, params={"return_to": return_to})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def answered(self, location: str, claims: dict[str, Any], **form: str) -> str:
        """Signs in at the provider: our callback's address."""
        answer = httpx.post(location, data={"claims": json.dumps(claims), **form}, timeout=30)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["location"])

    def come_back(self, location: str) -> httpx.Response:
        return self.http.get(location)

    def sign_in(self, provider_id: str, claims: dict[str, Any], **form: str) -> httpx.Response:
        return self.come_back(self.answered(self.ask(provider_id), claims, **form))

    def session(self, provider_id: str, claims: dict[str, Any], **form: str) -> Client:
        """The session that a sign-in ends in."""
        back = self.sign_in(provider_id, claims, **form)
        assert back.status_code == 302, back.text
        return Client(self._server).use(self.exchange(back).json())

    def exchange(self, back: httpx.Response) -> httpx.Response:
        target = urlsplit(back.headers["location"])
        assert target.path == "/workflows"
        return post(self._server, "sessions/exchange", code=parse_qs(target.fragment)["code"][0])


def refused(answer: httpx.Response, because: str) -> None:
    assert answer.status_code == 403, answer.text
    assert answer.json()["type"] == "urn:statewright:problem:sign-in-refused"
    assert because in answer.json()["detail"], answer.text


def test_the_request_carries_pkce_state_and_nonce(
    server: Server, provisioning: dict[str, Any]
) -> None:
    query = parse_qs(urlsplit(Browser(server).ask(provisioning["id"])).query)
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["code_challenge"][0]) == 43
    assert set(query["scope"][0].split()) == {"openid", "email", "profile"}
    again = parse_qs(urlsplit(Browser(server).ask(provisioning["id"])).query)
    for once in ("state", "nonce", "code_challenge"):
        assert query[once] != again[once]


def test_somebody_new_is_provisioned_and_comes_again_as_the_same(
    server: Server, owner: Client, provisioning: dict[str, Any]
) -> None:
    first = Browser(server).session(provisioning["id"], person("new"))
    account = first.ok("GET", "/v1/auth/account")
    assert (account["email"], account["role"], account["workspace"]) == (
        f"new@{DOMAIN}",
        "viewer",
        "Test",
    )
    assert (account["has_password"], account["email_verified"]) == (False, False)
    moved = person("new", email=f"renamed@{DOMAIN}")
    again = Browser(server).session(provisioning["id"], moved)
    assert again.session["user_id"] == first.session["user_id"], (
        "the subject counts, not the address"
    )
    (entry, _) = again.ok("GET", "/v1/auth/sessions")
    assert entry["method"] == "oidc"
    events = owner.ok("GET", f"/v1/audit/events?actor=user:{first.session['user_id']}")["items"]
    assert {"identity.linked", "session.begun"} <= {event["action"] for event in events}


def test_a_code_is_exchanged_once_and_refreshes_follow(
    server: Server, provisioning: dict[str, Any]
) -> None:
    browser = Browser(server)
    back = browser.sign_in(provisioning["id"], person("exchanges"))
    session = browser.exchange(back)
    assert session.status_code == 201
    assert browser.exchange(back).status_code == 410
    renewed = post(server, "sessions/refresh", refresh_token=session.json()["refresh_token"])
    assert renewed.status_code == 201


@pytest.mark.parametrize(
    ("fault", "because"),
    [
        ("nonce", "nonce"),
        ("no nonce", "nonce"),
        ("audience", "aud"),
        ("second audience", "azp"),
        ("issuer", "iss"),
        ("expired", "expired"),
        ("access token", "at_hash"),
        ("key", "does not hold"),
        ("elliptic key", "does not hold"),
        ("none", "does not hold"),
        ("client secret", "does not hold"),
        ("tampered", "does not hold"),
        ("denied", "access_denied"),
    ],
)
def test_a_wrong_answer_lets_nobody_in(
    server: Server, provisioning: dict[str, Any], fault: str, because: str
) -> None:
    refused(Browser(server).sign_in(provisioning["id"], person("wrong"), fault=fault), because)


def test_an_answer_counts_once_and_in_the_browser_that_asked(
    server: Server, provisioning: dict[str, Any]
) -> None:
    victim, attacker = Browser(server), Browser(server)
    location = attacker.answered(attacker.ask(provisioning["id"]), person("attacker"))
    refused(victim.come_back(location), "another browser")
    assert attacker.come_back(location).status_code == 410, "its state is used up"
    forged = location.replace("state=", "state=x")
    assert victim.come_back(forged).status_code == 410
    mine = victim.answered(victim.ask(provisioning["id"]), person("victim"))
    theirs = attacker.answered(attacker.ask(provisioning["id"]), person("attacker"))
    code = parse_qs(urlsplit(theirs).query)["code"][0]
    injected = (
        f"{mine.split('?')[0]}?state={parse_qs(urlsplit(mine).query)['state'][0]}&code={code}"
    )
    assert victim.come_back(injected).status_code == 502, "PKCE: the code is another request's"


def test_the_providers_keys_may_change(
    server: Server, issuer: str, provisioning: dict[str, Any]
) -> None:
    Browser(server).session(provisioning["id"], person("before"))
    httpx.post(f"{issuer}/rotate").raise_for_status()
    back = until(
        lambda: _let_in(Browser(server).sign_in(provisioning["id"], person("after"))), "the new key"
    )
    assert back.status_code == 302


def _let_in(back: httpx.Response) -> httpx.Response | None:
    return back if back.status_code == 302 else None


@pytest.mark.parametrize(
    "return_to", ["https://evil.example", "//evil.example", "/\\evil", "x", "/a#b"]
)
def test_the_way_back_leads_nowhere_else(
    server: Server, provisioning: dict[str, Any], return_to: str
) -> None:
    path = f"{server.url}/v1/auth/sso/{provisioning['id']}"
    assert httpx.get(path, params={"return_to": return_to}).status_code == 422


def test_an_address_links_to_a_member_only_where_it_is_verified(
    server: Server, owner: Client, provisioning: dict[str, Any]
) -> None:
    email = f"member@{DOMAIN}"
    owner.ok("POST", "/v1/invitations", {"email": email, "role": "editor"})
    secret = owner.mailed_secret(email, "Join 'Test'")
    member = post(server, "invitations/accept", token=secret, name="M", password=PASSWORD).json()
    unverified = person("member", email_verified=False)
    refused(Browser(server).sign_in(provisioning["id"], unverified), "does not vouch")
    linked = Browser(server).session(provisioning["id"], person("member"))
    assert linked.session["user_id"] == member["user_id"]
    assert linked.session["role"] == "editor"
    assert linked.ok("GET", "/v1/auth/account")["has_password"]


def test_an_account_that_never_verified_its_address_is_not_linked(
    server: Server, provisioning: dict[str, Any]
) -> None:
    squatter = Client(server, f"squatted@{DOMAIN}").register()
    refused(Browser(server).sign_in(provisioning["id"], person("squatted")), "never verified")
    assert sign_in(server, squatter.email).status_code == 201


def test_domains_and_invitations_decide_who_comes_in(
    server: Server, owner: Client, issuer: str, provisioning: dict[str, Any]
) -> None:
    stranger = person("x", email="x@elsewhere.example")
    refused(Browser(server).sign_in(provisioning["id"], stranger), "not of a domain")
    refused(
        Browser(server).sign_in(provisioning["id"], person("none", email="")), "not of a domain"
    )
    closed = provider(owner, issuer, "Members only")
    refused(Browser(server).sign_in(closed["id"], person("outsider")), "not a member")
    owner.ok("POST", "/v1/invitations", {"email": "invited@elsewhere.example", "role": "operator"})
    invited = person("invited", email="invited@elsewhere.example")
    session = Browser(server).session(closed["id"], invited)
    assert session.session["role"] == "operator"
    assert "invited@elsewhere.example" not in [
        i["email"] for i in owner.ok("GET", "/v1/invitations")
    ]


def test_roles_follow_the_providers_claim(server: Server, owner: Client, issuer: str) -> None:
    rules = {"provision": True, "domains": [DOMAIN], "role_claim": "groups"}
    mapping = {"admins": "admin", "makers": "editor"}
    mapped = provider(owner, issuer, "Mapped", role_mapping=mapping, **rules)
    browser = Browser(server)
    for groups, role in (
        (["makers", "x"], "editor"),
        (["admins", "makers"], "admin"),
        ([], "viewer"),
        ("makers", "editor"),
    ):
        session = browser.session(mapped["id"], person("mapped", groups=groups))
        assert session.session["role"] == role
        assert session.ok("GET", "/v1/auth/account")["role"] == role


def test_a_session_by_a_provider_is_confined_to_its_workspace(
    server: Server, owner: Client, issuer: str, provisioning: dict[str, Any]
) -> None:
    """A workspace's provider may say anything: it must not open what is somewhere else."""
    secret = owner.mailed_secret(owner.email, "Confirm your address")
    post(server, "email-verifications/confirm", token=secret)
    evil = Client(server, "evil@elsewhere.example").register()
    theirs = provider(evil, issuer, "Theirs", provision=True, domains=[DOMAIN])
    posing = Browser(server).session(theirs["id"], person("owner"))
    assert posing.session["user_id"] == owner.session["user_id"], "linked, as the rules say"
    assert posing.session["workspace_id"] == evil.session["workspace_id"]
    home = owner.session["workspace_id"]
    assert posing.request("POST", f"/v1/auth/workspaces/{home}/sessions").status_code == 403
    assert [w["workspace_id"] for w in posing.ok("GET", "/v1/auth/workspaces")] == [
        evil.session["workspace_id"]
    ]
    assert {s["workspace_id"] for s in posing.ok("GET", "/v1/auth/sessions")} == {
        evil.session["workspace_id"]
    }
    ended = posing.request("DELETE", f"/v1/auth/sessions/{owner.session['session_id']}")
    assert ended.status_code == 404
    posing.ok("DELETE", "/v1/auth/sessions")
    assert owner.request("GET", "/v1/auth/account").status_code == 200


def test_github_tells_over_its_api(server: Server, owner: Client, issuer: str) -> None:
    added = provider(owner, issuer, "GitHub", "github", provision=True, domains=[DOMAIN])
    location = Browser(server).ask(added["id"])
    assert urlsplit(location).path == "/login/oauth/authorize"
    assert "nonce" not in parse_qs(urlsplit(location).query)
    session = Browser(server).session(added["id"], person("octocat", sub=42))
    assert session.ok("GET", "/v1/auth/account")["email"] == f"octocat@{DOMAIN}"
    unverified = person("mona", email_verified=False)
    refused(Browser(server).sign_in(added["id"], unverified), "does not vouch")


def test_user_info_fills_in_what_the_token_lacks_and_must_be_the_same_persons(
    server: Server, provisioning: dict[str, Any]
) -> None:
    later = json.dumps(["email", "email_verified"])
    session = Browser(server).session(provisioning["id"], person("late"), later=later)
    assert session.ok("GET", "/v1/auth/account")["email"] == f"late@{DOMAIN}"
    swapped = Browser(server).sign_in(
        provisioning["id"], person("late"), later=later, fault="user info"
    )
    assert swapped.status_code == 502


def test_providers_are_offered_changed_and_removed(
    server: Server, owner: Client, issuer: str
) -> None:
    added = provider(owner, issuer, "Temporary", provision=True, domains=[DOMAIN])
    assert added["has_secret"]
    assert CLIENT_SECRET not in json.dumps(added)
    offered = f"{server.url}/v1/auth/workspaces/{owner.session['workspace_id']}/sign-in-options"
    assert added["id"] in [option["id"] for option in httpx.get(offered).json()]
    session = Browser(server).session(added["id"], person("temporary"))
    change = {"kind": "oidc", "name": "Temporary", "oauth": added["oauth"], "enabled": False}
    assert owner.ok("PUT", f"/v1/identity-providers/{added['id']}", change)["has_secret"], (
        "it stays"
    )
    renewed = {**change, "client_secret": f"{CLIENT_SECRET}-2"}
    assert CLIENT_SECRET not in json.dumps(
        owner.ok("PUT", f"/v1/identity-providers/{added['id']}", renewed)
    )
    assert added["id"] not in [option["id"] for option in httpx.get(offered).json()]
    assert httpx.get(f"{server.url}/v1/auth/sso/{added['id']}").status_code == 404
    owner.ok("DELETE", f"/v1/identity-providers/{added['id']}")
    renewed = post(server, "sessions/refresh", refresh_token=session.session["refresh_token"])
    assert renewed.status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "odd"},
        {"client_secret": None},
        {"oauth": None},
        {"oauth": {"client_id": "c"}},
        {"oauth": {"client_id": "c", "issuer": "ftp://x.example"}},
        {"oauth": {"client_id": "c", "issuer": "https://user:pw@x.example"}},
        {"kind": "microsoft", "oauth": {"client_id": "c", "tenant": "common"}},
        {"rules": {"provision": True}},
        {"rules": {"trusts_email": True}},
        {"rules": {"domains": ["not a domain"]}},
        {"rules": {"default_role": "owner"}},
        {"rules": {"default_role": "nobody"}},
        {"rules": {"role_claim": "g", "role_mapping": {"x": "owner"}}},
    ],
)
def test_settings_that_cannot_be_right(owner: Client, change: dict[str, Any]) -> None:
    new = {
        "kind": "oidc",
        "name": "Odd",
        "oauth": {"client_id": "c", "issuer": "https://id.example.com"},
        "client_secret": "s",
    }
    assert owner.request("POST", "/v1/identity-providers", {**new, **change}).status_code == 422


def test_an_unreachable_or_lying_issuer_is_told_and_lets_nobody_in(
    server: Server, owner: Client, issuer: str
) -> None:
    for name, address in (
        ("Away", "http://127.0.0.1:9"),
        ("Lying", issuer.replace("localhost", "127.0.0.1")),
    ):
        added = provider(owner, address, name)
        answer = httpx.get(f"{server.url}/v1/auth/sso/{added['id']}", timeout=30)
        assert answer.status_code == 502
        assert answer.json()["type"] == "urn:statewright:problem:identity-provider"
