"""What every address does alike: ids, methods, entity tags, packing, repeated requests."""

from __future__ import annotations

import gzip
import json
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support.server import Client

DRAFT = {"name": "D", "steps": [{"id": "a", "set": 1}]}
FOLDER = "/v1/folders"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/workflows", 200),
        ("GET", "/v1/workflows/none", 404),
        ("GET", "/nothing", 404),
        ("POST", "/v1/auth/sessions", 422),
        ("DELETE", "/healthz", 405),
        ("OPTIONS", "/healthz", 204),
    ],
)
def test_every_answer_has_an_id_and_says_what_browsers_may_do(
    owner: Client, method: str, path: str, status: int
) -> None:
    first, second = (owner.http.request(method, path) for _ in range(2))
    assert first.status_code == status
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["cache-control"] in {"no-store", "private, no-cache"}
    assert "max-age" in first.headers["strict-transport-security"]


def test_an_api_answer_runs_nothing_in_a_browser(owner: Client) -> None:
    for path in ("/v1/workflows", "/v1/workflows/none", "/healthz"):
        policy = owner.http.get(path).headers["content-security-policy"]
        assert policy == "default-src 'none'; frame-ancestors 'none'"
    console = owner.http.get("/approvals/x", headers={"accept": "text/html"})
    assert "default-src 'none'" in console.headers["content-security-policy"]


def test_an_unknown_method_is_told_which_there_are(owner: Client) -> None:
    answer = owner.http.request("PATCH", "/v1/workflows")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    options = owner.http.request("OPTIONS", "/v1/workflows")
    assert (options.status_code, options.headers["allow"]) == (204, answer.headers["allow"])
    unknown = owner.http.request("OPTIONS", "/v1/nothing")
    assert unknown.status_code == 404


def test_head_is_get_without_its_body(owner: Client) -> None:
    got, headed = owner.http.get("/v1/workspace"), owner.http.head("/v1/workspace")
    assert (headed.status_code, headed.content) == (200, b"")
    for name in ("content-length", "content-type", "etag"):
        assert headed.headers[name] == got.headers[name]
    assert httpx.head(f"{owner.server.url}/v1/workspace").status_code == 401
    before = owner.ok("GET", "/v1/executions?limit=200")["items"]
    hook = owner.publish({**DRAFT, "name": "Headed", "triggers": [{"id": "h", "type": "webhook", "method": "GET"}]})  # fmt: skip
    path = "/hooks/" + next(iter(hook["webhooks"].values())).rsplit("/", 1)[1]
    assert owner.http.head(path).status_code == 405
    assert owner.ok("GET", "/v1/executions?limit=200")["items"] == before


def test_an_answer_that_is_known_is_not_sent_again(owner: Client) -> None:
    first = owner.http.get("/v1/workspace")
    known = {"if-none-match": f'"other", {first.headers["etag"]}'}
    again = owner.http.get("/v1/workspace", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    owner.ok("PATCH", "/v1/workspace", {"name": "Renamed"})
    changed = owner.http.get("/v1/workspace", headers=known)
    assert changed.json()["name"] == "Renamed"
    assert changed.headers["etag"] != first.headers["etag"]
    lost = owner.http.get("/v1/workflows/none", headers={"if-none-match": "*"})
    assert lost.status_code == 404


def test_long_answers_are_packed_for_who_takes_that(owner: Client) -> None:
    plain = owner.http.get("/v1/permissions", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    packed = owner.http.get("/v1/permissions", headers={"accept-encoding": "br, gzip;q=0.5"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert packed.json() == plain.json()
    refused = owner.http.get("/v1/permissions", headers={"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers
    short = owner.http.get("/healthz", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in short.headers


def _post(owner: Client, content: bytes, coding: str) -> httpx.Response:
    headers = {"content-type": "application/json", "content-encoding": coding}
    return owner.http.post("/v1/definitions/checks", content=content, headers=headers)


def test_packed_bodies_are_unpacked_within_the_limit(owner: Client) -> None:
    body = json.dumps({"definition": DRAFT}).encode()
    for coding, content in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))):
        assert _post(owner, content, coding).status_code == 200
    bomb = gzip.compress(b" " * 50_000_000)
    for content, coding, status in (
        (bomb, "gzip", 413),
        (b"not packed", "gzip", 400),
        (gzip.compress(body)[:-9], "gzip", 400),
        (body, "br", 415),
    ):
        answer = _post(owner, content, coding)
        assert answer.status_code == answer.json()["status"] == status


# -- repeated requests ---------------------------------------------------------------------------


def _folders(owner: Client) -> int:
    return len(owner.ok("GET", FOLDER))


def _make(owner: Client, key: str, body: dict[str, Any]) -> httpx.Response:
    return owner.http.post(FOLDER, json=body, headers={"idempotency-key": key})


def test_the_same_key_gets_the_same_answer(owner: Client) -> None:
    before = _folders(owner)
    first, again = (_make(owner, "once", {"name": "Once"}) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert _folders(owner) == before + 1
    other = _make(owner, "once", {"name": "Other"})
    assert other.status_code == 422
    assert other.json()["errors"][0]["pointer"] == "/headers/idempotency-key"
    assert _folders(owner) == before + 1


def test_a_secret_is_shown_again_to_who_has_the_key_only(owner: Client) -> None:
    def make(client: Client) -> httpx.Response:
        wanted = {"name": "k", "role": "viewer"}
        return client.http.post("/v1/auth/api-keys", json=wanted, headers={"idempotency-key": "s"})

    first, again = make(owner), make(owner)
    assert first.json()["key"] == again.json()["key"]
    stranger = Client(owner.server, "stranger@gateway.example").register()
    theirs = make(stranger)
    assert theirs.status_code == 201
    assert theirs.json()["key"] != first.json()["key"]


def test_of_many_at_once_one_does_it(owner: Client) -> None:
    before = _folders(owner)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: _make(owner, "race", {"name": "Race"}), range(8)))
    made = [answer for answer in answers if answer.status_code == 201]
    waiting = [answer for answer in answers if answer.status_code == 409]
    assert len(made) + len(waiting) == 8
    assert made
    assert {answer.json()["id"] for answer in made} == {made[0].json()["id"]}
    assert all(answer.headers["retry-after"] == "1" for answer in waiting)
    assert _folders(owner) == before + 1


def test_a_refusal_that_is_final_is_kept_and_another_is_not(owner: Client) -> None:
    bad = [_make(owner, "bad", {"name": ""}) for _ in range(2)]
    assert [answer.status_code for answer in bad] == [422, 422]
    assert bad[1].headers["idempotency-replayed"] == "true"
    taken = owner.ok("POST", FOLDER, {"name": "Taken"})
    assert _make(owner, "later", {"name": "Taken"}).status_code == 409
    owner.ok("DELETE", f"{FOLDER}/{taken['id']}")
    assert _make(owner, "later", {"name": "Taken"}).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "\u00e4".encode("latin-1")])
def test_what_is_no_key_is_refused(owner: Client, key: str | bytes) -> None:
    answer = owner.http.post(FOLDER, json={"name": "No"}, headers={b"idempotency-key": key if isinstance(key, bytes) else key.encode()})  # fmt: skip
    assert answer.status_code == 400
