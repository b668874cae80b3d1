"""The cookie of a browser's session, over TLS and at home."""

from __future__ import annotations

from typing import Any

import pytest

from statewright.http import SessionApi, session_api
from statewright.settings import Settings

app = SessionApi(permission=None)
EVENT: dict[str, Any] = {
    "resource": "/begin",
    "path": "/begin",
    "httpMethod": "POST",
    "headers": {"X-Refresh-Token": "Cookie"},
    "multiValueHeaders": {},
    "requestContext": {"requestId": "1", "identity": {"sourceIp": "192.0.2.1"}},
    "body": None,
}


@app.post("/begin")
def begin() -> dict[str, str]:
    return {"token": "t", "refresh_token": "r"}


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("statewright.gateway.limits.admit", lambda event: {})


@pytest.mark.parametrize(
    ("base_url", "name", "more"),
    [
        ("https://x.example/dev", "__Host-statewright-session", {"Secure"}),
        ("http://localhost:8000", "statewright-session", set()),
    ],
)
def test_it_is_closed_to_scripts_and_to_other_sites(
    monkeypatch: pytest.MonkeyPatch, base_url: str, name: str, more: set[str]
) -> None:
    monkeypatch.setattr(session_api, "settings", lambda: Settings(base_url=base_url))
    answer = app.resolve(EVENT, None)
    (cookie,) = answer["multiValueHeaders"]["Set-Cookie"]
    pair, *rest = cookie.split("; ")
    assert pair == f"{name}=r"
    assert set(rest) == {"Path=/", "Max-Age=2592000", "HttpOnly", "SameSite=Strict"} | more
    assert answer["body"] == '{"token": "t", "refresh_token": ""}'
