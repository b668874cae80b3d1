"""Calls of webhooks that are kept: what each was taken for, shown, sent once more, forgotten."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any

import pytest

from statewright.workflows.triggers import deliveries
from statewright.workflows.triggers.deliveries import Outcome
from statewright.workflows.triggers.targets import Target
from statewright.workflows.webhook_request import WebhookCall
from tests.e2e.notifications.rig import WORKSPACE, opened
from tests.e2e.triggers.conftest import Workspace
from tests.support.server import Client, Server, until

SECRET = "for deliveries"


@pytest.fixture(scope="module")
def kept(owner: Workspace) -> dict[str, Any]:
    """A workflow with a verified webhook, which keeps what it gets, and one that keeps nothing."""
    auth = {"kind": "signing_secret", "secret": SECRET}
    owner.ok("POST", "/v1/connections", {"name": "kept-secret", "auth": auth})
    number = {"type": "object", "properties": {"n": {"type": "integer"}}}
    verify = {"scheme": "github", "secret": "kept-secret"}
    return owner.publish(
        {
            "name": "Kept",
            "triggers": [
                {"id": "signed", "type": "webhook", "verify": verify},
                {"id": "quiet", "type": "webhook", "verify": verify, "deliveries": False},
                {"id": "plain", "type": "webhook", "deliveries": {"keep": "1h", "bodies": False}},
                {"id": "nothing", "type": "webhook"},
            ],
            "input": number,
            "steps": [{"id": "a", "set": 1}],
            "output": "{% $trigger %}",
        }
    )


def send(
    owner: Workspace, workflow: dict[str, Any], hook: str, body: bytes, **headers: str
) -> dict[str, Any]:
    told = hmac.digest(SECRET.encode(), body, "sha256").hex()
    signed = {"x-hub-signature-256": f"sha256={told}", **{k.replace("_", "-"): v for k, v in headers.items()}}  # fmt: skip
    path = f"/hooks/{workflow['webhooks'][hook].rsplit('/', 1)[1]}"
    found: dict[str, Any] = owner.http.post(path, content=body, headers=signed).json()
    return found


def listed(owner: Client, workflow: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    found = owner.ok("GET", f"/v1/workflows/{workflow['id']}/deliveries{query}")
    return list(found["items"])


def test_each_call_is_kept_with_its_verdict(owner: Workspace, kept: dict[str, Any]) -> None:
    first = send(owner, kept, "signed", b'{"n": 1}', x_github_delivery="d", x_api_key="hush-hush")
    send(owner, kept, "signed", b'{"n": 1}', x_github_delivery="d")
    send(owner, kept, "signed", b'{"n": "\x00"}', x_github_delivery="e")
    send(owner, kept, "signed", b'{"n": "\\u0000\\ud800"}', x_github_delivery="f")
    send(owner, kept, "signed", b"\xff", x_github_delivery="g", x_hub_signature_256="sha256=00")
    verdicts = [(d["verdict"], d["status"], d["size"]) for d in listed(owner, kept)]
    assert verdicts == [
        ("refused", 401, 1),
        ("rejected", 422, 21),
        ("rejected", 400, 10),
        ("duplicate", 202, 8),
        ("accepted", 202, 8),
    ]
    newest, *_, oldest = listed(owner, kept)
    assert newest["reason"] == "The signature does not fit."
    assert oldest["execution_id"] == first["execution_id"]
    path = f"/v1/workflows/{kept['id']}/deliveries"
    whole = owner.ok("GET", f"{path}/{oldest['id']}")
    assert whole["body"] == '{"n": 1}'
    assert whole["headers"]["x-api-key"] == "***"
    assert whole["headers"]["x-github-delivery"] == "d"
    bytes_ = owner.ok("GET", f"{path}/{newest['id']}")["body"]
    assert (bytes_["base64"], bytes_["size"]) == ("/w==", 1)


def test_pages_and_filters(owner: Workspace, kept: dict[str, Any]) -> None:
    for n in range(5):
        send(owner, kept, "plain", b'{"n": %d}' % n)
    whole = listed(owner, kept, "?trigger=plain")
    path = f"/v1/workflows/{kept['id']}/deliveries?trigger=plain&limit=2"
    pages, cursor = [], ""
    while True:
        page = owner.ok("GET", path + cursor)
        pages += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert pages == whole
    assert len(whole) == 5
    assert {d["verdict"] for d in listed(owner, kept, "?verdict=refused")} <= {"refused"}
    for bad, status in (("cursor=x", 400), ("verdict=x", 422), ("limit=0", 422), ("trigger=%00", 422)):  # fmt: skip
        answer = owner.request("GET", f"/v1/workflows/{kept['id']}/deliveries?{bad}")
        assert answer.status_code == status, bad


def test_nothing_is_kept_where_nobody_asks_for_it(owner: Workspace, kept: dict[str, Any]) -> None:
    for hook in ("quiet", "nothing"):
        assert "execution_id" in send(owner, kept, hook, b"{}")
        assert listed(owner, kept, f"?trigger={hook}") == []


def test_a_delivery_is_sent_once_more(owner: Workspace, kept: dict[str, Any]) -> None:
    first = send(owner, kept, "signed", b'{"n": 7}', x_github_delivery="again")
    (delivery, *_) = listed(owner, kept, "?trigger=signed")
    path = f"/v1/workflows/{kept['id']}/deliveries"
    replayed = owner.ok("POST", f"{path}/{delivery['id']}/replay")
    assert replayed["execution_id"] != first["execution_id"]
    for execution in (first["execution_id"], replayed["execution_id"]):
        assert owner.ended(execution)["output"]["body"] == {"n": 7}
    again = owner.ok("GET", f"{path}/{replayed['delivery_id']}")
    assert (again["verdict"], again["replay_of"]) == ("accepted", delivery["id"])
    noted = owner.ok("GET", "/v1/audit/events?action=delivery.replayed")["items"]
    assert noted[0]["target"] == f"delivery:{delivery['id']}"
    assert noted[0]["details"]["execution"] == replayed["execution_id"]


def test_what_cannot_be_sent_again(owner: Workspace, kept: dict[str, Any], server: Server) -> None:
    path = f"/v1/workflows/{kept['id']}/deliveries"
    send(owner, kept, "plain", b"{}")
    (without_body, *_) = listed(owner, kept, "?trigger=plain")
    assert owner.request("POST", f"{path}/{without_body['id']}/replay").status_code == 409
    wrong = send(owner, kept, "signed", b'{"n": "x"}')
    assert wrong["status"] == 422
    (rejected, *_) = listed(owner, kept, "?verdict=rejected")
    assert owner.request("POST", f"{path}/{rejected['id']}/replay").status_code == 422
    send(owner, kept, "signed", b"{}", x_hub_signature_256="sha256=00")
    (refused, *_) = listed(owner, kept, "?verdict=refused")
    answer = owner.request("POST", f"{path}/{refused['id']}/replay")
    assert answer.status_code == 409
    assert "still not verified" in answer.json()["detail"]
    stranger = Workspace(server, "stranger@deliveries.example")
    stranger.register()
    for request in (("GET", path), ("GET", f"{path}/{refused['id']}"), ("POST", f"{path}/{refused['id']}/replay")):  # fmt: skip
        assert stranger.request(*request).status_code == 404


def test_what_was_refused_is_verified_again_once_the_secret_is_right(owner: Workspace) -> None:
    auth = {"kind": "signing_secret", "secret": "mistyped"}
    made = owner.ok("POST", "/v1/connections", {"name": "late-secret", "auth": auth})
    trigger = {
        "id": "h",
        "type": "webhook",
        "verify": {"scheme": "github", "secret": "late-secret"},
    }
    found = owner.publish({"name": "Late", "triggers": [trigger], "steps": [{"id": "a", "set": 1}]})
    assert send(owner, found, "h", b"{}")["status"] == 401
    (refused,) = listed(owner, found)
    right = {"auth": {"kind": "signing_secret", "secret": SECRET}}
    owner.ok("PUT", f"/v1/connections/{made['id']}/credentials", right)
    path = f"/v1/workflows/{found['id']}/deliveries/{refused['id']}/replay"

    def replay() -> Any:
        answer = owner.request("POST", path)
        assert answer.status_code in {202, 409}, answer.text
        return answer.json() if answer.is_success else None

    replayed = until(replay, "the new secret, which is read once a second")
    assert owner.ended(replayed["execution_id"])["status"] == "succeeded"


def test_strangers_cannot_fill_the_database(owner: Workspace, kept: dict[str, Any]) -> None:
    before = len(listed(owner, kept, "?verdict=refused&trigger=signed&limit=200"))
    path = f"/hooks/{kept['webhooks']['signed'].rsplit('/', 1)[1]}"
    for _ in range(110):
        assert owner.http.post(path, content=b"x" * 20_000).status_code == 401
    refused = listed(owner, kept, "?verdict=refused&trigger=signed&limit=200")
    assert before < len(refused) <= 100
    whole = owner.ok("GET", f"/v1/workflows/{kept['id']}/deliveries/{refused[0]['id']}")
    assert (len(whole["body"]), whole["size"], whole["truncated"]) == (16_384, 20_000, True)


def test_deliveries_are_forgotten_when_their_time_is_over(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow = "0190b0a0-0000-7000-8000-000000000001"
    with opened(database, monkeypatch) as rig:
        rig.sql(f"""INSERT INTO workflows (id, workspace_id, name, definition, created_at, updated_at)
            VALUES ('{workflow}', '{WORKSPACE}', 'W', '{{}}', now(), now())""")
        call = WebhookCall("t", "POST", {"x-a": "\0"}, {"\0": "b"}, b"\0", address="192.0.2.1")
        for keep in ("1h", "2d"):
            kept = {"deliveries": {"keep": keep, "bodies": True}}
            target = Target(WORKSPACE, workflow, "W", "h", "webhook", "arn", "standard", kept)
            deliveries.note(
                target, call, rig.now, Outcome("accepted", 202, "a\0\ud800", f"x{keep}")
            )
        assert deliveries.forget_expired() == 0
        rig.now += timedelta(hours=1)
        assert deliveries.forget_expired() == 1
        rig.now += timedelta(days=2)
        assert deliveries.forget_expired() == 1
