"""Passwords, sessions and links, roles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from statewright import world
from statewright.auth import tokens
from statewright.auth.gate import allow, bearer_of
from statewright.auth.passwords import hash_password, verify_password
from statewright.auth.roles import PERMISSIONS, ROLES, allows
from statewright.errors import GoneError, UnauthenticatedError


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        tokens, "secret_text", lambda _: "a secret of the tests, long enough for it"
    )


def test_passwords() -> None:
    stored = hash_password("correct horse")
    assert stored.startswith("$argon2id$")
    assert verify_password(stored, "correct horse")
    assert not verify_password(stored, "wrong")
    assert not verify_password(None, "nobody has this password")


def test_a_session_is_read_back() -> None:
    token, ends = tokens.issue_session("w", "u", "owner")
    claims = tokens.read_session(token)
    assert (claims["workspace"], claims["sub"]) == ("w", "u")
    assert ends > world.now()


def test_tokens_end_cannot_be_changed_and_serve_one_use(monkeypatch: pytest.MonkeyPatch) -> None:
    soon = world.now() + timedelta(minutes=1)
    link = tokens.issue_link("approval", "a", "w", soon)
    session, _ = tokens.issue_session("w", "u", "owner")
    forged = jwt.encode({"sub": "u", "workspace": "w", "use": "session", "exp": soon}, "x" * 40)
    unsigned = jwt.encode(
        {"sub": "u", "workspace": "w", "use": "session", "exp": soon}, None, "none"
    )
    for wrong in (link, forged, unsigned, session[:-2], ""):
        with pytest.raises(UnauthenticatedError):
            tokens.read_session(wrong)
    with pytest.raises(UnauthenticatedError):
        tokens.read_link(session, "approval")
    assert tokens.read_link(link, "approval")["sub"] == "a"
    past = tokens.issue_link("approval", "a", "w", datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(GoneError):
        tokens.read_link(past, "approval")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "abc"])
def test_what_is_no_bearer_token(header: str) -> None:
    with pytest.raises(UnauthenticatedError):
        bearer_of(header)


def test_the_policy_covers_the_stage_and_nothing_else() -> None:
    policy = allow("arn:aws:execute-api:r:1:api/prod/GET/v1/x", {"user_id": "u"})
    (statement,) = policy["policyDocument"]["Statement"]
    assert statement["Resource"] == ["arn:aws:execute-api:r:1:api/prod/*"]


def test_roles_grant_known_permissions_and_nothing_by_default() -> None:
    assert all(granted <= PERMISSIONS.keys() for granted in ROLES.values())
    assert not allows("nobody", "workflows:read")
    assert not allows("owner", "no:such")
    assert not allows("viewer", "workflows:write")
