"""Password hashing: Argon2id with the parameters of RFC 9106's second recommendation.

Hashes of bcrypt, or of Argon2id with other parameters, are taken too and replaced when their owner
next signs in.
"""

from __future__ import annotations

from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from statewright.errors import InvalidError, Issue

ENOUGH = 10**8
"""How many guesses a password must be expected to withstand (zxcvbn's estimate)."""
NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$3DPsQXe/pHuAkbeKiceOWA$"
    "cu1QnQdvbsBf2FpxLUjx46nJUjuMq7fhpqDirIlMFBY"
)
"""A hash that nobody knows the password of: checked where there is no account."""
_BCRYPT = ("$2a$", "$2b$", "$2y$")
_BCRYPT_BYTES = 72
_ESTIMATED = 72
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to store, with its salt and parameters."""
    return _hasher.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed.

    Takes as long where there is no such account (``stored`` None), so that the time of an answer
    does not tell who has one.
    """
    if stored is not None and stored.startswith(_BCRYPT):
        return _verify_bcrypt(stored, password)
    try:
        return _hasher.verify(stored or NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether a hash should be replaced by one of today's kind."""
    return stored.startswith(_BCRYPT) or _hasher.check_needs_rehash(stored)


def _verify_bcrypt(stored: str, password: str) -> bool:
    import bcrypt  # only few need it

    # bcrypt has always looked at the first 72 bytes only; the library now refuses more.
    return bcrypt.checkpw(password.encode()[:_BCRYPT_BYTES], stored.encode())


def check_strength(password: str, pointer: str, about: Iterable[str] = ()) -> None:
    """Refuses a password that is easily guessed.

    Args:
        password: as it was sent.
        pointer: where in the body it was.
        about: what a guesser knows of its owner: name, address, workspace.

    Raises:
        InvalidError: with what makes it weak and what would help.
    """
    from zxcvbn import zxcvbn  # its word lists take a moment to load

    found = zxcvbn(password[:_ESTIMATED], user_inputs=[word for word in about if word])
    if found["guesses"] >= ENOUGH:
        return
    advice = found["feedback"]
    reason = advice["warning"] or "This password is easily guessed."
    suggestion = " ".join(advice["suggestions"]) or "Use a few uncommon words."
    raise InvalidError("This password is too weak.", (Issue(pointer, reason, suggestion),))
