"""Connections over HTTP: made, shared, used by steps, rotated; their secrets are never seen again."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.e2e.auth.test_accounts import PASSWORD, post
from tests.support.digest import guarded
from tests.support.oauth_services import CLIENT_ID, CLIENT_SECRET
from tests.support.process import running
from tests.support.server import Client, Server
from tests.support.web import web

SECRET = "s3cret-that-nobody-sees/+%"


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "owner@connections.example").register()


@pytest.fixture(scope="module")
def echo() -> Any:
    """A server that answers all that it was sent: the worst that a credential can meet."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told = {"path": self.path, "headers": dict(self.headers)}
            body = json.dumps(told).encode()
            self.send_response(418 if self.path.startswith("/fail") else 200)
            self.send_header("content-type", "application/json")
            self.send_header("x-seen", self.headers.get("authorization", "-"))
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            seen.append(told)

        def log_message(self, *_: Any) -> None:
            pass

    seen: list[dict[str, Any]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()


@pytest.fixture(scope="module")
def service(server: Server) -> Any:
    with running("tests.support.oauth_services", "/") as url:
        yield url


def make(owner: Client, name: str, auth: dict[str, Any], **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = owner.ok("POST", "/v1/connections", {"name": name, "auth": auth, **more})
    return made


def calling(owner: Client, name: str, connection: str, url: str, **more: Any) -> dict[str, Any]:
    step = {
        "id": "call",
        "use": "http.request",
        "connection": connection,
        "with": {"url": url, **more},
    }
    return owner.publish(
        {"name": name, "triggers": [{"id": "h", "type": "webhook"}], "steps": [step]}
    )


def run(owner: Client, workflow: dict[str, Any]) -> dict[str, Any]:
    return owner.ended(owner.call_webhook(workflow, {}).json()["execution_id"])


def everything_kept(owner: Client) -> str:
    """All that the server stores or logs, as it lies in the database and in files."""
    return "\n".join(
        file.read_bytes().decode("latin-1")
        for file in owner.server.data.rglob("*")
        if file.is_file() and file.stat().st_size < 50_000_000
    )


AUTHS: dict[str, tuple[dict[str, Any], str]] = {
    "key-header": ({"kind": "api_key", "field": "X-Key", "prefix": "K ", "key": SECRET}, f"K {SECRET}"),
    "key-query": ({"kind": "api_key", "place": "query", "field": "k", "key": SECRET}, "s3cret-that-nobody-sees%2F%2B%25"),
    "basic": ({"kind": "basic", "username": "u", "password": SECRET}, "Basic dTpzM2NyZXQ"),
    "bearer": ({"kind": "bearer", "token": SECRET}, f"Bearer {SECRET}"),
    "custom": (
        {
            "kind": "custom",
            "fields": {"tenant": "t1"},
            "secrets": {"pass": SECRET},
            "headers": {"X-Auth": "{tenant}:{pass}"},
            "query": {"t": "{tenant}"},
        },
        f"t1:{SECRET}",
    ),
}  # fmt: skip


def test_a_step_answers_a_challenge_with_a_digest(owner: Client) -> None:
    """And so does a test of the connection; the password is in nothing that is kept."""
    with web(guarded(SECRET)) as server:
        auth = {"kind": "digest", "base_url": server.url, "username": "u", "password": SECRET}
        made = make(owner, "digest", auth)
        assert owner.ok("POST", f"/v1/connections/{made['id']}/test")["works"] is True
        execution = run(owner, calling(owner, "Calls digest", "digest", "/a?b=1"))
    assert execution["status"] == "succeeded", execution
    assert SECRET not in owner.request("GET", f"/v1/executions/{execution['id']}/history").text
    assert all(SECRET not in str(asked.headers) for asked in server.asked)


@pytest.mark.parametrize("name", AUTHS)
def test_a_step_uses_a_connection_and_nothing_keeps_its_secret(
    owner: Client, echo: Any, name: str
) -> None:
    url, seen = echo
    auth, expected = AUTHS[name]
    made = make(owner, name, {**auth, "base_url": f"{url}/base"})
    assert SECRET not in json.dumps(made)
    workflow = calling(owner, f"Calls {name}", name, "/things?a=1")
    execution = run(owner, workflow)
    assert execution["status"] == "succeeded", execution
    assert expected in json.dumps(seen[-1])
    assert seen[-1]["path"].startswith("/base/things?a=1")
    failing = run(owner, calling(owner, f"Fails {name}", name, "/../fail", query={"x": "y"}))
    assert failing["error"] == "Http.ClientError" or "base" in seen[-1]["path"]
    shown = json.dumps(
        [
            execution,
            failing,
            owner.ok("GET", f"/v1/executions/{execution['id']}/history"),
            owner.ok("GET", f"/v1/executions/{failing['id']}/history"),
            owner.ok("GET", "/v1/connections"),
            owner.ok("GET", f"/v1/connections/{made['id']}"),
            owner.ok("GET", "/v1/audit/events"),
        ]
    )
    assert '"***' in shown or "***" in shown
    for form in (SECRET, "dTpzM2NyZXQ", "s3cret-that-nobody-sees%2F"):
        assert form not in shown


def test_no_file_of_the_server_holds_a_secret(owner: Client, echo: Any) -> None:
    make(owner, "kept", {"kind": "bearer", "token": SECRET + "-kept", "base_url": echo[0]})
    assert SECRET + "-kept" not in everything_kept(owner)


def test_a_credential_goes_to_its_own_host_only(owner: Client, echo: Any) -> None:
    make(owner, "confined", {"kind": "bearer", "token": SECRET, "base_url": "http://127.0.0.1:9"})
    before = len(echo[1])
    execution = run(owner, calling(owner, "Elsewhere", "confined", f"{echo[0]}/steal"))
    assert execution["error"] == "Connection.Invalid"
    assert len(echo[1]) == before


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "Bad Name", "auth": {"kind": "bearer", "token": "x", "base_url": "https://x.example"}}, "/name"),
        ({"name": "a", "auth": {"kind": "bearer", "token": "x", "base_url": "ftp://x.example"}}, "/auth/base_url"),
        ({"name": "a", "auth": {"kind": "bearer", "token": "x", "base_url": "https://u:p@x.example"}}, "/auth/base_url"),
        ({"name": "a", "auth": {"kind": "bearer", "base_url": "https://x.example"}}, "/auth/token"),
        ({"name": "a", "auth": {"kind": "nothing"}}, "/auth"),
        ({"name": "a", "auth": {"kind": "api_key", "base_url": "https://x.example", "key": "k", "field": "a b"}}, "/auth"),
        ({"name": "a", "auth": {"kind": "custom", "base_url": "https://x.example", "headers": {"X": "{nope}"}}}, "/auth"),
        ({"name": "a", "auth": {"kind": "signing_secret", "secret": {"store": "ssm", "id": "statewright/signing"}}}, "/auth/secret/id"),
        ({"name": "a", "auth": {"kind": "client_certificate", "base_url": "https://x.example", "certificate": "-----BEGIN x", "private_key": "k"}}, "/auth/certificate"),
        ({"name": "a", "auth": {"kind": "aws_role", "base_url": "https://x.example", "role_arn": "arn:aws:iam::000000000000:role/admin", "service": "s3", "region": "us-east-1"}}, "/auth/role_arn"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_connection_is_refused_with_its_place(
    owner: Client, body: dict[str, Any], pointer: str
) -> None:
    answer = owner.request("POST", "/v1/connections", body)
    assert answer.status_code == 422, answer.text
    assert any(error["pointer"].startswith(pointer) for error in answer.json()["errors"])


def test_names_are_unique_and_kinds_stay(owner: Client) -> None:
    auth = {"kind": "bearer", "token": SECRET, "base_url": "https://x.example"}
    made = make(owner, "once", auth)
    assert (
        owner.request("POST", "/v1/connections", {"name": "once", "auth": auth}).status_code == 409
    )
    path = f"/v1/connections/{made['id']}/credentials"
    other = {"auth": {"kind": "signing_secret", "secret": "x"}}
    assert owner.request("PUT", path, other).status_code == 422
    turned = owner.ok("PUT", path, {"auth": {**auth, "base_url": "https://y.example"}})
    assert (turned["version"], turned["settings"]["base_url"]) == (2, "https://y.example")
    assert owner.ok("GET", f"/v1/connections/{made['id']}")["version"] == 2


def test_what_uses_a_connection_keeps_it_from_being_deleted(owner: Client, echo: Any) -> None:
    made = make(owner, "used", {"kind": "bearer", "token": SECRET, "base_url": echo[0]})
    workflow = calling(owner, "Uses it", "used", "/")
    uses = owner.ok("GET", f"/v1/connections/{made['id']}/uses")
    assert [(use["workflow_id"], use["draft"], use["published"]) for use in uses] == [(workflow["id"], True, True)]  # fmt: skip
    refused = owner.request("DELETE", f"/v1/connections/{made['id']}")
    assert refused.status_code == 409
    assert "Uses it" in refused.json()["detail"]
    unused = make(owner, "unused", {"kind": "signing_secret", "secret": "x"})
    owner.ok("DELETE", f"/v1/connections/{unused['id']}")
    assert owner.request("GET", f"/v1/connections/{unused['id']}").status_code == 404


def test_publishing_wants_connections_that_are_there(owner: Client) -> None:
    step = {"id": "call", "use": "http.request", "connection": "nobody", "with": {"url": "/"}}
    created = owner.ok(
        "POST", "/v1/workflows", {"definition": {"name": "Nobody's", "steps": [step]}}
    )
    answer = owner.request("POST", f"/v1/workflows/{created['id']}/versions")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/steps/0/connection"


def joined(owner: Client, name: str, role: str) -> Client:
    email = f"{name}@connections.example"
    owner.ok("POST", "/v1/invitations", {"email": email, "role": role})
    secret = owner.mailed_secret(email, "Join 'Test'")
    answer = post(owner.server, "invitations/accept", token=secret, name=name, password=PASSWORD)
    return Client(owner.server, email).use(answer.json())


def test_connections_are_shared_by_grants(owner: Client, echo: Any) -> None:
    auth = {"kind": "bearer", "token": SECRET, "base_url": echo[0]}
    closed = make(owner, "closed", auth, restricted=True)
    editor, guest = joined(owner, "editor", "editor"), joined(owner, "guest", "guest")
    path = f"/v1/connections/{closed['id']}"
    assert editor.request("GET", path).status_code == 404
    assert editor.request("PATCH", path, {"title": "Mine"}).status_code == 404
    assert "closed" not in [found["name"] for found in editor.ok("GET", "/v1/connections")]
    definition = {"name": "Editor's", "steps": [{"id": "c", "use": "http.request", "connection": "closed", "with": {"url": "/"}}]}  # fmt: skip
    draft = editor.ok("POST", "/v1/workflows", {"definition": definition})
    versions = f"/v1/workflows/{draft['id']}/versions"
    assert editor.request("POST", versions).status_code == 422
    for person in (editor, guest):
        grant = {
            "user_id": person.session["user_id"],
            "role": "editor",
            "scope_kind": "connection",
            "scope_id": closed["id"],
        }
        owner.ok("POST", "/v1/grants", grant)
    guest.use(guest.http.post("/v1/auth/sessions/refresh", json={"refresh_token": guest.session["refresh_token"]}).json())  # fmt: skip
    assert editor.ok("GET", path)["name"] == "closed"
    editor.ok("POST", versions)
    assert [found["name"] for found in guest.ok("GET", "/v1/connections")] == ["closed"]
    assert guest.ok("PATCH", path, {"title": "Ours"})["title"] == "Ours"
    new = {"name": "guests-own", "auth": auth}
    assert guest.request("POST", "/v1/connections", new).status_code == 403


def test_a_grant_on_a_folder_covers_what_lies_in_it(owner: Client, echo: Any) -> None:
    folder = owner.ok("POST", "/v1/folders", {"name": "Shop"})
    auth = {"kind": "bearer", "token": SECRET, "base_url": echo[0]}
    connection = make(owner, "shop", auth)
    query = {"dataset": "executions", "measures": ["count"]}
    report = owner.ok("POST", "/v1/reports", {"name": "Shop", "query": query, "shared": True})
    dashboard = owner.ok("POST", "/v1/dashboards", {"name": "Shop", "shared": True, "widgets": [{"title": "T", "query": query}]})  # fmt: skip
    things = [("connections", connection), ("reports", report), ("dashboards", dashboard)]
    clerk = joined(owner, "clerk", "guest")
    grant = {"user_id": clerk.session["user_id"], "role": "editor", "scope_kind": "folder", "scope_id": folder["id"]}  # fmt: skip
    owner.ok("POST", "/v1/grants", grant)
    clerk.use(clerk.http.post("/v1/auth/sessions/refresh", json={"refresh_token": clerk.session["refresh_token"]}).json())  # fmt: skip
    for kind, thing in things:
        path = f"/v1/{kind}/{thing['id']}"
        assert clerk.request("GET", path).status_code == 404
        nowhere = {"folder_id": "0190b0a0-0000-7000-8000-0000000000ff"}
        assert owner.request("PUT", f"{path}/folder", nowhere).status_code == 404
        assert (
            owner.request("PUT", f"{path}/folder", {"folder_id": folder["id"]}).status_code == 204
        )
        assert clerk.ok("GET", path)["folder_id"] == folder["id"]
        assert clerk.request("PUT", f"{path}/folder", {"folder_id": None}).status_code == 403
        assert owner.request("PUT", f"{path}/folder", {"folder_id": None}).status_code == 204
        assert clerk.request("GET", path).status_code == 404


def test_a_test_says_whether_it_works(owner: Client, echo: Any, service: str) -> None:
    good = make(owner, "good", {"kind": "bearer", "token": SECRET, "base_url": echo[0]})
    assert owner.ok("POST", f"/v1/connections/{good['id']}/test") == {"works": True, "detail": "GET / answered 200."}  # fmt: skip
    assert owner.ok("GET", f"/v1/connections/{good['id']}")["state"] == "works"
    bad = make(owner, "bad", {"kind": "bearer", "token": SECRET, "base_url": service, "test_path": "/me"})  # fmt: skip
    assert owner.ok("POST", f"/v1/connections/{bad['id']}/test")["works"] is False
    gone = make(owner, "gone", {"kind": "bearer", "token": SECRET, "base_url": "http://127.0.0.1:9"})  # fmt: skip
    told = owner.ok("POST", f"/v1/connections/{gone['id']}/test")
    assert told["works"] is False
    assert SECRET not in told["detail"]
    assert owner.ok("GET", f"/v1/connections/{gone['id']}")["state"] == "fails"


# -- OAuth 2.0 and 1.0a, against a provider's process ---------------------------------------------


def oauth2(service: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "oauth2",
        "base_url": service,
        "authorize_url": f"{service}/authorize",
        "token_url": f"{service}/token",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "scopes": ["read"],
        **more,
    }


def agree(owner: Client, made: dict[str, Any]) -> httpx.Response:
    """Walks through the consent as a browser does; returns the answer of our callback."""
    base = f"http://localhost:{owner.server.port}"
    headers = {"authorization": owner.http.headers["authorization"]}
    with httpx.Client(verify=False, base_url=base) as browser:
        path = f"/v1/connections/{made['id']}/authorization?return_to=/connections"
        begun = browser.post(path, headers=headers)
        assert begun.status_code == 200, begun.text
        answer = httpx.get(begun.json()["url"])
        assert answer.status_code == 302, answer.text
        back = answer.headers["location"].replace(f"http://127.0.0.1:{owner.server.port}", base)
        stolen = httpx.get(back)  # another browser, without the cookie
        assert stolen.status_code == 403
        again = browser.post(path, headers=headers).json()["url"]
        return browser.get(httpx.get(again).headers["location"].replace(f"http://127.0.0.1:{owner.server.port}", base))  # fmt: skip


@pytest.mark.parametrize("method", ["basic", "post"])
def test_a_person_agrees_once_and_tokens_are_renewed(
    owner: Client, service: str, method: str
) -> None:
    made = make(owner, f"oauth-{method}", oauth2(service, client_authentication=method))
    workflow = calling(owner, f"OAuth {method}", made["name"], "/me")
    assert run(owner, workflow)["error"] == "Connection.Unauthorized"
    httpx.post(f"{service}/state", json={"lives": 1})
    done = agree(owner, made)
    assert done.status_code == 302, done.text
    assert done.headers["location"].endswith(f"/connections#connection={made['name']}")
    secrets_now = httpx.post(f"{service}/state", json={"lives": 3600, "grants": []}).json()[
        "tokens"
    ]
    execution = run(owner, workflow)  # the first token is over: it is renewed first
    assert execution["status"] == "succeeded", execution
    history = json.dumps(owner.ok("GET", f"/v1/executions/{execution['id']}/history"))
    tokens = httpx.post(f"{service}/state", json={}).json()
    assert tokens["grants"] == ["refresh_token"]
    assert not [token for token in {*secrets_now, *tokens["tokens"]} if token in history]
    assert owner.ok("GET", f"/v1/connections/{made['id']}")["state"] == "works"


def test_a_hundred_expiries_at_once_make_one_refresh(owner: Client, service: str) -> None:
    made = make(owner, "oauth-hundred", oauth2(service))
    httpx.post(f"{service}/state", json={"lives": 1})
    assert agree(owner, made).status_code == 302
    workflow = calling(owner, "OAuth hundred", made["name"], "/me")
    httpx.post(f"{service}/state", json={"lives": 3600, "grants": [], "slow": 0.5})
    with ThreadPoolExecutor(100) as threads:
        started = list(threads.map(lambda _: owner.call_webhook(workflow, {}).json()["execution_id"], range(100)))  # fmt: skip
    ended = [owner.ended(execution) for execution in started]
    assert {execution["status"] for execution in ended} == {"succeeded"}
    assert httpx.post(f"{service}/state", json={"slow": 0}).json()["grants"] == ["refresh_token"]


def test_a_consent_that_is_over_is_told(owner: Client, service: str) -> None:
    made = make(owner, "oauth-over", oauth2(service))
    httpx.post(f"{service}/state", json={"lives": 1})
    assert agree(owner, made).status_code == 302
    httpx.post(f"{service}/state", json={"refuse": True, "grants": []})
    workflow = calling(owner, "OAuth over", made["name"], "/me")
    assert run(owner, workflow)["error"] == "Connection.Unauthorized"
    assert owner.ok("GET", f"/v1/connections/{made['id']}")["state"] == "unauthorized"
    assert run(owner, workflow)["error"] == "Connection.Unauthorized"
    assert len(httpx.post(f"{service}/state", json={"refuse": False, "lives": 3600}).json()["grants"]) == 1  # fmt: skip
    assert agree(owner, made).status_code == 302
    assert run(owner, workflow)["status"] == "succeeded"


def test_client_credentials_need_nobody(owner: Client, service: str) -> None:
    httpx.post(f"{service}/state", json={"grants": [], "lives": 3600})
    made = make(owner, "oauth-client", oauth2(service, grant="client_credentials"))
    assert owner.ok("POST", f"/v1/connections/{made['id']}/test")["works"] is True
    workflow = calling(owner, "OAuth client", made["name"], "/me")
    assert run(owner, workflow)["status"] == "succeeded"
    assert httpx.post(f"{service}/state", json={}).json()["grants"] == ["client_credentials"]
    path = f"/v1/connections/{made['id']}/authorization"
    assert owner.request("POST", path).status_code == 409


def test_a_state_works_once_and_refusals_are_told(owner: Client, service: str) -> None:
    made = make(owner, "oauth-refused", oauth2(service, parameters={"deny": "1"}))
    base = f"http://localhost:{owner.server.port}"
    assert httpx.get(f"{base}/v1/oauth/callback?state=made-up&code=x").status_code == 410
    with httpx.Client(verify=False, base_url=base) as browser:
        headers = {"authorization": owner.http.headers["authorization"]}
        begun = browser.post(f"/v1/connections/{made['id']}/authorization", headers=headers)
        back = httpx.get(begun.json()["url"]).headers["location"]
        query = parse_qs(urlsplit(back).query)
        assert query["error"] == ["access_denied"]
        path = f"/v1/oauth/callback?{urlsplit(back).query}"
        refused = browser.get(path)
        assert (refused.status_code, "access_denied" in refused.text) == (403, True)
        assert browser.get(path).status_code == 410
        outside = f"/v1/connections/{made['id']}/authorization?return_to=//evil.example"
        assert browser.post(outside, headers=headers).status_code == 422


def test_oauth_1_from_consent_to_signed_calls(owner: Client, service: str) -> None:
    auth = {
        "kind": "oauth1",
        "base_url": f"{service}/oauth1",
        "consumer_key": CLIENT_ID,
        "consumer_secret": CLIENT_SECRET,
        "request_token_url": f"{service}/oauth1/temporary",
        "authorize_url": f"{service}/oauth1/authorize",
        "access_token_url": f"{service}/oauth1/token",
    }
    made = make(owner, "oauth-one", auth)
    done = agree(owner, made)
    assert done.status_code == 302, done.text
    got = run(owner, calling(owner, "OAuth one", "oauth-one", "/me?a=1&b=two%20words"))
    assert got["status"] == "succeeded", got
    form = calling(owner, "OAuth one form", "oauth-one", "/me", method="POST", body="c=3&d=a+b", headers={"content-type": "application/x-www-form-urlencoded"})  # fmt: skip
    posted = run(owner, form)
    assert posted["status"] == "succeeded", posted


# -- secrets that are kept elsewhere, and ends -------------------------------------------------------


def test_a_secret_may_be_kept_elsewhere(owner: Client, echo: Any) -> None:
    workspace = owner.session["workspace_id"]
    name = f"statewright/workspaces/{workspace}/crm"
    owner.server.put_parameter(f"/{name}", json.dumps({"key": "kept-elsewhere"}))
    reference = {"store": "ssm", "id": name, "field": "key"}
    made = make(owner, "elsewhere", {"kind": "bearer", "token": reference, "base_url": echo[0]})
    assert made["references"] == {"token": {"store": "ssm", "id": name, "field": "key"}}
    assert run(owner, calling(owner, "Elsewhere kept", "elsewhere", "/"))["status"] == "succeeded"
    assert echo[1][-1]["headers"]["authorization"] == "Bearer kept-elsewhere"
    missing = {"store": "ssm", "id": f"{name}-missing"}
    make(owner, "missing", {"kind": "bearer", "token": missing, "base_url": echo[0]})
    assert run(owner, calling(owner, "Missing", "missing", "/"))["error"] == "Connection.Invalid"
