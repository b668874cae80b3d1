"""Notifications through the whole path: API, outbox, topic, queue, sender, provider, events."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from tests.support.server import Client, Server, until

TEMPLATE = {
    "name": "order-shipped",
    "category": "orders",
    "layout": "frame",
    "bodies": {
        "en": {
            "default": {"subject": "Order {{ number }}", "text": "Hello {{ name }}, it is on its way."},
            "email": {"subject": "Order {{ number }} for {{ name }}", "html": "<p>Hello {{ name }}</p>"},
        },
        "de": {"default": {"subject": "Bestellung {{ number }}", "text": "Hallo {{ name }}"}},
    },
    "data_schema": {"type": "object", "required": ["number"], "properties": {"number": {"type": "integer"}}},
}  # fmt: skip
LAYOUT = {
    "name": "frame",
    "kind": "layout",
    "bodies": {"en": {"email": {"html": "<h1>Shop</h1>{{ content }}"}}},
}


@pytest.fixture(scope="module")
def ada(server: Server) -> Client:
    return Client(server, "ada@notify.example").register()


@pytest.fixture(scope="module")
def template(ada: Client) -> dict[str, Any]:
    ada.ok("POST", "/v1/notification-templates", LAYOUT)
    return ada.ok("POST", "/v1/notification-templates", TEMPLATE)


def send(client: Client, **wanted: Any) -> dict[str, Any]:
    body = {"content": {"subject": "S", "text": "T"}, **wanted}
    if "template" in wanted:
        del body["content"]
    return client.ok("POST", "/v1/notifications", body)


def settled(client: Client, sent: dict[str, Any], *statuses: str) -> list[dict[str, Any]]:
    """The request's deliveries once each has one of the statuses."""

    def check() -> Any:
        items = client.ok("GET", f"/v1/notifications/{sent['id']}/deliveries")["items"]
        return items if items and all(item["status"] in statuses for item in items) else None

    return until(check, f"{sent['id']} to be {statuses}")


def letters(client: Client, recipient: str) -> list[EmailMessage]:
    found = []
    for file in sorted((client.server.data / "mail").glob("*.eml")):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        if message["To"] == recipient:
            found.append(message)
    return found


def test_a_template_becomes_an_e_mail_with_everything_that_one_needs(
    ada: Client, template: dict[str, Any]
) -> None:
    sent = send(
        ada,
        to=["grace@buyer.example"],
        template="order-shipped",
        data={"number": 7, "name": "<Grace>\r\nBcc: all@buyer.example"},
        attachments=[{"filename": "a.txt", "content_type": "text/plain", "content": "aGk="}],
    )
    (delivery,) = settled(ada, sent, "delivered")
    (letter,) = letters(ada, "grace@buyer.example")
    assert letter["Subject"] == "Order 7 for <Grace> Bcc: all@buyer.example"
    assert letter["Bcc"] is None
    assert letter["Message-ID"].startswith(f"<{delivery['id']}@")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html, text = letter.get_body(("html",)), letter.get_body(("plain",))
    assert html is not None
    assert text is not None
    assert "<h1>Shop</h1><p>Hello &lt;Grace&gt;" in html.get_content()
    shown = text.get_content().splitlines()
    assert shown == ["Shop", "", "Hello <Grace> Bcc: all@buyer.example"]
    assert [part.get_filename() for part in letter.iter_attachments()] == ["a.txt"]
    detail = ada.ok("GET", f"/v1/deliveries/{delivery['id']}")
    assert next(event["status"] for event in detail["timeline"]) == "queued"
    assert {event["status"] for event in detail["timeline"]} == {"queued", "sent", "delivered"}


def test_one_click_unsubscribes_from_the_category_and_nothing_else(
    ada: Client, template: dict[str, Any]
) -> None:
    to = "one-click@buyer.example"
    settled(
        ada,
        send(ada, to=[to], template="order-shipped", data={"number": 1, "name": "O"}),
        "delivered",
    )
    link = letters(ada, to)[0]["List-Unsubscribe"].strip("<>")
    url = f"{ada.server.url}/{link.split('/', 3)[3]}"
    assert "Unsubscribe</button>" in httpx.get(url).text
    again = send(ada, to=[to], template="order-shipped", data={"number": 2, "name": "O"})
    settled(ada, again, "delivered")  # looking changes nothing
    form = {"List-Unsubscribe": "One-Click"}
    assert httpx.post(url, data=form).status_code == 200
    third = send(ada, to=[to], template="order-shipped", data={"number": 3, "name": "O"})
    (refused,) = settled(ada, third, "suppressed")
    assert refused["reason"] == "unsubscribed"
    settled(ada, send(ada, to=[to], category="other"), "delivered")
    assert httpx.post(f"{ada.server.url}/unsubscribe/forged", data=form).status_code == 401


def test_a_dedup_key_sends_once_and_refuses_something_else(ada: Client) -> None:
    body = {"to": ["once@buyer.example"], "content": {"text": "T"}, "dedup_key": "k1"}
    first = ada.ok("POST", "/v1/notifications", body)
    second = ada.ok("POST", "/v1/notifications", body)
    assert first["id"] == second["id"]
    settled(ada, first, "delivered")
    assert len(letters(ada, "once@buyer.example")) == 1
    other = ada.request("POST", "/v1/notifications", {**body, "to": ["other@buyer.example"]})
    assert other.status_code == 409


def test_people_roles_groups_and_topics_are_each_told_once(ada: Client) -> None:
    me = ada.session["user_id"]
    ada.ok("POST", "/v1/groups", {"name": "Sales", "members": [me]})
    ada.ok("PUT", "/v1/topics/news/subscription")
    sent = send(
        ada, to=[f"user:{me}", "role:owner", "group:Sales", "topic:news"], channels=["in_app"]
    )
    (delivery,) = settled(ada, sent, "delivered")
    assert delivery["recipient"] == f"user:{me}"


def test_the_inbox_is_read_archived_and_nobody_elses(ada: Client, server: Server) -> None:
    me = ada.session["user_id"]
    before = ada.ok("GET", "/v1/inbox/unread")["unread"]
    content = {"subject": "Hi", "text": "There", "url": "https://shop.example/1"}
    settled(ada, send(ada, to=[f"user:{me}"], channels=["in_app"], content=content), "delivered")
    unread = ada.ok("GET", "/v1/inbox/unread")
    assert unread["unread"] == before + 1
    newest = ada.ok("GET", "/v1/inbox?unread=true")["items"][0]
    assert (newest["id"], newest["subject"], newest["url"]) == (
        unread["newest"],
        "Hi",
        "https://shop.example/1",
    )
    stranger = Client(server, "stranger@notify.example").register()
    path = f"/v1/inbox/{newest['id']}"
    assert stranger.request("PATCH", path, {"read": True}).status_code == 404
    assert ada.ok("PATCH", path, {"read": True})["read_at"] is not None
    assert ada.ok("PATCH", path, {"read": False})["read_at"] is None
    assert ada.ok("POST", "/v1/inbox/read", {"id": newest["id"]})["unread"] == 0
    ada.ok("PATCH", path, {"archived": True})
    assert newest["id"] not in [i["id"] for i in ada.ok("GET", "/v1/inbox")["items"]]
    assert newest["id"] in [i["id"] for i in ada.ok("GET", "/v1/inbox?archived=true")["items"]]


def test_bounces_and_complaints_suppress_an_address_for_good(ada: Client) -> None:
    """AWS's mailbox simulator, which the local cloud has too."""
    for name, status in (("bounce", "bounced"), ("complaint", "complained")):
        address = f"{name}+1@simulator.amazonses.com"
        (first,) = settled(ada, send(ada, to=[address]), status)
        (second,) = settled(ada, send(ada, to=[address]), "suppressed")
        assert second["reason"] == name
        resent = ada.ok("POST", f"/v1/deliveries/{first['id']}/resend")
        told = [entry["detail"] or "" for entry in resent["timeline"]]
        assert any(detail.startswith("again, by user:") for detail in told)


def test_a_fallback_takes_the_next_channel_when_the_first_fails(ada: Client) -> None:
    me = ada.session["user_id"]
    everything = [{"category": "alerts", "channel": "email", "mode": "off"}]
    ada.ok("PUT", "/v1/notification-preferences", {"preferences": everything})
    sent = send(
        ada, to=[f"user:{me}"], channels=["email", "in_app"], strategy="fallback", category="alerts"
    )
    found = until(
        lambda: [
            i
            for i in settled(ada, sent, "suppressed", "delivered", "queued", "sending")
            if i["status"] == "delivered"
        ],
        "the fallback",
    )
    assert [item["channel"] for item in found] == ["in_app"]


def test_what_is_scheduled_waits_and_can_be_cancelled(ada: Client) -> None:
    soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    sent = send(ada, to=["later@buyer.example"], send_at=soon)
    assert (sent["status"], sent["progress"]) == ("scheduled", {})
    assert ada.ok("POST", f"/v1/notifications/{sent['id']}/cancel")["status"] == "cancelled"
    assert ada.ok("POST", f"/v1/notifications/{sent['id']}/cancel")["status"] == "cancelled"


BAD = [
    ({"to": ["x@y.example\r\nBcc: z@y.example"]}, "/to/0"),
    ({"to": ["not an address"]}, "/to/0"),
    ({"to": ["+0123"]}, "/to/0"),
    ({"to": ["user:nobody"]}, "/to/0"),
    ({"to": ["role:emperor"]}, "/to"),
    ({"to": ["group:nowhere"]}, "/to"),
    ({"to": []}, "/to"),
    ({"to": ["a@b.example"] * 10_001}, "/to"),
    ({"content": {"subject": "a\r\nBcc: x@y.example", "text": "T"}}, "/content/subject"),
    ({"content": {"text": " "}}, "/content"),
    ({"content": {"text": "T", "subjekt": "S"}}, "/content/subjekt"),
    ({"locale": "../../etc"}, "/locale"),
    ({"send_at": "2999-01-01T00:00:00Z"}, "/send_at"),
    ({"expires_at": "2000-01-01T00:00:00Z"}, "/expires_at"),
    ({"send_at": "2030-01-01T00:00:00"}, "/"),
    ({"channels": ["pigeon"]}, "/channels/0"),
    ({"channels": ["email", "email"]}, "/"),
    ({"attachments": [{"filename": "a", "content": "!"}]}, "/"),
    ({"attachments": [{"filename": "a", "content": "AAAA" * 240_000}]}, "/"),
    ({"data": {"a": "x" * 70_000}}, "/data"),
]


@pytest.mark.parametrize(("change", "pointer"), BAD, ids=lambda value: str(value)[:60])
def test_bad_requests_are_refused_with_a_pointer(
    ada: Client, change: dict[str, Any], pointer: str
) -> None:
    body = {"to": ["a@b.example"], "content": {"text": "T"}, **change}
    answer = ada.request("POST", "/v1/notifications", body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"].startswith(pointer), answer.text
    assert not re.search(r"Traceback|psycopg", answer.text)


def test_a_hundred_thousand_recipients_are_refused_as_a_whole(ada: Client) -> None:
    body = {"to": ["a@b.example"] * 100_000, "content": {"text": "T"}}
    assert ada.request("POST", "/v1/notifications", body).status_code in {413, 422}


HOSTILE = [
    "{{ ''.__class__.__mro__ }}",
    "{{ 'a' * 1000000000 }}",
    "{% for a in xs %}{% for b in xs %}{% for c in xs %}{{ c }}{% endfor %}{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_template_fails_its_own_delivery_and_no_other(ada: Client, text: str) -> None:
    made = ada.ok("POST", "/v1/notification-templates", {"name": f"hostile-{abs(hash(text))}", "bodies": {"en": {"default": {"text": text}}}})  # fmt: skip
    data = {"xs": list(range(50))}
    preview = ada.request(
        "POST", f"/v1/notification-templates/{made['id']}/preview", {"data": data}
    )
    assert preview.status_code == 422
    (failed,) = settled(
        ada, send(ada, to=["h@b.example"], template=made["id"], data=data), "failed"
    )
    assert failed["reason"]


def test_templates_are_checked_versioned_and_previewed(
    ada: Client, template: dict[str, Any]
) -> None:
    path = f"/v1/notification-templates/{template['id']}"
    broken = {**TEMPLATE, "bodies": {"en": {"default": {"text": "{% if %}"}}}}
    answer = ada.request("PUT", path, broken)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/bodies/en/default/text"
    remote = {**TEMPLATE, "data_schema": {"$ref": "http://127.0.0.1:9/schema"}}
    assert ada.request("PUT", path, remote).status_code == 422
    german = ada.ok("POST", f"{path}/preview", {"locale": "de-AT", "channel": "sms", "data": {"number": 1, "name": "A"}})  # fmt: skip
    assert (german["locale"], german["body"]["text"]) == ("de", "Hallo A")
    unknown = ada.ok(
        "POST", f"{path}/preview", {"locale": "fr", "data": {"number": 1, "name": "A"}}
    )
    assert unknown["locale"] == "en"
    wrong = ada.request("POST", f"{path}/preview", {"data": {"number": "one"}})
    assert wrong.json()["errors"][0]["pointer"] == "/data/number"
    changed = {**TEMPLATE, "bodies": {"en": {"default": {"text": "New {{ number }}"}}}}
    assert ada.ok("PUT", path, changed)["version"] == 2
    assert [v["version"] for v in ada.ok("GET", f"{path}/versions")] == [2, 1]
    assert (
        ada.ok("GET", f"{path}?version=1")["bodies"]["de"]["default"]["text"] == "Hallo {{ name }}"
    )
    ada.ok("PUT", path, TEMPLATE)
    test = ada.ok("POST", f"{path}/test", {"data": {"number": 7, "name": "Ada"}})
    settled(ada, test, "delivered")
