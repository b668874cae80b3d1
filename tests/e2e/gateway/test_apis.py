"""Workflows published as APIs: routes, callers, limits, mapping, versions, description."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.support.server import Client, Server, until

ORDER = {
    "name": "Quote",
    "triggers": [
        {
            "id": "quote",
            "type": "api",
            "path": "/orders/{order_id}/quotes",
            "summary": "Ask for a quote",
            "request": {
                "path": {"order_id": {"type": "integer", "minimum": 1}},
                "query": {
                    "type": "object",
                    "required": ["currency"],
                    "properties": {
                        "currency": {"enum": ["EUR", "USD"]},
                        "rush": {"type": "boolean", "default": False},
                        "tags": {"type": "array", "items": {"type": "string"}},
                    },
                    "additionalProperties": False,
                },
                "body": {
                    "type": "object",
                    "required": ["total"],
                    "properties": {"total": {"type": "number", "examples": [40]}},
                },
                "map": {
                    "order": "{% $request.path.order_id %}",
                    "total": "{% $request.body.total * ($request.query.rush ? 2 : 1) %}",
                    "currency": "{% $request.query.currency %}",
                    "tags": "{% $request.query.tags %}",
                    "by": "{% $request.caller.kind %}",
                },
            },
            "response": {
                "status": 201,
                "headers": {"X-Order": "{% $trigger.path.order_id %}"},
                "body": {"price": "{% $output %}", "asked": "{% $trigger.body %}"},
            },
        }
    ],
    "input": {
        "type": "object",
        "required": ["order", "total"],
        "properties": {"order": {"type": "integer"}, "total": {"type": "number"}},
    },
    "steps": [{"id": "price", "set": "{% $trigger.body.total + 1 %}"}],
    "output": "{% $price %}",
}


@pytest.fixture(scope="module")
def key(owner: Client) -> str:
    return str(owner.ok("POST", "/v1/auth/api-keys", {"name": "caller"})["key"])


@pytest.fixture(scope="module")
def api(owner: Client, key: str) -> Iterator[httpx.Client]:
    """Calls the owner's API with a key."""
    home = f"{owner.server.url}/apis/{owner.session['workspace_id']}"
    with httpx.Client(
        verify=False, base_url=home, headers={"authorization": f"Bearer {key}"}, timeout=60
    ) as api:
        yield api


@pytest.fixture(scope="module")
def quote(owner: Client) -> dict[str, Any]:
    return owner.publish(ORDER)


def route(path: str, **more: Any) -> dict[str, Any]:
    """A definition with one route, which answers with what it was given."""
    trigger = {"id": "a", "type": "api", "path": path, **more}
    steps = [{"id": "all", "set": "{% $trigger %}"}]
    return {"name": f"At {path}", "triggers": [trigger], "steps": steps, "output": "{% $all %}"}


def test_a_request_is_checked_mapped_and_answered(quote: Any, api: httpx.Client) -> None:
    answer = api.post("/v1/orders/7/quotes?currency=EUR&rush=true&tags=a&tags=b", json={"total": 4})
    assert answer.status_code == 201, answer.text
    asked = {"order": 7, "total": 8, "currency": "EUR", "tags": ["a", "b"], "by": "key"}
    assert answer.json() == {"price": 9, "asked": asked}
    assert answer.headers["x-order"] == "7"
    assert "ratelimit" in answer.headers


@pytest.mark.parametrize(
    ("path", "body", "pointers"),
    [
        ("/v1/orders/0/quotes?currency=EUR", {"total": 4}, {"/path/order_id"}),
        ("/v1/orders/x/quotes?currency=EUR", {"total": 4}, {"/path/order_id"}),
        ("/v1/orders/7/quotes?currency=GBP", {"total": "4"}, {"/query/currency", "/total"}),
        ("/v1/orders/7/quotes?currency=EUR&rush=perhaps", {"total": 4}, {"/query/rush"}),
        ("/v1/orders/7/quotes?currency=EUR&more=1", {}, {"/query", "/"}),
        ("/v1/orders/7/quotes", None, {"/query", "/"}),
    ],
)
def test_what_does_not_fit_is_refused_by_pointer(
    quote: Any, api: httpx.Client, path: str, body: Any, pointers: set[str]
) -> None:
    answer = api.post(path, json=body)
    assert answer.status_code in {400, 422}, answer.text
    assert {issue["pointer"] for issue in answer.json()["errors"]} == pointers


def test_only_its_methods_and_paths_are_there(quote: Any, api: httpx.Client) -> None:
    there = "/v1/orders/7/quotes"
    refused = api.get(there)
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST, OPTIONS")
    assert api.head(there).status_code == 405
    asked = api.options(there)
    assert (asked.status_code, asked.headers["allow"]) == (204, "POST, OPTIONS")
    for path in ("/v2/orders/7/quotes", "/v1/orders/7", "/v1/orders//quotes", "/v1", "/nothing"):
        assert api.post(path, json={}).status_code == 404, path
    assert httpx.get(str(api.base_url).replace("/apis/", "/apis/x")).status_code == 404


def test_a_key_has_to_be_of_the_workspace_and_allowed(
    quote: Any, api: httpx.Client, owner: Client, server: Server, key: str
) -> None:
    there = f"{api.base_url}v1/orders/7/quotes?currency=EUR"
    foreign = Client(server, "stranger@apis.example").register()
    other = foreign.ok("POST", "/v1/auth/api-keys", {"name": "k"})["key"]
    narrow = {"name": "narrow", "permissions": ["workflows:read"]}
    weak = owner.ok("POST", "/v1/auth/api-keys", narrow)["key"]
    for header, status in (
        ({}, 401),
        ({"authorization": "Bearer sw_x"}, 401),
        ({"x-api-key": other}, 401),
        ({"x-api-key": weak}, 403),
        ({"x-api-key": key}, 201),
    ):
        answer = httpx.post(there, json={"total": 4}, headers=header, timeout=60)
        assert answer.status_code == status, (header, answer.text)


@pytest.fixture(scope="module")
def issuer() -> Iterator[tuple[str, ECKey]]:
    """Somebody who issues tokens: an address with a discovery document and a key."""
    key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys = {"keys": [key.as_dict(private=False)]}
            found = (
                {"issuer": url, "jwks_uri": f"{url}/keys"} if "well-known" in self.path else keys
            )
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_: Any) -> None:
            pass

    serving = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{serving.server_port}"
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield url, key
    serving.shutdown()


def test_a_token_has_to_be_the_issuers_and_for_this(
    owner: Client, api: httpx.Client, issuer: tuple[str, ECKey]
) -> None:
    url, signing = issuer
    auth = {"issuer": url, "audience": "orders", "claims": {"scope": "quote"}}
    owner.publish(route("/mine/{name}", method="GET", auth=auth))
    held = {"iss": url, "aud": "orders", "sub": "ada", "scope": "read quote"}

    def ask(key: ECKey = signing, **claims: Any) -> httpx.Response:
        token = jwt.encode(
            {"alg": "ES256", "kid": "one"}, {**held, "exp": int(time.time()) + 60, **claims}, key
        )
        headers = {"authorization": f"Bearer {token}"}
        return httpx.get(f"{api.base_url}v1/mine/x", headers=headers, timeout=60)

    answer = ask()
    assert answer.status_code == 200, answer.text
    assert answer.json()["caller"]["claims"]["scope"] == "read quote"
    assert answer.json()["caller"]["id"] == "ada"
    assert answer.json()["path"] == {"name": "x"}
    assert "authorization" not in answer.json()["headers"]
    forged = ECKey.generate_key("P-256", {"kid": "one"})
    assert ask(forged).status_code == 401
    assert ask(aud="others").status_code == 401
    assert ask(iss="https://elsewhere.example").status_code == 401
    assert ask(exp=int(time.time()) - 600).status_code == 401
    assert ask(scope="read").status_code == 403
    for junk in ("sw_x", "x", "a.b", "a.b.c", "e30.e30.e30", "e30.W10.", ".", "é.é.é"):
        headers = {"authorization": f"Bearer {junk}".encode()}
        found = httpx.get(f"{api.base_url}v1/mine/x", headers=headers, timeout=60)
        assert found.status_code == 401, (junk, found.text)
    assert api.get("/v1/mine/x").status_code == 401  # a key is no token


def test_a_public_route_has_its_limit_for_each_caller(owner: Client, api: httpx.Client) -> None:
    owner.publish(route("/open", auth="public", limit={"requests": 3, "per": "1d"}, method="GET"))
    asked = [httpx.get(f"{api.base_url}v1/open", timeout=60) for _ in range(5)]
    assert [answer.status_code for answer in asked] == [200, 200, 200, 429, 429]
    assert int(asked[3].headers["retry-after"]) > 60
    assert asked[0].json()["caller"] == {"kind": "public"}


def test_what_takes_longer_is_asked_for_later(owner: Client, api: httpx.Client, key: str) -> None:
    workflow = route("/later", respond="immediately")
    workflow["steps"] = [{"id": "w", "wait": {"for": "1s"}}, {"id": "all", "set": "{% $trigger.body %}"}]  # fmt: skip
    owner.publish(workflow)
    repeated = {"idempotency-key": "only-once"}
    begun = api.post("/v1/later", json={"n": 1}, headers=repeated)
    assert begun.status_code == 202, begun.text
    again = api.post("/v1/later", json={"n": 1}, headers=repeated)
    assert again.json() == begun.json()
    assert api.post("/v1/later", json={"n": 2}, headers=repeated).status_code == 422
    place = begun.headers["location"].replace("localhost", "127.0.0.1")
    assert httpx.get(place).status_code == 401
    owner.ended(begun.json()["execution_id"])
    shown = httpx.get(place, headers={"x-api-key": key})
    assert (shown.status_code, shown.json()) == (200, {"n": 1})
    assert httpx.get(f"{place}x", headers={"x-api-key": key}).status_code == 404


def test_a_failure_is_a_problem_and_an_express_workflow_answers(
    owner: Client, api: httpx.Client
) -> None:
    failing = route("/fails", method="PUT")
    failing["steps"].append({"stop": {"status": "failed", "error": "Nope", "cause": "because"}})
    owner.publish(failing)
    answer = api.put("/v1/fails", json={})
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:statewright:problem:workflow-failed"
    owner.publish(route("/quick", method="DELETE") | {"settings": {"mode": "express"}})
    assert api.delete("/v1/quick").json()["method"] == "DELETE"


def test_a_route_belongs_to_one_workflow(owner: Client, api: httpx.Client) -> None:
    owner.publish(route("/taken/{a}"))
    other = {**route("/taken/{b}"), "name": "Another"}
    created = owner.ok("POST", "/v1/workflows", {"definition": other})
    answer = owner.request("POST", f"/v1/workflows/{created['id']}/versions")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/triggers/0/path"
    assert "POST /v1/taken/{b} is a route of the workflow 'At /taken/{a}'" in answer.text
    owner.publish({**route("/taken/fixed"), "name": "More exact"})  # is not the same route
    assert api.post("/v1/taken/fixed", json={}).json()["path"] == {}
    assert api.post("/v1/taken/other", json={}).json()["path"] == {"a": "other"}
    twice = route("/twice/{a}")
    twice["triggers"].append({"id": "b", "type": "api", "path": "/twice/{b}"})
    checked = owner.ok("POST", "/v1/definitions/checks", {"definition": twice})
    assert [found["pointer"] for found in checked["findings"]] == ["/triggers/1/path"]


def test_off_with_the_workflow_and_back(owner: Client, api: httpx.Client) -> None:
    workflow = owner.publish(route("/switched"))
    at = f"/v1/workflows/{workflow['id']}"
    assert api.post("/v1/switched", json={}).status_code == 200
    for place in (f"{at}/state", f"{at}/triggers/a/state"):
        owner.ok("PUT", place, {"state": "off"})
        assert api.post("/v1/switched", json={}).status_code == 409
        owner.ok("PUT", place, {"state": "on"})
        assert api.post("/v1/switched", json={}).status_code == 200
    shown = owner.ok("GET", f"{at}/triggers")["items"][0]
    assert shown["url"].endswith(f"/apis/{owner.session['workspace_id']}/v1/switched")
    owner.ok("POST", f"{at}/archive")
    assert api.post("/v1/switched", json={}).status_code in {404, 409}


def test_an_earlier_version_stays_as_it_was_until_it_is_retired(
    owner: Client, api: httpx.Client
) -> None:
    first = route("/versioned")
    first["output"] = "first"
    workflow = owner.publish(first)
    at = f"/v1/workflows/{workflow['id']}"
    second = route("/versioned", version="v2")
    second["output"] = "second"
    revision = owner.http.get(at).headers["etag"]
    saved = owner.request("PUT", at, {"definition": second}, headers={"if-match": revision})
    assert saved.is_success, saved.text
    owner.ok("POST", f"{at}/versions")
    old, new = api.post("/v1/versioned", json={}), api.post("/v2/versioned", json={})
    assert (old.text, new.text) == ("first", "second")
    assert old.headers["deprecation"].startswith("@")
    assert "deprecation" not in new.headers
    listed = [r for r in owner.ok("GET", "/v1/apis")["items"] if r["workflow_id"] == workflow["id"]]
    assert [(r["version"], r["left_at"] is None) for r in listed] == [("v1", False), ("v2", True)]
    assert owner.request("DELETE", f"{at}/apis/v2").status_code == 409
    owner.ok("DELETE", f"{at}/apis/v1")
    assert owner.request("DELETE", f"{at}/apis/v1").status_code == 404
    assert api.post("/v1/versioned", json={}).status_code == 404
    assert api.post("/v2/versioned", json={}).text == "second"


def test_it_is_described_with_snippets_that_work(
    quote: Any, owner: Client, api: httpx.Client, key: str
) -> None:
    owner.publish(route("/hidden", documented=False))
    anybody = httpx.Client(verify=False, base_url=str(api.base_url))
    found = anybody.get("openapi.json")
    document = found.json()
    assert "/v1/hidden" not in document["paths"]
    operation = document["paths"]["/v1/orders/{order_id}/quotes"]["post"]
    assert operation["security"] == [{"key": []}]
    assert {p["name"]: p["required"] for p in operation["parameters"]} == {
        "order_id": True,
        "currency": True,
        "rush": False,
        "tags": False,
    }
    assert jsonschema_rs.Draft202012Validator(
        operation["requestBody"]["content"]["application/json"]["schema"]
    ).is_valid({"total": 1})
    samples = {sample["lang"]: sample["source"] for sample in operation["x-codeSamples"]}
    assert set(samples) == {"Shell", "Python", "JavaScript"}
    said: list[Any] = []
    python = samples["Python"].replace("YOUR_TOKEN", key).replace("localhost", "127.0.0.1")
    exec(python, {"print": said.append})
    assert said[0]["price"] == 41
    assert samples["Shell"].startswith("curl -X POST 'http")
    page = anybody.get("docs")
    assert page.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert anybody.get("../../docs/swagger-ui.css").status_code == 200
    assert anybody.post("docs").status_code == 405


def test_pages_of_listed_origins_may_call_it(quote: Any, owner: Client, api: httpx.Client) -> None:
    owner.ok("PUT", "/v1/cors-origins", {"origins": ["https://shop.example"]})
    there = "/v1/orders/7/quotes"
    asking = {"origin": "https://shop.example", "access-control-request-method": "POST"}

    def allowed() -> str | None:
        found = api.options(there, headers=asking).headers
        return found.get("access-control-allow-origin")

    assert until(allowed, "the preflight's answer") == "https://shop.example"
    answer = api.post(there, json={}, headers={"origin": "https://shop.example"})
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
