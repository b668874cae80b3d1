"""Sign-in through providers: the parts that need neither provider nor database."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from statewright.auth.sso import flow
from statewright.auth.sso.linking import mapped_role
from statewright.auth.sso.models import Rules
from statewright.settings import Settings


@pytest.mark.parametrize(
    ("base_url", "name", "attributes"),
    [
        (
            "https://x.example/dev",
            "__Host-statewright_sign_in",
            {"Path=/", "Max-Age=600", "HttpOnly", "SameSite=None", "Secure"},
        ),
        (
            "http://localhost:8000",
            "statewright_sign_in",
            {"Path=/", "Max-Age=600", "HttpOnly", "SameSite=Lax"},
        ),
    ],
)
def test_the_cookie_of_a_redirect_is_closed_to_others(
    monkeypatch: pytest.MonkeyPatch, base_url: str, name: str, attributes: set[str]
) -> None:
    monkeypatch.setattr(flow, "settings", lambda: Settings(base_url=base_url))
    pair, *rest = flow.cookie("value", timedelta(minutes=10)).split("; ")
    assert pair == f"{name}=value"
    assert set(rest) == attributes


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({}, "viewer"),
        ({"groups": None}, "viewer"),
        ({"groups": "makers"}, "editor"),
        ({"groups": ["other", "makers"]}, "editor"),
        ({"groups": ["makers", "admins"]}, "admin"),
        ({"groups": {"makers": True}}, "viewer"),
        ({"groups": ["makersx"]}, "viewer"),
    ],
)
def test_the_first_mapping_that_fits_decides(claims: dict[str, Any], role: str) -> None:
    mapping = {"admins": "admin", "makers": "editor"}
    assert mapped_role(Rules(role_claim="groups", role_mapping=mapping), claims) == role
