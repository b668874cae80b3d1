"""E-mails as bytes: what mail programs read, and what nobody can smuggle in."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from statewright.notifications.providers.base import Outgoing, PermanentError
from statewright.notifications.providers.mime import build
from statewright.notifications.rendering import Rendered

LINK = "https://example.com/unsubscribe/" + "ab.c-_" * 60
PLAIN = Rendered("en", "Order shipped", "It is on its way.", None, None, {})
MESSAGE = Outgoing("d-1", "w", "ada@example.com", PLAIN, "orders", "normal", LINK)


def read(raw: bytes) -> email.message.EmailMessage:
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(found, email.message.EmailMessage)
    return found


def test_the_address_for_unsubscribing_is_one_word() -> None:
    raw = build(MESSAGE, "Shop <shop@example.com>")
    assert f"\r\nList-Unsubscribe: <{LINK}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert read(raw)["Message-ID"] == "<d-1@example.com>"


@settings(max_examples=40, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=150),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=150),
)
def test_what_is_written_is_read_again(subject: str, text: str) -> None:
    subject = " ".join(subject.split())
    body = replace(PLAIN, subject=subject, text=text, html=f"<p>{text}</p>")
    try:
        raw = build(replace(MESSAGE, body=body), '"Müller, J" <j@example.com>')
    except PermanentError:
        assert "=?" in subject  # only what looks encoded may be refused
        return
    mail = read(raw)
    if "=?" not in subject:
        assert " ".join(str(mail["Subject"]).split()) == subject
    assert mail["From"].addresses[0].display_name == "Müller, J"
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().rstrip() == text.rstrip()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))


@pytest.mark.parametrize("hostile", ["=?utf-8?q?a=0d=0aBcc:_x=40y.z?=", "=?utf-8?b?YQ1CY2M6IHg=?="])
def test_an_encoded_word_adds_no_header(hostile: str) -> None:
    with pytest.raises(PermanentError, match="line's end"):
        build(replace(MESSAGE, body=replace(PLAIN, subject=hostile)), "a@example.com")
    with pytest.raises(PermanentError):
        build(replace(MESSAGE, address=f"{hostile} <b@example.com>"), "a@example.com")
    with pytest.raises(PermanentError):
        build(replace(MESSAGE, category="x\r\nBcc: y"), "a@example.com")
