"""Digest authentication: RFC 7616's own examples, and a server that checks what it gets."""

from __future__ import annotations

import httpx
import pytest

from statewright.integrations.digest import Digest
from statewright.integrations.messages import Request
from statewright.integrations.outbound import send
from statewright.integrations.reach import parse_reach
from tests.support.digest import challenge, guarded
from tests.support.web import Reply, web

MUFASA = Digest("Mufasa", "Circle of Life")
HERE = parse_reach("127.0.0.0/8,localhost")


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
    ],
)
def test_the_examples_of_rfc_7616(
    algorithm: str, response: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Section 3.9.1."""
    cnonce = b"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    monkeypatch.setattr(httpx.DigestAuth, "_get_client_nonce", lambda *_: cnonce)
    headers = httpx.Headers({"www-authenticate": challenge(algorithm)})
    answer = MUFASA.answer("GET", "http://www.example.org/dir/index.html", headers) or ""
    assert f'response="{response}"' in answer
    assert 'uri="/dir/index.html"' in answer
    assert "Circle" not in answer + repr(MUFASA)


@pytest.mark.parametrize(
    "challenges",
    [
        [],
        ['Basic realm="x"'],
        ["Digest "],
        ["Digest realm"],
        ['Digest realm="x"'],
        [challenge("MD5", "auth-int")],
        [challenge("WHIRLPOOL")],
    ],
)
def test_what_cannot_be_answered_is_not(challenges: list[str]) -> None:
    headers = httpx.Headers([("www-authenticate", one) for one in challenges])
    assert MUFASA.answer("GET", "http://x.example/", headers) is None


def test_the_first_that_can_be_answered_is() -> None:
    offered = ['Basic realm="x"', challenge("SHA-512-256"), challenge("SHA-256"), challenge("MD5")]
    headers = httpx.Headers([("www-authenticate", one) for one in offered])
    assert "algorithm=SHA-256," in (MUFASA.answer("GET", "http://x.example/", headers) or "")


@pytest.mark.parametrize("path", ["/a?b=c%20d", "/old"])
def test_a_challenge_is_answered_and_the_request_is_sent_again(path: str) -> None:
    with web(guarded("Circle of Life")) as server:
        request = Request("POST", f"{server.url}{path}", content=b"{}", digest=MUFASA)
        assert send(request, HERE).content == b"POST{}"
        assert "authorization" not in server.asked[0].headers


def test_a_wrong_password_is_tried_once() -> None:
    with web(guarded("another")) as server:
        assert send(Request("GET", server.url, digest=MUFASA), HERE).head.status == 401
        assert len(server.asked) == 2


def test_another_server_is_told_nothing() -> None:
    with (
        web(guarded("Circle of Life")) as other,
        web(lambda asked: Reply(302, {"Location": f"{other.url}/x"})) as server,
    ):
        request = Request("GET", server.url.replace("127.0.0.1", "localhost"), digest=MUFASA)
        found = send(request, HERE)
        assert found.head.status == 401
        assert len(other.asked) == 1
