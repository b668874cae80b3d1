"""Webhooks that know their senders: signatures, tokens, addresses, challenges, and every body."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any

import httpx
import pytest

from tests.e2e.triggers.conftest import Workspace

ECHO = {
    "steps": [{"id": "a", "set": 1}],
    "output": {"body": "{% $trigger.body %}", "headers": "{% $trigger.headers %}"},
}
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]


@pytest.fixture(scope="module")
def secrets(owner: Workspace) -> dict[str, str]:
    """Connections by name, with what they hold."""
    found = {"hook-secret": "It's a secret", "hook-next": "the next one", "hook-token": "my token"}
    for name, secret in found.items():
        auth = {"kind": "signing_secret", "secret": secret}
        owner.ok("POST", "/v1/connections", {"name": name, "auth": auth})
    basic = {"kind": "basic", "username": "ann", "password": "pässword", "base_url": "https://x.example"}  # fmt: skip
    owner.ok("POST", "/v1/connections", {"name": "hook-login", "auth": basic})
    return found


def publish(owner: Workspace, name: str, **hook: Any) -> str:
    """Publishes a workflow that gives back what started it; returns its webhook's path."""
    trigger = {"id": "h", "type": "webhook", "respond": "when_finished", "method": METHODS, **hook}
    found = owner.publish({"name": name, "triggers": [trigger], **ECHO})
    return f"/hooks/{found['webhooks']['h'].rsplit('/', 1)[1]}"


def github(secret: str, body: bytes) -> dict[str, str]:
    return {"x-hub-signature-256": f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}"}


def refused(answer: httpx.Response, status: int, kind: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:statewright:problem:{kind}"


@pytest.mark.parametrize("method", METHODS)
def test_any_method(owner: Workspace, method: str) -> None:
    path = publish(owner, f"Any {method}", method=method)
    for sent in METHODS:
        answer = owner.http.request(sent, path, content=b"{}" if sent in {"POST", "PUT"} else b"")
        assert answer.status_code == (200 if sent == method else 405), sent


def test_any_body_is_signed_byte_by_byte_and_read_by_its_type(
    owner: Workspace, secrets: dict[str, str]
) -> None:
    path = publish(owner, "Bodies", verify={"scheme": "github", "secret": "hook-secret"})
    form = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="x.bin"\r\n\r\n\xff\x00\r\n--b--\r\n'  # fmt: skip
    packed = {"content_type": "image/png", "size": 2, "base64": "/wA="}
    file = {**packed, "content_type": "text/plain", "name": "x.bin"}
    for kind, raw, expected in (
        ("application/json", b'{ "n" : 1.0 }', {"n": 1.0}),
        ("application/x-www-form-urlencoded", b"a=1&a=2&b=", {"a": ["1", "2"], "b": ""}),
        ("multipart/form-data; boundary=b", form, {"a": "1", "f": file}),
        ("text/plain; charset=latin-1", b"caf\xe9", "café"),
        ("application/soap+xml", b"<a>\r\n</a>", "<a>\r\n</a>"),
        ("image/png", b"\xff\x00", packed),
    ):
        signed = github(secrets["hook-secret"], raw)
        answer = owner.http.post(path, content=raw, headers={"content-type": kind, **signed})
        assert answer.status_code == 200, (kind, answer.text)
        assert answer.json()["body"] == expected, kind
        touched = owner.http.post(
            path, content=raw + b" ", headers={"content-type": kind, **signed}
        )
        refused(touched, 401, "webhook-unverified")
        assert touched.headers["www-authenticate"] == "Signature"
    for kind, raw in (("multipart/form-data", b"x"), ("text/plain", b"\xff"), ("text/plain; charset=x", b"x")):  # fmt: skip
        signed = github(secrets["hook-secret"], raw)
        refused(owner.http.post(path, content=raw, headers={"content-type": kind, **signed}), 400, "malformed-request")  # fmt: skip


def test_a_secret_is_changed_with_an_overlap_and_deliveries_are_one(
    owner: Workspace, secrets: dict[str, str]
) -> None:
    hook = {"scheme": "github", "secret": ["hook-next", "hook-secret"]}
    path = publish(owner, "Overlap", verify=hook, respond="immediately")
    ids = []
    for name, delivery in (("hook-secret", "d1"), ("hook-next", "d1"), ("hook-next", "d2")):
        headers = {**github(secrets[name], b"{}"), "x-github-delivery": delivery}
        ids.append(owner.http.post(path, content=b"{}", headers=headers).json()["execution_id"])
    assert ids[0] == ids[1] != ids[2]
    connection = next(c for c in owner.ok("GET", "/v1/connections") if c["name"] == "hook-next")
    uses = owner.ok("GET", f"/v1/connections/{connection['id']}/uses")
    assert [use["workflow"] for use in uses] == ["Overlap"]


def test_passwords_tokens_and_addresses(owner: Workspace, secrets: dict[str, str]) -> None:
    basic = publish(owner, "Basic", verify={"scheme": "basic", "secret": "hook-login"})
    login = base64.b64encode("ann:pässword".encode()).decode()
    answer = owner.http.post(basic, json={}, headers={"authorization": f"Basic {login}"})
    assert answer.status_code == 200
    assert "authorization" not in answer.json()["headers"]
    wrong = owner.http.post(basic, json={}, headers={"authorization": f"Basic {login[:-4]}"})
    refused(wrong, 401, "webhook-unverified")
    assert wrong.headers["www-authenticate"].startswith("Basic ")
    verify = {"scheme": "bearer", "secret": "hook-token", "header": "x-gitlab-token"}
    token = publish(owner, "Token", verify=verify)
    answer = owner.http.post(token, json={}, headers={"x-gitlab-token": secrets["hook-token"]})
    assert answer.status_code == 200
    assert "x-gitlab-token" not in answer.json()["headers"], "a token is not for the execution"
    refused(owner.http.post(token, json={}), 401, "webhook-unverified")
    here = publish(owner, "Here", verify={"scheme": "allow_list", "addresses": ["127.0.0.0/8"]})
    assert owner.http.post(here, json={}).status_code == 200
    there = publish(owner, "There", verify={"scheme": "allow_list", "addresses": ["192.0.2.1"]})
    refused(owner.http.post(there, json={}), 403, "webhook-address")


def slack(secret: str, body: bytes, at: int) -> dict[str, str]:
    told = hmac.digest(secret.encode(), f"v0:{at}:".encode() + body, "sha256").hex()
    return {"x-slack-signature": f"v0={told}", "x-slack-request-timestamp": str(at)}


def test_challenges_and_the_replay_window(owner: Workspace, secrets: dict[str, str]) -> None:
    path = publish(
        owner, "Slack", method="POST", verify={"scheme": "slack", "secret": "hook-secret"}
    )
    now = int(time.time())
    body = json.dumps({"type": "url_verification", "challenge": "3eZ"}).encode()
    answer = owner.http.post(path, content=body, headers=slack(secrets["hook-secret"], body, now))
    assert (answer.status_code, answer.text) == (200, "3eZ")
    refused(owner.http.post(path, content=body), 401, "webhook-unverified")
    old = slack(secrets["hook-secret"], body, now - 900)
    refused(owner.http.post(path, content=body, headers=old), 403, "webhook-too-old")
    verify = {"scheme": "meta", "secret": "hook-secret", "verify_token": "hook-token"}
    path = publish(owner, "Meta", method="POST", verify=verify)
    asked = {"hub.mode": "subscribe", "hub.challenge": "42", "hub.verify_token": "my token"}
    answer = owner.http.get(path, params=asked)
    assert (answer.status_code, answer.text) == (200, "42")
    wrong = owner.http.get(path, params={**asked, "hub.verify_token": "x"})
    refused(wrong, 401, "webhook-unverified")


def test_twilio_signs_the_address(owner: Workspace, secrets: dict[str, str]) -> None:
    path = publish(owner, "Twilio", verify={"scheme": "twilio", "secret": "hook-secret"})
    form = "Body=caf%C3%A9+%26&From=%2B1"
    workflow = owner.ok("GET", "/v1/workflows?q=Twilio")["items"][0]["id"]
    url = owner.ok("GET", f"/v1/workflows/{workflow}")["webhooks"]["h"]
    content = f"{url}?lang=d%C3%A9+eBodycafé &From+1"
    told = base64.b64encode(hmac.digest(secrets["hook-secret"].encode(), content.encode(), "sha1"))
    headers = {
        "x-twilio-signature": told.decode(),
        "content-type": "application/x-www-form-urlencoded",
    }
    answer = owner.http.post(f"{path}?lang=d%C3%A9+e", content=form, headers=headers)
    assert answer.status_code == 200, answer.text
    other = owner.http.post(f"{path}?lang=e", content=form, headers=headers)
    refused(other, 401, "webhook-unverified")


@pytest.mark.parametrize(
    ("verify", "pointer"),
    [
        ({"scheme": "github", "secret": "none-such"}, "/triggers/0/verify"),
        ({"scheme": "hmac", "secret": "hook-secret"}, "/triggers/0/verify/header"),
        ({"scheme": "hmac", "secret": "hook-secret", "header": "x", "signs": "{timestamp}"}, "/triggers/0/verify"),
        ({"scheme": "hmac", "secret": "hook-secret", "header": "x", "timestamp": "y"}, "/triggers/0/verify"),
        ({"scheme": "allow_list", "addresses": ["here"]}, "/triggers/0/verify/addresses/0"),
        ({"scheme": "magic"}, "/triggers/0/verify"),
        ({"scheme": "github", "secret": "hook-secret", "window": "soon"}, "/triggers/0/verify/window"),
    ],
)  # fmt: skip
def test_what_cannot_be_verified_is_not_published(
    owner: Workspace, secrets: dict[str, str], verify: dict[str, Any], pointer: str
) -> None:
    trigger = {"id": "h", "type": "webhook", "verify": verify}
    definition = {"name": f"Wrong {json.dumps(verify)[:40]}", "triggers": [trigger], **ECHO}
    answer = owner.request("POST", "/v1/workflows", {"definition": definition})
    if answer.status_code == 201:
        answer = owner.request("POST", f"/v1/workflows/{answer.json()['id']}/versions")
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text


def test_a_secret_that_is_gone_is_asked_for_again(owner: Workspace) -> None:
    auth = {"kind": "bearer", "token": "t", "base_url": "https://x.example"}
    made = owner.ok("POST", "/v1/connections", {"name": "hook-gone", "auth": auth})
    path = publish(owner, "Gone", verify={"scheme": "bearer", "secret": "hook-gone"})
    assert owner.request("DELETE", f"/v1/connections/{made['id']}").status_code == 409
    answer = owner.http.post(path, json={}, headers={"authorization": "Bearer t"})
    assert answer.status_code == 200
