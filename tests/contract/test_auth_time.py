"""What time does to keys, counters and sessions, in a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from statewright import world
from statewright.auth import expiry, passwords, sessions, signing, throttle
from statewright.auth.accounts import register
from statewright.auth.models import Registration, Session
from statewright.auth.throttle import Limit
from statewright.aws import kms
from statewright.db import close_pool, system
from statewright.db.migrate import migrate
from statewright.errors import RateLimitedError, UnauthenticatedError
from statewright.http import Origin
from statewright.settings import settings
from tests.unit.statewright.auth.keys import Pair

START = datetime(2030, 1, 1, tzinfo=UTC)
HERE = Origin("192.0.2.1", "test")


class Clock:
    """The product's time, as the test sets it."""

    def __init__(self) -> None:
        self.now = START

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture(scope="module")
def migrated(database: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATEWRIGHT_DATABASE_URL", database)
        patch.setenv("STATEWRIGHT_REGISTRATION", "open")
        settings.cache_clear()
        migrate()
        yield
        close_pool()
    settings.cache_clear()


@pytest.fixture
def clock(migrated: None, monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(world, "now", lambda: clock.now)
    monkeypatch.setattr("statewright.auth.events.send", lambda url, text: None)
    monkeypatch.setattr(passwords, "secret_text", lambda _: "a secret of the deployment")
    return clock


@pytest.fixture
def deleted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """KMS with real key pairs; gives the ARNs of those that were deleted."""
    pairs: dict[str, Pair] = {}
    gone: list[str] = []

    def create() -> str:
        arn = f"arn:{len(pairs)}"
        pairs[arn] = Pair(arn)
        return arn

    monkeypatch.setattr(kms, "create_signing_key", create)
    monkeypatch.setattr(kms, "public_key", lambda arn: _der(pairs[arn]))
    monkeypatch.setattr(kms, "sign", lambda arn, message: pairs[arn].sign(message))
    monkeypatch.setattr(kms, "schedule_deletion", gone.append)
    for key in signing.published():
        signing.revoke(key.kid)
    gone.clear()
    yield gone
    for key in signing.published():
        signing.revoke(key.kid)


def _der(pair: Pair) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = pair.private.public_key()
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_keys_come_before_they_sign_and_stay_after(clock: Clock, deleted: list[str]) -> None:
    (first,) = signing.rotate()
    assert first.signs_from == START
    clock.advance(days=29)
    assert signing.rotate() == [first], "nothing is due"
    clock.advance(hours=23, minutes=30)
    old, new = signing.rotate()
    assert (new.signs_from, old.retired_at) == (
        START + timedelta(days=30, minutes=30),
        new.signs_from,
    )
    assert signing.keys.signer() == old, "published, and not signing yet"
    clock.advance(hours=1)
    assert signing.keys.signer() == new
    assert len(signing.rotate()) == 2, "what it signed is still good"
    clock.advance(days=1, seconds=1)
    assert signing.rotate() == [new]
    assert deleted == [old.arn]


def test_a_key_can_be_replaced_and_taken_out_at_once(clock: Clock, deleted: list[str]) -> None:
    (first,) = signing.rotate()
    clock.advance(hours=1)
    signing.rotate(force=True)
    second = signing.keys.signer()
    assert second.kid != first.kid
    signing.revoke(first.kid)
    assert signing.published() == [second]
    assert deleted == [first.arn]
    assert signing.keys.find(first.kid) is None
    assert signing.key_set() == {"keys": [second.public_jwk]}


def test_attempts_are_counted_in_a_window_and_forgiven(clock: Clock) -> None:
    per_account = Limit("test/account", 3, timedelta(minutes=10))
    per_address = Limit("test/address", 5, timedelta(minutes=10))

    def attempt(account: str) -> throttle.Attempt:
        return throttle.attempt((per_account, account), (per_address, "192.0.2.9"))

    for _ in range(3):
        attempt("a")
    with pytest.raises(RateLimitedError) as refused:
        attempt("a")
    assert refused.value.retry_after == 601
    attempt("b").forgive()
    attempt("b")
    with pytest.raises(RateLimitedError):
        attempt("c")  # the address is used up; forgiven attempts did not count
    clock.advance(minutes=10)
    attempt("a")


def entered(clock: Clock, email: str) -> Session:
    signing.rotate()
    new = Registration(workspace="W", email=email, name="N", password="a long enough pw")
    session = register(new, HERE)
    assert isinstance(session, Session)
    return session


def test_a_session_ends_unused_and_in_any_case(clock: Clock, deleted: list[str]) -> None:
    token = entered(clock, "any@time.example").refresh_token
    for _ in range(2):
        clock.advance(hours=5)
        token = sessions.refresh(token, HERE).refresh_token
    clock.advance(hours=2, seconds=1)
    with pytest.raises(UnauthenticatedError):
        sessions.refresh(token, HERE)
    session = entered(clock, "idle@time.example")
    with system() as transaction:
        transaction.run(
            "UPDATE workspaces SET idle_minutes = 60 WHERE id = %(id)s", id=session.workspace_id
        )
    clock.advance(minutes=59)
    token = sessions.refresh(session.refresh_token, HERE).refresh_token
    clock.advance(minutes=60)
    with pytest.raises(UnauthenticatedError):
        sessions.refresh(token, HERE)


def test_what_is_over_is_deleted_a_month_later(clock: Clock, deleted: list[str]) -> None:
    entered(clock, "expired@time.example")
    clock.advance(days=30)
    before = expiry.delete_expired()
    clock.advance(days=2)
    after: dict[str, Any] = expiry.delete_expired()
    assert after["sessions"] >= 1
    assert expiry.delete_expired()["sessions"] == 0
    kinds = {"sessions", "one_time_tokens", "invitations", "throttles", "answers", "buckets"}
    assert before.keys() == kinds
