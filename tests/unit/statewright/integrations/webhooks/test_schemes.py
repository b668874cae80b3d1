"""Each scheme by its owner's own example, and by everything that must not pass."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook
from twilio.request_validator import RequestValidator

from statewright.integrations.webhooks import challenges, schemes
from statewright.integrations.webhooks.received import (
    AddressRefusedError,
    Received,
    Secret,
    TooOldError,
    UnverifiedError,
)
from statewright.workflows.definition.verification import HmacVerify

WINDOW = timedelta(minutes=5)
SLACK = (
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
    "%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
TWILIO = "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
MYCOMPANY = "https://mycompany.com/myapp.php?foo=1&bar=2"


def shared(text: str) -> Secret:
    return Secret("signing_secret", {}, {"secret": text})


@dataclass(frozen=True)
class Example:
    """A published or independently computed request, and when it came."""

    options: dict[str, Any]
    secret: Secret
    headers: Mapping[str, str]
    body: bytes
    seconds: int = 1_700_000_000
    url: str = "https://x.example/hooks/t"
    query: Mapping[str, str] | None = None
    authorization: str = ""
    delivery: str | None = None

    def received(self) -> Received:
        query = self.query or {}
        return Received(
            "POST", self.url, self.headers, query, self.body, self.authorization, "192.0.2.7"
        )

    def verify(self, received: Received | None = None, late: int = 0) -> str | None:
        now = datetime.fromtimestamp(self.seconds + late, UTC)
        check = schemes.Check(self.options, (self.secret,), WINDOW, now)
        return schemes.verify(received or self.received(), check)


def stripe() -> Example:
    body, time = b'{"id": "evt_1", "object": "event"}', 1_700_000_000
    told = hmac.new(b"whsec_test", f"{time}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"stripe-signature": f"t={time},v1={'0' * 64},v1={told},v0=6ffb"}
    return Example({"scheme": "stripe"}, shared("whsec_test"), headers, body, delivery="evt_1")


def generic() -> Example:
    """RFC 4231, test case 2, in Base64 for good measure."""
    digest = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    text = base64.b64encode(bytes.fromhex(digest)).decode()
    verify = HmacVerify(
        scheme="hmac", secret="c", header="x-sig", encoding="base64", prefix="HMAC "
    )
    headers = {"x-sig": f"HMAC {text}"}
    return Example(verify.model_dump(), shared("Jefe"), headers, b"what do ya want for nothing?")


def timed() -> Example:
    """A made-up scheme with a time in milliseconds, and an id."""
    content = b"POST 1700000000000 {}"
    told = base64.urlsafe_b64encode(hmac.digest(b"k", content, "sha512")).decode().rstrip("=")
    verify = HmacVerify(
        scheme="hmac", secret="c", header="x-sig", algorithm="sha512", encoding="base64url",
        signs="POST {timestamp} {body}", timestamp="x-time", delivery="x-id",
    )  # fmt: skip
    headers = {"x-sig": told, "x-time": "1700000000000", "x-id": "7"}
    return Example(verify.model_dump(), shared("k"), headers, b"{}", delivery="7")


def twilio_json() -> Example:
    """By Twilio's own library: the body's digest stands in the address."""
    body = b'{"property": "value", "boolean": true}'
    digest = hashlib.sha256(body).hexdigest()
    url = f"{MYCOMPANY}&bodySHA256={digest}"
    headers = {"x-twilio-signature": RequestValidator("12345").compute_signature(url, {})}
    query = {"foo": "1", "bar": "2", "bodySHA256": digest}
    return Example({"scheme": "twilio"}, shared("12345"), headers, body, url=url, query=query)


def standard() -> Example:
    """The vector of the reference libraries."""
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v2,x",
    }  # fmt: skip
    secret = shared("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    return Example({"scheme": "standard_webhooks"}, secret, headers, b'{"test": 2432232314}', 1614265330, delivery="msg_p5jXN8AQM9LWM0D4loKWxJek")  # fmt: skip


def asymmetric() -> Example:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    told = base64.b64encode(key.sign(b"m.1614265330.{}")).decode()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    headers = {"svix-id": "m", "svix-timestamp": "1614265330", "svix-signature": f"v1a,{told}"}
    return Example({"scheme": "standard_webhooks"}, shared(f"whpk_{public}"), headers, b"{}", 1614265330, delivery="m")  # fmt: skip


def signed_body(scheme: str, header: str, encoding: str, prefix: str = "", **more: str) -> Example:
    """A scheme that publishes no example, computed with the standard library."""
    body = b'{"id": 820982911946154508}'
    digest = hmac.digest(b"hush", body, "sha256")
    told = digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()
    return Example({"scheme": scheme}, shared("hush"), {header: prefix + told, **more}, body)


EXAMPLES = {
    # https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    "github": Example(
        {"scheme": "github"}, shared("It's a Secret to Everybody"),
        {"x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
         "x-github-delivery": "72d3162e"}, b"Hello, World!", delivery="72d3162e",
    ),
    # https://docs.slack.dev/authentication/verifying-requests-from-slack
    "slack": Example(
        {"scheme": "slack"}, shared("8f742231b10e8888abcd99yyyzzz85a5"),
        {"x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
         "x-slack-request-timestamp": "1531420618"}, SLACK.encode(), 1531420618,
    ),
    # https://www.twilio.com/docs/usage/security
    "twilio": Example({"scheme": "twilio"}, shared("12345"), {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}, TWILIO.encode(), url=MYCOMPANY),
    # twilio-python's own tests: fields that come more than once
    "twilio list": Example({"scheme": "twilio"}, shared("12345"), {"x-twilio-signature": "IK+Dwps556ElfBT0I3Rgjkr1wJU="}, b"Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234", url=MYCOMPANY),
    "twilio json": twilio_json(),
    "stripe": stripe(),
    "standard": standard(),
    "ed25519": asymmetric(),
    "hmac": generic(),
    "hmac with a time": timed(),
    "shopify": signed_body("shopify", "x-shopify-hmac-sha256", "base64"),
    "meta": signed_body("meta", "x-hub-signature-256", "hex", "sha256="),
    "x": signed_body("x", "x-twitter-webhooks-signature", "base64", "sha256="),
    "dropbox": signed_body("dropbox", "x-dropbox-signature", "hex"),
    # RFC 7617, section 2
    "basic": Example({"scheme": "basic"}, Secret("basic", {"username": "Aladdin"}, {"password": "open sesame"}), {}, b"", authorization="Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
    "bearer": Example({"scheme": "bearer", "header": None}, Secret("bearer", {}, {"token": "mF_9.B5f-4.1JqM"}), {}, b"", authorization="Bearer mF_9.B5f-4.1JqM"),
    "gitlab": Example({"scheme": "bearer", "header": "x-gitlab-token"}, shared("t"), {"x-gitlab-token": "t"}, b""),
}  # fmt: skip
SIGNED = [
    name for name, one in EXAMPLES.items() if one.options["scheme"] not in {"basic", "bearer"}
]
TIMED = ["slack", "stripe", "standard", "ed25519", "hmac with a time"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_published_example_is_verified(name: str) -> None:
    assert EXAMPLES[name].verify() == EXAMPLES[name].delivery


@pytest.mark.parametrize("name", EXAMPLES)
def test_another_secret_does_not_do(name: str) -> None:
    one = EXAMPLES[name]
    secrets = {key: f"{value}AA" for key, value in one.secret.secrets.items()}
    with pytest.raises(UnverifiedError):
        replace(one, secret=replace(one.secret, secrets=secrets)).verify()


@pytest.mark.parametrize("name", EXAMPLES)
def test_without_proof_nobody_is_let_in(name: str) -> None:
    one = EXAMPLES[name]
    for headers in (
        {},
        dict.fromkeys(one.headers, ""),
        dict.fromkeys(one.headers, "a�é,"),
    ):
        with pytest.raises(UnverifiedError):
            replace(one, headers=headers, authorization="").verify()


@pytest.mark.parametrize("name", SIGNED)
@settings(max_examples=25)
@given(data=st.data())
def test_a_body_that_was_touched_is_refused(name: str, data: st.DataObject) -> None:
    body = bytearray(EXAMPLES[name].body)
    if data.draw(st.booleans()):
        body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    else:
        body.insert(data.draw(st.integers(0, len(body))), data.draw(st.sampled_from(b"x{0")))
    with pytest.raises(UnverifiedError):
        EXAMPLES[name].verify(replace(EXAMPLES[name].received(), raw=bytes(body)))


@pytest.mark.parametrize("name", TIMED)
def test_what_is_too_old_or_too_early_is_refused_though_it_is_genuine(name: str) -> None:
    for late in (-300, 300):
        assert EXAMPLES[name].verify(late=late) == EXAMPLES[name].delivery
    for late in (-302, 302):
        with pytest.raises(TooOldError):
            EXAMPLES[name].verify(late=late)


@pytest.mark.parametrize("name", TIMED)
def test_a_time_that_was_touched_is_refused(name: str) -> None:
    one = EXAMPLES[name]
    for time in ("1614265331", "1700000001", "99999999999999", "", "soon"):
        headers = {h: time if "time" in h else v for h, v in one.headers.items()}
        if "stripe-signature" in headers:
            headers["stripe-signature"] = headers["stripe-signature"].replace(
                "t=1700000000", f"t={time}"
            )
        with pytest.raises(UnverifiedError):
            one.verify(replace(one.received(), headers=headers))


def test_any_of_several_secrets_does() -> None:
    one = EXAMPLES["github"]
    check = schemes.Check(one.options, (shared("new"), one.secret), WINDOW, datetime.now(UTC))
    assert schemes.verify(one.received(), check) == "72d3162e"


@given(st.binary(max_size=200), st.text(min_size=1, max_size=40), st.integers(1, 2_000_000_000))
def test_what_the_reference_library_signs_is_verified(body: bytes, key: str, time: int) -> None:
    secret = f"whsec_{base64.b64encode(key.encode('utf-8', 'replace')).decode()}"
    text = body.decode("latin-1")
    told = Webhook(secret).sign("m", datetime.fromtimestamp(time, UTC), text)
    headers = {"webhook-id": "m", "webhook-timestamp": str(time), "webhook-signature": told}
    one = Example({"scheme": "standard_webhooks"}, shared(secret), headers, text.encode(), time)
    assert one.verify() == "m"


@pytest.mark.parametrize(
    ("networks", "address", "right"),
    [
        (["192.0.2.0/24"], "192.0.2.7", True),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db8::1", True),
        (["192.0.2.8"], "192.0.2.7", False),
        (["192.0.2.0/24"], "", False),
        (["0.0.0.0/0"], "::1", False),
        ([], "192.0.2.7", True),
    ],
)
def test_addresses(networks: list[str], address: str, right: bool) -> None:
    received = replace(EXAMPLES["github"].received(), address=address)
    check = schemes.Check(
        {"scheme": "allow_list", "addresses": networks}, (), WINDOW, datetime.now(UTC)
    )
    if right:
        assert schemes.verify(received, check) is None
    else:
        with pytest.raises(AddressRefusedError):
            schemes.verify(received, check)


def asked(method: str = "GET", raw: bytes = b"", **query: str) -> Received:
    return Received(
        method, "https://x.example", {}, {k.replace("_1", "."): v for k, v in query.items()}, raw
    )


def test_challenges_by_get() -> None:
    keys, tokens = [shared("hush")], [shared("my token")]
    meta = {
        "hub_1mode": "subscribe",
        "hub_1challenge": "1158201444",
        "hub_1verify_token": "my token",
    }
    answer = challenges.unsigned("meta", asked(**meta), keys, tokens)
    assert answer == challenges.Answer("text/plain; charset=utf-8", "1158201444")
    with pytest.raises(UnverifiedError):
        challenges.unsigned("meta", asked(**{**meta, "hub_1verify_token": "hush"}), keys, tokens)
    with pytest.raises(UnverifiedError):
        challenges.unsigned("meta", asked(**meta), keys, [])
    assert challenges.unsigned("meta", asked("POST", **meta), keys, tokens) is None
    told = challenges.unsigned("x", asked(crc_token="foo"), keys, [])
    expected = base64.b64encode(hmac.digest(b"hush", b"foo", "sha256")).decode()
    assert told is not None
    assert json.loads(told.body) == {"response_token": f"sha256={expected}"}
    echo = challenges.unsigned("dropbox", asked(challenge="<b>"), keys, [])
    assert echo == challenges.Answer("text/plain; charset=utf-8", "<b>")
    assert challenges.unsigned("github", asked(challenge="x"), keys, []) is None


def test_nobody_gets_a_body_signed_through_xs_challenge() -> None:
    for body in ('{"a":1}', "[1]", '"a"', "a b", "x" * 201):
        assert challenges.unsigned("x", asked(crc_token=body), [shared("hush")], []) is None
    one = signed_body("x", "x-twitter-webhooks-signature", "base64", "sha256=")
    told = base64.b64encode(hmac.digest(b"hush", b"123", "sha256")).decode()
    with pytest.raises(UnverifiedError):
        replace(
            one, body=b"123", headers={"x-twitter-webhooks-signature": f"sha256={told}"}
        ).verify()


def test_challenges_that_are_signed_like_any_request() -> None:
    slack = b'{"token": "x", "challenge": "3eZbrw1aBm2rZgRN", "type": "url_verification"}'
    answer = challenges.signed("slack", asked("POST", slack), [shared("k")])
    assert answer == challenges.Answer("text/plain; charset=utf-8", "3eZbrw1aBm2rZgRN")
    zoom = (
        b'{"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"}}'
    )
    told = challenges.signed("zoom", asked("POST", zoom), [shared("k")])
    expected = hmac.digest(b"k", b"qgg8vlvZRS6UYooatFL8Aw", "sha256").hex()
    assert told is not None
    assert json.loads(told.body)["encryptedToken"] == expected
    for raw in (
        b"url_verification",
        b'["url_verification"]',
        b'{"type": "url_verification", "challenge": 1}',
    ):
        assert challenges.signed("slack", asked("POST", raw), [shared("k")]) is None
