"""Password hashing: Argon2id with the parameters of RFC 9106's second recommendation."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to store, with its salt and parameters."""
    return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed.

    Takes as long where there is no such account (``stored`` None), so that the time of an answer
    does not tell who has one.
    """
    try:
        return _hasher.verify(stored or _nobody(), password) and stored is not None
    except VerificationError:
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hash_password("nobody has this password")
