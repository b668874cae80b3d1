"""Bad input: a problem document or an ASL error, nothing changed, and the server goes on."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.support.server import Client, Server


@pytest.fixture(scope="module")
def owner(server: Server) -> Client:
    return Client(server, "bad-input@example.com").register()


def assert_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    assert document["type"].startswith("urn:statewright:problem:")
    assert document["title"]
    return document


DRAFT = {"definition": {"name": "X", "steps": [{"id": "a", "set": 1}]}}


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", "/v1/workflows", b"{", 400),
        ("POST", "/v1/workflows", b"", 422),
        ("POST", "/v1/workflows", b"[]", 422),
        ("POST", "/v1/workflows", b'"text"', 422),
        ("POST", "/v1/workflows", b"\xff\xfe", 400),
        ("POST", "/v1/workflows", b"[" * 100_000, 400),
        ("POST", "/v1/workflows", b'{"yaml":1}', 422),
        ("POST", "/v1/workflows", b'{"yaml":"a: [","more":1}', 422),
        ("POST", "/v1/workflows", b'{"yaml":"a: ["}', 400),
        ("POST", "/v1/workflows", b"{}", 422),
        ("POST", "/v1/workflows", json.dumps({"yaml": "x" * 2_000_000}).encode(), 413),
        ("POST", "/v1/workflows", b" " * 11_000_000, 413),
        ("GET", "/v1/workflows/nonsense", b"", 404),
        ("GET", "/v1/workflows/0190b0a0-0000-7000-8000-000000000001", b"", 404),
        ("GET", "/v1/workflows?limit=0", b"", 422),
        ("GET", "/v1/workflows?limit=many", b"", 422),
        ("GET", "/v1/workflows?cursor=%00", b"", 400),
        ("GET", "/v1/workflows?cursor=W10", b"", 400),
        ("GET", "/v1/executions?status=odd", b"", 422),
        ("GET", "/v1/executions?cursor=WzEsMl0", b"", 400),
        ("GET", "/v1/executions/%00", b"", 404),
        ("GET", "/v1/executions/none", b"", 404),
        ("GET", "/v1/executions/none/history", b"", 404),
        ("PUT", "/v1/variables", json.dumps({"variables": {"x": "y" * 30_000}}).encode(), 413),
        ("PUT", "/v1/variables", b'{"variables":[]}', 422),
        ("GET", "/nothing/here", b"", 404),
        ("DELETE", "/v1/workflows", b"", 405),
        ("POST", "/hooks/none", b"{}", 404),
        ("POST", "/hooks/%00", b"{}", 404),
        ("GET", "/approvals/nonsense", b"", 401),
        ("POST", "/approvals/nonsense", b'{"decision":"maybe"}', 422),
        ("POST", "/approvals/nonsense", b"{", 400),
    ],
)
def test_malformed_requests(
    owner: Client, method: str, path: str, content: bytes, status: int
) -> None:
    headers = {"content-type": "application/json"}
    before = owner.ok("GET", "/v1/workflows")
    assert_problem(owner.http.request(method, path, content=content, headers=headers), status)
    assert owner.ok("GET", "/v1/workflows") == before


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Bearer sw_x", "Basic abc"])
def test_requests_without_valid_credentials(server: Server, header: str | None) -> None:
    headers = {"authorization": header} if header else {}
    answer = httpx.get(f"{server.url}/v1/workflows", headers=headers)
    assert_problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_registration_and_sign_in_are_checked(server: Server) -> None:
    def post(path: str, **body: Any) -> httpx.Response:
        return httpx.post(f"{server.url}{path}", json=body)

    new = {"workspace": "W", "email": "A@Example.com ", "name": "A", "password": "long enough pw"}
    assert_problem(post("/v1/auth/workspaces", **{**new, "password": "short"}), 422)
    assert_problem(post("/v1/auth/workspaces", **{**new, "email": "no address"}), 422)
    assert post("/v1/auth/workspaces", **new).status_code == 201
    assert_problem(post("/v1/auth/workspaces", **new), 409)
    right = {"email": "a@example.com", "password": "long enough pw"}
    assert post("/v1/auth/sessions", **right).status_code == 201
    wrong = assert_problem(post("/v1/auth/sessions", **{**right, "password": "x"}), 401)
    unknown = assert_problem(post("/v1/auth/sessions", email="b@example.com", password="x"), 401)
    assert wrong == unknown, "an answer does not tell who has an account"


def test_roles_are_enforced_by_every_endpoint(owner: Client) -> None:
    key = owner.ok("POST", "/v1/auth/api-keys", {"name": "k", "role": "viewer"})["key"]
    viewer = httpx.Client(
        verify=False, base_url=owner.server.url, headers={"authorization": f"Bearer {key}"}
    )
    assert viewer.get("/v1/workflows").status_code == 200
    for method, path, body in (
        ("POST", "/v1/workflows", DRAFT),
        ("POST", "/v1/auth/api-keys", {"name": "more", "role": "owner"}),
        ("PUT", "/v1/variables", {"variables": {}}),
    ):
        assert_problem(viewer.request(method, path, json=body), 403)


def test_invalid_definitions_have_pointers_and_suggestions(owner: Client) -> None:
    steps = [{"id": "total", "set": 1}, {"id": "b", "set": "{% $totl %}"}]
    created = owner.ok("POST", "/v1/workflows", {"definition": {"name": "Typo", "steps": steps}})
    answer = owner.request("POST", f"/v1/workflows/{created['id']}/versions")
    document = assert_problem(answer, 422)
    assert document["errors"] == [
        {
            "pointer": "/steps/1/set",
            "detail": "nothing here is called $totl",
            "suggestion": "did you mean `$total`?",
        }
    ]
    assert owner.ok("GET", f"/v1/workflows/{created['id']}")["version"] is None


def test_webhooks_check_their_input(owner: Client) -> None:
    workflow = owner.publish(
        {
            "name": "Strict",
            "triggers": [{"id": "hook", "type": "webhook"}],
            "input": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}},
            "steps": [{"id": "a", "set": "{% $trigger.body.n %}"}],
            "output": "{% $a %}",
        }
    )  # fmt: skip
    document = assert_problem(owner.call_webhook(workflow, {"n": "one"}), 422)
    assert document["errors"][0]["pointer"] == "/n"
    url = f"{owner.server.url}/hooks/{next(iter(workflow['webhooks'].values())).rsplit('/', 1)[1]}"
    for content in (b"{", b"NaN", b'{"n":NaN}', b"[" * 50_000):
        headers = {"content-type": "application/json"}
        assert_problem(httpx.post(url, content=content, headers=headers), 400)
    assert_problem(httpx.post(url, json={"n": 1, "x": "y" * 300_000}), 413)
    assert_problem(httpx.get(url), 405)
    first = owner.call_webhook(workflow, {"n": 1}, headers={"idempotency-key": "k"}).json()
    again = owner.call_webhook(workflow, {"n": 1}, headers={"idempotency-key": "k"}).json()
    assert first == again
    assert owner.ended(first["execution_id"])["output"] == 1


def test_an_expression_that_never_ends_fails_its_execution_only(owner: Client) -> None:
    endless = "{% ($f := function($x){ $f($x) }; $f($trigger.body.n)) %}"
    workflow = owner.publish(
        {
            "name": "Endless",
            "triggers": [{"id": "hook", "type": "webhook"}],
            "steps": [{"id": "a", "set": endless}],
        }
    )
    started = owner.call_webhook(workflow, {"n": 1}).json()
    execution = owner.ended(started["execution_id"])
    assert (execution["status"], execution["error"]) == ("failed", "States.QueryEvaluationError")
    assert owner.ok("GET", "/healthz") == {"status": "ok"}


GATE = threading.Event()


class Hostile(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind = self.path.strip("/")
        if kind == "hang":
            GATE.wait(60)
        if kind == "huge":
            self.send_response(200)
            self.send_header("Content-Length", str(50_000_000))
            self.end_headers()
            try:
                for _ in range(50):
                    self.wfile.write(b"x" * 1_000_000)
            except OSError:
                return
            return
        status = int(kind) if kind.isdigit() else 200
        body = b"<html><h1>Not JSON</h1></html>"
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if kind == "html" else "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def hostile() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hostile)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    GATE.set()
    server.shutdown()


@pytest.fixture(scope="module")
def caller(owner: Client) -> dict[str, Any]:
    call = {"id": "call", "use": "http.request", "with": {"url": "{% $trigger.body.url %}"}}
    return owner.publish(
        {
            "name": "Caller",
            "triggers": [{"id": "hook", "type": "webhook"}],
            "steps": [{**call, "timeout": "2s"}],
            "output": "{% $call.body %}",
        }
    )


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/500", "Http.ServerError"),
        ("/404", "Http.ClientError"),
        ("/429", "Http.RateLimited"),
        ("/huge", "Http.TooLarge"),
        ("/hang", "States.Timeout"),
        ("", "Http.InvalidRequest"),
        ("file", "Http.InvalidRequest"),
    ],
)
def test_hostile_servers_fail_the_step_by_name(
    owner: Client, caller: dict[str, Any], hostile: str, path: str, error: str
) -> None:
    url = {"": "http://x/\0", "file": "file:///etc/passwd"}.get(path, hostile + path)
    started = owner.call_webhook(caller, {"url": url}).json()
    execution = owner.ended(started["execution_id"])
    assert (execution["status"], execution["error"]) == ("failed", error)


@pytest.mark.parametrize("path", ["/html", "/json"])
def test_what_is_not_json_comes_as_text(
    owner: Client, caller: dict[str, Any], hostile: str, path: str
) -> None:
    started = owner.call_webhook(caller, {"url": hostile + path}).json()
    assert owner.ended(started["execution_id"])["output"] == "<html><h1>Not JSON</h1></html>"


def test_stopping_and_conflicts(owner: Client) -> None:
    workflow = owner.publish(
        {
            "name": "Long",
            "triggers": [{"id": "m", "type": "manual"}],
            "steps": [{"wait": {"for": "1d"}}],
        }
    )
    path = f"/v1/workflows/{workflow['id']}"
    started = owner.ok("POST", f"{path}/executions", {"input": {}, "idempotency_key": "once"})
    assert owner.ok("POST", f"{path}/executions", {"idempotency_key": "once"}) == started
    from tests.support.server import until

    until(lambda: owner.execution(started["execution_id"]), "its record")
    stop = f"/v1/executions/{started['execution_id']}/stop"
    stopped = owner.ok("POST", stop, {"reason": "enough"})
    assert (stopped["status"], stopped["cause"]) == ("stopped", "enough")
    assert_problem(owner.request("POST", stop, {}), 409)
    assert_problem(owner.request("PUT", path, {**DRAFT, "draft": 7}), 409)
    assert_problem(owner.request("POST", "/v1/workflows", {"definition": {**DRAFT["definition"], "name": "Long"}}), 409)  # fmt: skip
    unpublished = owner.ok("POST", "/v1/workflows", {"definition": {**DRAFT["definition"], "name": "New"}})  # fmt: skip
    assert_problem(owner.request("POST", f"/v1/workflows/{unpublished['id']}/executions", {}), 409)
