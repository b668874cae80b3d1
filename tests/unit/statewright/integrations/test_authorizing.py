"""Credentials on requests: where they go, where never, and what RFC 5849 and AWS sign."""

from __future__ import annotations

from typing import Any

import pytest

from statewright import world
from statewright.aws import envelope, kms
from statewright.aws.envelope import SealBrokenError
from statewright.integrations import aws_signing
from statewright.integrations.authorizing import authorize, destination
from statewright.integrations.credentials import Credentials
from statewright.integrations.errors import ConnectionInvalidError
from statewright.integrations.messages import Request
from statewright.integrations.redaction import redact


def connection(kind: str, settings: dict[str, Any], secrets: dict[str, Any], **more: Any) -> Any:
    base = {"base_url": "https://api.example.com/v2", "hosts": [], **settings}
    tokens = more.pop("tokens", {})
    return Credentials("c", "w", "crm", kind, base, 1, "works", secrets, tokens, **more)


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("/a/b?c=d", "https://api.example.com/v2/a/b?c=d"),
        ("a", "https://api.example.com/v2/a"),
        ("", "https://api.example.com/v2"),
        ("?x=1", "https://api.example.com/v2?x=1"),
        ("@evil.example/", "https://api.example.com/v2/@evil.example/"),
        (".evil.example", "https://api.example.com/v2/.evil.example"),
        ("https://API.example.com/v9", "https://API.example.com/v9"),
        ("https://files.example.com/x", "https://files.example.com/x"),
    ],
)
def test_relative_addresses_continue_the_base(url: str, whole: str) -> None:
    found = connection("bearer", {"hosts": ["files.example.com"]}, {"token": "t"})
    assert destination(found, url) == whole


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://api.example.com/v2/",
        "https://api.example.com:8443/",
        "https://api.example.com@evil.example/",
        "https://api.example.com.evil.example/",
        "http://files.example.com/",
        "//evil.example/",
        "HTTPS://evil.example",
        "javascript:alert(1)",
        "file:///etc/passwd",
    ],
)
def test_no_other_address_sees_the_credential(url: str) -> None:
    found = connection("bearer", {"hosts": ["files.example.com"]}, {"token": "t"})
    with pytest.raises(ConnectionInvalidError):
        authorize(found, Request("GET", url))


def test_secrets_disappear_in_every_form() -> None:
    found = connection("basic", {"username": "u"}, {"password": "pä ss/word"})
    sent = authorize(found, Request("GET", "/"))
    forms = ["pä ss/word", "p%C3%A4%20ss%2Fword", (sent.header("authorization") or "")[6:]]
    text = f"a {forms[0]} b {forms[1]} c {forms[2]} d"
    assert redact(text, sent.secrets) == "a *** b *** c *** d"
    assert "word" not in repr(found)
    assert "word" not in repr(sent)


def test_a_line_break_in_a_credential_is_refused() -> None:
    found = connection("bearer", {}, {"token": "x\r\nevil: y"})
    with pytest.raises(ConnectionInvalidError, match="line break"):
        authorize(found, Request("GET", "/"))


def _without_version(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The RFC's examples leave out the optional oauth_version, which the library always sends."""
    import oauthlib.oauth1.rfc5849 as rfc

    whole = rfc.Client.get_oauth_params
    monkeypatch.setattr(
        rfc.Client,
        "get_oauth_params",
        lambda *given: [pair for pair in whole(*given) if pair[0] != "oauth_version"],
    )
    return rfc


def test_rfc_5849_signs_its_own_example(monkeypatch: pytest.MonkeyPatch) -> None:
    """Section 1.2: the printer's request for a protected photo."""
    rfc = _without_version(monkeypatch)
    monkeypatch.setattr(rfc, "generate_nonce", lambda: "chapoH")
    monkeypatch.setattr(rfc, "generate_timestamp", lambda: "137131202")
    found = connection(
        "oauth1",
        {
            "base_url": "http://photos.example.net",
            "consumer_key": "dpf43f3p2l4k3l03",
            "signature_method": "HMAC-SHA1",
            "realm": "Photos",
        },
        {"consumer_secret": "kd94hf93k423kf44"},
        tokens={"token": "nnch734d00sl2jdk", "token_secret": "pfkkdhi9sl3r4s00"},
    )
    photo = "/photos?file=vacation.jpg&size=original"
    header = authorize(found, Request("GET", photo)).header("authorization") or ""
    assert 'realm="Photos"' in header
    assert 'oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"' in header


@pytest.mark.parametrize(
    ("path", "timestamp", "nonce", "more", "signature"),
    [
        # Section 1.2: temporary credentials over TLS, signed with the consumer's secret only.
        ("/initiate", "137131200", "wIjqoS", {"callback_uri": "http://printer.example.com/ready"}, "74KNZJeDHnMBp0EMJ9ZHt%2FXKycU%3D"),
        # ... and the token for the verifier.
        ("/token", "137131201", "walatlh", {"verifier": "hfdp7dh39dks9884"}, "gKgrFCywp7rO0OXSjdot%2FIHF7IU%3D"),
    ],
)  # fmt: skip
def test_rfc_5849_signs_the_steps_to_a_token(
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    timestamp: str,
    nonce: str,
    more: Any,
    signature: str,
) -> None:
    from statewright.integrations import fetching, oauth1

    rfc = _without_version(monkeypatch)
    monkeypatch.setattr(rfc, "generate_nonce", lambda: nonce)
    monkeypatch.setattr(rfc, "generate_timestamp", lambda: timestamp)
    sent: list[str] = []

    def post(url: str, form: Any, reach: Any, headers: Any) -> fetching.Answer:
        sent.append(headers["Authorization"])
        return fetching.Answer(200, "oauth_token=a&oauth_token_secret=b")

    monkeypatch.setattr(fetching, "post", post)
    server = "https://photos.example.net"
    found = connection(
        "oauth1",
        {
            "consumer_key": "dpf43f3p2l4k3l03",
            "signature_method": "HMAC-SHA1",
            "realm": "Photos",
            "request_token_url": f"{server}/initiate",
            "authorize_url": f"{server}/authorize",
            "access_token_url": f"{server}/token",
        },
        {"consumer_secret": "kd94hf93k423kf44"},
    )
    if path == "/initiate":
        url, temporary = oauth1.begin(found, more["callback_uri"])
        assert url == f"{server}/authorize?oauth_token=a"
        assert temporary == {"token": "a", "token_secret": "b"}
    else:
        temporary = {"token": "hh5s93j4hdidpola", "token_secret": "hdhd0244k9j7ao03"}
        assert oauth1.redeem(found, temporary, more["verifier"])["token"] == "a"
    assert f'oauth_signature="{signature}"' in sent[0]


def test_aws_requests_are_signed_with_the_roles_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.credentials import Credentials as Keys

    monkeypatch.setattr(aws_signing, "_assumed", lambda *_: Keys("AKID", "secret", "token"))
    found = connection(
        "aws_role", {"role_arn": "r", "service": "execute-api", "region": "eu-west-1"}, {}
    )
    sent = authorize(found, Request("GET", "/x", (("accept", "a/b"),)))
    assert (sent.header("authorization") or "").startswith("AWS4-HMAC-SHA256 Credential=AKID/")
    assert sent.header("x-amz-security-token") == "token"
    assert sent.header("accept") == "a/b"


def test_an_envelope_opens_in_its_own_place_only(monkeypatch: pytest.MonkeyPatch) -> None:
    keys: dict[bytes, tuple[bytes, Any]] = {}

    def new_key(context: Any) -> tuple[bytes, bytes]:
        plain, sealed = world.random_bytes(32), world.random_bytes(40)
        keys[sealed] = (plain, context)
        return plain, sealed

    def open_key(sealed: bytes, context: Any) -> bytes:
        if keys.get(sealed, (b"", None))[1] != context:
            raise kms.WrongKeyError("other context")
        return keys[sealed][0]

    monkeypatch.setattr(kms, "new_data_key", new_key)
    monkeypatch.setattr(kms, "open_data_key", open_key)
    own = {"workspace": "a", "connection": "1"}
    sealed = envelope.seal(b"secret", own)
    assert envelope.unseal(sealed, own) == b"secret"
    assert b"secret" not in sealed
    assert envelope.seal(b"secret", own) != sealed
    other = envelope.seal(b"other", own)
    changed = [sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:5], b"", b"\x02" + sealed[1:]]
    swapped = other[:43] + sealed[43:]  # another secret's data key
    for broken in [*changed, swapped]:
        with pytest.raises(SealBrokenError):
            envelope.unseal(broken, own)
    for context in ({**own, "workspace": "b"}, {**own, "connection": "2"}, {}):
        with pytest.raises(SealBrokenError):
            envelope.unseal(sealed, context)
