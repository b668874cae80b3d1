"""Access tokens and links: what is read back, and what is refused."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from statewright import world
from statewright.auth import tokens
from statewright.auth.tokens import AccessClaims, issue_access, read_access
from statewright.errors import GoneError, UnauthenticatedError
from tests.unit.statewright.auth.keys import Pair, install

CLAIMS = AccessClaims("u", "w", "s")


@pytest.fixture(autouse=True)
def published(monkeypatch: pytest.MonkeyPatch) -> list[Pair]:
    return install(monkeypatch, Pair("k1"))


def at(monkeypatch: pytest.MonkeyPatch, later: timedelta) -> None:
    now = world.now() + later
    monkeypatch.setattr(world, "now", lambda: now)


def decoded(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def encoded(value: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_an_access_token_is_read_back_until_its_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token, ends = issue_access(CLAIMS)
    assert read_access(token) == CLAIMS
    assert timedelta(minutes=14) < ends - world.now() <= tokens.ACCESS
    at(monkeypatch, tokens.ACCESS)
    with pytest.raises(UnauthenticatedError):
        read_access(token)


def test_keys_overlap_when_a_newer_one_takes_over(
    monkeypatch: pytest.MonkeyPatch, published: list[Pair]
) -> None:
    old, _ = issue_access(CLAIMS)
    soon = Pair("k2", world.now() + timedelta(hours=1))
    pairs = install(monkeypatch, *published, soon)
    assert jwt.get_unverified_header(issue_access(CLAIMS)[0])["kid"] == "k1", "not yet"
    at(monkeypatch, timedelta(hours=1, seconds=1))
    monkeypatch.setattr(tokens, "_check_time", lambda claims: None)
    new, _ = issue_access(CLAIMS)
    assert jwt.get_unverified_header(new)["kid"] == "k2"
    assert read_access(old) == read_access(new) == CLAIMS
    pairs.pop(0)
    tokens.keys.forget()
    assert read_access(new) == CLAIMS
    with pytest.raises(UnauthenticatedError):
        read_access(old)


def test_tokens_of_another_maker_kind_or_key_are_refused(published: list[Pair]) -> None:
    token, _ = issue_access(CLAIMS)
    header, payload = (decoded(part) for part in token.split(".")[:2])
    public = published[0].key.public_jwk
    forger = Pair("k1")

    def signed(header: dict[str, Any], payload: dict[str, Any], pair: Pair) -> str:
        return jwt.encode(payload, pair.private, "ES256", headers=header)

    forged = [
        signed(header, payload, forger),
        signed({**header, "kid": "k9"}, payload, published[0]),
        signed({**header, "typ": "JWT"}, payload, published[0]),
        signed(header, {**payload, "iss": "https://elsewhere.example"}, published[0]),
        signed(header, {**payload, "aud": "elsewhere"}, published[0]),
        signed(header, {k: v for k, v in payload.items() if k != "exp"}, published[0]),
        signed(header, {k: v for k, v in payload.items() if k != "sid"}, published[0]),
        signed(header, {**payload, "exp": "soon"}, published[0]),
        f"{encoded({**header, 'alg': 'none'})}.{encoded(payload)}.",
        # The public key as an HMAC secret (algorithm confusion).
        jwt.encode(payload, public["x"], "HS256", headers={**header, "alg": "HS256"}),
        tokens.issue_link("approval", "u", "w", world.now() + timedelta(hours=1)),
        "",
        "a.b.c",
        f"{encoded({'alg': 'ES256'})}.{encoded(payload)}.",
    ]
    for wrong in forged:
        with pytest.raises(UnauthenticatedError):
            read_access(wrong)


@hypothesis_settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_tampered_token_is_refused(data: st.DataObject) -> None:
    token, _ = issue_access(CLAIMS)
    parts = token.split(".")
    which = data.draw(st.integers(0, 2), "part")
    raw = bytearray(urlsafe_b64decode(parts[which] + "=" * (-len(parts[which]) % 4)))
    place = data.draw(st.integers(0, len(raw) - 1), "byte")
    raw[place] ^= data.draw(st.integers(1, 255), "flip")
    parts[which] = urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
    with pytest.raises(UnauthenticatedError):
        read_access(".".join(parts))


@given(text=st.text(max_size=300))
def test_any_text_is_refused_and_nothing_worse(text: str) -> None:
    with pytest.raises(UnauthenticatedError):
        read_access(text)


def test_links_open_one_thing_until_their_time_is_over() -> None:
    soon = world.now() + timedelta(minutes=1)
    link = tokens.issue_link("approval", "a", "w", soon)
    assert tokens.read_link(link, "approval")["sub"] == "a"
    past = tokens.issue_link("approval", "a", "w", datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(GoneError):
        tokens.read_link(past, "approval")
    forged = jwt.encode({"sub": "a", "workspace": "w", "use": "approval", "exp": soon}, "x" * 40)
    for wrong, use in (
        (link, "other"),
        (forged, "approval"),
        (issue_access(CLAIMS)[0], "approval"),
    ):
        with pytest.raises(UnauthenticatedError):
            tokens.read_link(wrong, use)
