"""Passwords: hashed, verified, upgraded, and refused where they are easily guessed."""

from __future__ import annotations

import bcrypt
import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from statewright.auth import passwords
from statewright.auth.passwords import (
    NOBODY,
    check_strength,
    hash_password,
    is_outdated,
    verify_password,
)
from statewright.errors import InvalidError


@pytest.fixture(autouse=True)
def pepper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "secret_text", lambda _: "a secret of the deployment")


def test_without_the_deployments_secret_no_guess_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = hash_password("correct horse")
    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(stored.removeprefix("$peppered"), "correct horse")
    monkeypatch.setattr(passwords, "secret_text", lambda _: "another one")
    assert not verify_password(stored, "correct horse")


def test_hashes_without_the_secret_are_taken_and_due_for_replacement() -> None:
    stored = PasswordHasher().hash("correct horse")
    assert verify_password(stored, "correct horse")
    assert not verify_password(stored, "wrong")
    assert is_outdated(stored)


def test_a_password_is_hashed_with_argon2id_and_verified() -> None:
    stored = hash_password("correct horse")
    assert stored.startswith("$peppered$argon2id$v=19$m=65536,t=3,p=4$")
    assert stored != hash_password("correct horse")
    assert verify_password(stored, "correct horse")
    assert not verify_password(stored, "wrong")
    assert not is_outdated(stored)


def test_nobody_has_a_password_and_it_costs_as_much_to_find_out() -> None:
    assert not verify_password(None, "")
    assert not verify_password("not a hash", "x")
    assert not is_outdated(f"$peppered{NOBODY}"), (
        "checked with today's parameters, so in the same time"
    )


def test_hashes_of_bcrypt_are_taken_and_due_for_replacement() -> None:
    long = "x" * 80
    for password in ("correct horse", "Grüße", long):
        stored = bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode()
        assert verify_password(stored, password)
        assert not verify_password(stored, password[:-9] + "?")
        assert is_outdated(stored)


def test_hashes_with_weaker_parameters_are_due_for_replacement() -> None:
    stored = PasswordHasher(time_cost=1, memory_cost=1024).hash("p")
    assert verify_password(stored, "p")
    assert is_outdated(stored)


@pytest.mark.parametrize(
    "password", ["password1234", "aaaaaaaaaaaaaaaa", "qwertyuiop12", "ada@example.com"]
)
def test_what_is_easily_guessed_is_refused_with_advice(password: str) -> None:
    with pytest.raises(InvalidError) as refused:
        check_strength(password, "/password", ("ada@example.com", "Ada"))
    (issue,) = refused.value.issues
    assert issue.pointer == "/password"
    assert issue.detail
    assert issue.suggestion


@pytest.mark.parametrize(
    "password", ["correct horse battery", "long enough pw", "kelp-otter-violin-73 " + "z" * 150]
)
def test_what_is_hard_to_guess_is_taken(password: str) -> None:
    check_strength(password, "/password")
