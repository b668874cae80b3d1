"""SMS, push, chat and SMTP through the providers' own SDKs against stand-ins that speak their formats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from twilio.request_validator import RequestValidator

from tests.e2e.notifications.test_sending import send, settled
from tests.support.providers import Providers, fcm_fault, running, service_account
from tests.support.server import Client, Server, until

TOKEN = "twilio auth token"


@pytest.fixture(scope="module")
def providers() -> Iterator[Providers]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def grace(server: Server, providers: Providers) -> Client:
    """An owner whose workspace has accounts everywhere."""
    client = Client(server, "grace@providers.example").register()
    for path, account in (
        ("sms/default", {"kind": "twilio", "account_sid": "AC1", "sender": "+15005550006", "secret": TOKEN, "api_base": providers.url}),
        ("push/default", {"kind": "firebase", "secret": service_account(providers.url), "api_base": providers.url}),
        ("chat/sales", {"kind": "slack", "secret": f"{providers.url}/slack"}),
        ("chat/ops", {"kind": "teams", "secret": f"{providers.url}/teams"}),
        ("chat/games", {"kind": "discord", "secret": f"{providers.url}/discord"}),
    ):  # fmt: skip
        answer = client.ok("PUT", f"/v1/notification-providers/{path}", {"account": account})
        assert "secret" not in answer["settings"]
    return client


def call(client: Client, path: str, token: str = TOKEN, **fields: str) -> httpx.Response:
    """A callback of Twilio's, signed with a token."""
    base = f"http://localhost:{client.server.port}"  # as the server calls itself
    target = path.removeprefix(base)
    signature = RequestValidator(token).compute_signature(f"{base}{target}", fields)
    headers = {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}
    return httpx.post(f"{client.server.url}{target}", content=urlencode(fields), headers=headers)


def test_an_sms_is_sent_once_and_its_callbacks_tell_the_rest(
    grace: Client, providers: Providers
) -> None:
    sent = send(grace, to=["+4915112345678"], channels=["sms"], content={"text": "Grüße & mehr"})
    (delivery,) = settled(grace, sent, "sent")
    (sms,) = [sms for sms in providers.sms if sms["To"] == "+4915112345678"]
    assert (sms["Body"], sms["From"]) == ("Grüße & mehr", "+15005550006")
    fields = {"MessageSid": sms["Sid"], "MessageStatus": "delivered"}
    assert call(grace, sms["StatusCallback"], "another token", **fields).status_code == 403
    assert call(grace, sms["StatusCallback"]).status_code == 200
    settled(grace, sent, "sent")  # neither a forged call nor an empty one changes anything
    assert call(grace, sms["StatusCallback"], **fields).status_code == 200
    assert call(grace, sms["StatusCallback"], **fields).status_code == 200
    late = {**fields, "MessageStatus": "sent"}
    assert call(grace, sms["StatusCallback"], **late).status_code == 200
    settled(grace, sent, "delivered")
    timeline = grace.ok("GET", f"/v1/deliveries/{delivery['id']}")["timeline"]
    assert [event["status"] for event in timeline].count("delivered") == 1


def test_stop_suppresses_a_number_and_start_lets_it_in_again(
    grace: Client, providers: Providers
) -> None:
    number = "+4915112340000"
    path = f"/callbacks/twilio/{grace.session['workspace_id']}/inbound"
    assert call(grace, path, "forged", From=number, Body="STOP").status_code == 403
    assert call(grace, path, From=number, Body=" stop ").status_code == 200
    (refused,) = settled(grace, send(grace, to=[number], channels=["sms"]), "suppressed")
    assert refused["reason"] == "stop"
    assert call(grace, path, From=number, Body="START").status_code == 200
    settled(grace, send(grace, to=[number], channels=["sms"]), "sent")


@pytest.mark.parametrize(
    ("fault", "status", "suppressed"),
    [
        ((400, {"code": 21211, "message": "no number", "status": 400}, {}), "bounced", True),
        ((400, {"code": 21610, "message": "opted out", "status": 400}, {}), "failed", True),
        ((401, {"code": 20003, "message": "who?", "status": 401}, {}), "failed", False),
    ],
)
def test_what_twilio_refuses_for_good_is_not_tried_again(
    grace: Client, providers: Providers, fault: Any, status: str, suppressed: bool
) -> None:
    number = f"+49151{fault[1]['code']}99"
    providers.faults["twilio"] = [fault]
    settled(grace, send(grace, to=[number], channels=["sms"]), status)
    after = settled(grace, send(grace, to=[number], channels=["sms"]), "suppressed", "sent")
    assert after[0]["status"] == ("suppressed" if suppressed else "sent")


def test_429_is_tried_again_when_twilio_says_so(grace: Client, providers: Providers) -> None:
    busy = (429, {"code": 20429, "message": "busy", "status": 429}, {"Retry-After": "4"})
    providers.faults["twilio"] = [busy]
    sent = send(grace, to=["+4915100000429"], channels=["sms"])
    (delivery,) = until(
        lambda: [d for d in settled(grace, sent, "queued", "sent") if d["attempts"] == 1],
        "the first attempt",
    )
    if delivery["status"] == "queued" and delivery["reason"]:
        assert "20429" in delivery["reason"]
    settled(grace, sent, "sent")
    (delivery,) = settled(grace, sent, "sent")
    assert delivery["attempts"] == 2
    timeline = grace.ok("GET", f"/v1/deliveries/{delivery['id']}")["timeline"]
    waited = next(event for event in timeline if "20429" in event["detail"])
    assert "again at" in waited["detail"]


def test_a_push_reaches_every_device_and_dead_ones_are_forgotten(
    grace: Client, providers: Providers
) -> None:
    for token, platform in (("phone", "android"), ("tablet", "ios"), ("browser", "web")):
        grace.ok("POST", "/v1/devices", {"token": token, "platform": platform})
    me = f"user:{grace.session['user_id']}"
    content = {"subject": "Hi", "text": "There", "url": "https://x.example/1", "data": {"k": "v"}}
    settled(
        grace, send(grace, to=[me], channels=["push"], content=content, priority="high"), "sent"
    )
    assert {push["token"] for push in providers.pushes} == {"phone", "tablet", "browser"}
    push = providers.pushes[0]
    assert push["notification"] == {"title": "Hi", "body": "There"}
    assert push["data"]["k"] == "v"
    assert push["android"]["priority"] == "high"
    assert push["apns"]["headers"]["apns-collapse-id"] == push["data"]["delivery_id"]
    assert push["webpush"]["fcm_options"]["link"] == "https://x.example/1"
    assert providers.tokens == 1  # signed in once for all of them
    providers.faults["fcm"] = [fcm_fault(404, "NOT_FOUND", "UNREGISTERED")]
    settled(grace, send(grace, to=[me], channels=["push"]), "sent", "failed")
    assert len(grace.ok("GET", "/v1/devices")) == 2


def test_push_faults_that_pass_are_tried_again(grace: Client, providers: Providers) -> None:
    providers.faults["fcm"] = [fcm_fault(503, "UNAVAILABLE", "UNAVAILABLE")]
    (delivery,) = settled(grace, send(grace, to=["device:watch"], channels=["push"]), "sent")
    assert delivery["attempts"] == 2
    providers.faults["fcm"] = [fcm_fault(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT")]
    settled(grace, send(grace, to=["device:watch"], channels=["push"]), "failed")


def test_chats_get_their_own_format_and_nobody_is_mentioned(
    grace: Client, providers: Providers
) -> None:
    content = {"subject": "S <!channel>", "text": "@everyone", "url": "https://x.example"}
    for name in ("sales", "ops", "games"):
        settled(
            grace, send(grace, to=[f"chat:{name}"], channels=["chat"], content=content), "delivered"
        )
    slack, teams, discord = providers.posts[-3:]
    assert slack["text"] == "*S &lt;!channel&gt;*\n@everyone\nhttps://x.example"
    card = teams["attachments"][0]["content"]
    assert [block["text"] for block in card["body"]] == ["S <!channel>", "@everyone"]
    assert discord["allowed_mentions"] == {"parse": []}


def test_a_workspaces_own_mail_server(server: Server, providers: Providers) -> None:
    alan = Client(server, "alan@providers.example").register()
    account = {"kind": "smtp", "host": "127.0.0.1", "port": providers.smtp_port, "security": "none", "sender": "shop@shop.example"}  # fmt: skip
    alan.ok("PUT", "/v1/notification-providers/email/default", {"account": account})
    providers.smtp_faults.append("451 later")
    (delivery,) = settled(alan, send(alan, to=["b@buyer.example"]), "sent")
    assert delivery["attempts"] == 2
    recipient, text = providers.mails[-1]
    assert recipient == "b@buyer.example"
    assert "From: shop@shop.example" in text
    assert "List-Unsubscribe=One-Click" in text
    providers.smtp_faults.append("550 no such mailbox")
    settled(alan, send(alan, to=["c@buyer.example"]), "bounced")
    settled(alan, send(alan, to=["c@buyer.example"]), "suppressed")


def test_without_an_account_a_message_is_kept_where_it_can_be_read(server: Server) -> None:
    mary = Client(server, "mary@providers.example").register()
    (kept,) = settled(mary, send(mary, to=["+4915100000001"], channels=["sms"]), "sent")
    assert kept["provider"] == "outbox"
    assert mary.ok("GET", f"/v1/deliveries/{kept['id']}")["content"]["text"] == "T"


@pytest.mark.parametrize(
    ("path", "account", "status"),
    [
        ("sms/default", {"kind": "slack", "secret": "https://x.example"}, 422),
        ("sms/other", {"kind": "twilio", "account_sid": "AC1", "sender": "+15005550006", "secret": "s"}, 404),
        ("sms/default", {"kind": "twilio", "account_sid": "AC1", "secret": "s"}, 422),
        ("push/default", {"kind": "firebase", "secret": "{}"}, 422),
        ("chat/x", {"kind": "slack", "secret": "file:///etc/passwd"}, 422),
        ("pigeon/default", {"kind": "slack", "secret": "https://x.example"}, 404),
        ("email/default", {"kind": "smtp", "host": "h", "sender": "a@b\r\nBcc: c@d"}, 422),
    ],
)  # fmt: skip
def test_accounts_that_cannot_work_are_refused(
    grace: Client, path: str, account: dict[str, Any], status: int
) -> None:
    answer = grace.request("PUT", f"/v1/notification-providers/{path}", {"account": account})
    assert answer.status_code == status, answer.text
    assert urlsplit(answer.json()["type"]).scheme == "urn"


def test_statistics_suppressions_and_limits(grace: Client) -> None:
    counts = grace.ok("GET", "/v1/notification-statistics")
    assert {"channel": "sms", "template": None, "category": "general", "status": "bounced", "count": 1} in counts  # fmt: skip
    assert grace.ok("GET", "/v1/notification-statistics?since=2099-01-01T00:00:00Z") == []
    grace.ok(
        "POST", "/v1/notification-suppressions", {"channel": "email", "address": "X@y.example"}
    )
    first = grace.ok("GET", "/v1/notification-suppressions?limit=1")
    assert first["items"][0]["address"] == "x@y.example"
    rest = grace.ok("GET", f"/v1/notification-suppressions?limit=200&cursor={first['next']}")
    assert first["items"][0] not in rest["items"]
    path = "/v1/notification-suppressions?channel=email&address=x@y.example"
    assert grace.request("DELETE", path).status_code == 204
    assert grace.request("DELETE", path).status_code == 404
    grace.ok("PUT", "/v1/notification-limits", {"limits": [{"channel": "chat", "daily_cap": 0}]})
    (refused,) = settled(grace, send(grace, to=["chat:ops"], channels=["chat"]), "suppressed")
    assert "cap" in refused["reason"]
    grace.ok("PUT", "/v1/notification-limits", {})
