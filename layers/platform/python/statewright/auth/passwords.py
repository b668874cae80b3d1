"""Password hashing: Argon2id with the parameters of RFC 9106's second recommendation.

What is hashed is the password's HMAC with a secret that is not in the database (a pepper): who has
the database alone has nothing to guess against. Hashes of bcrypt, of Argon2id with other parameters
or without the secret are taken too, and replaced when their owner next signs in.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from statewright.aws.secrets import secret_text
from statewright.errors import InvalidError, Issue
from statewright.settings import settings

ENOUGH = 10**8
"""How many guesses a password must be expected to withstand (zxcvbn's estimate)."""
NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$3DPsQXe/pHuAkbeKiceOWA$"
    "cu1QnQdvbsBf2FpxLUjx46nJUjuMq7fhpqDirIlMFBY"
)
"""A hash that nobody knows the password of: checked where there is no account."""
_PEPPERED = "$peppered"
_BCRYPT = ("$2a$", "$2b$", "$2y$")
_BCRYPT_BYTES = 72
_ESTIMATED = 72
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to store, with its salt and parameters."""
    return _PEPPERED + _hasher.hash(_peppered(password))


def _peppered(password: str) -> str:
    pepper = secret_text(settings().pepper_secret_id).encode()
    return b64encode(hmac.digest(pepper, password.encode(), hashlib.sha256)).decode()


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed.

    Takes as long where there is no such account (``stored`` None), so that the time of an answer
    does not tell who has one.
    """
    if stored is not None and stored.startswith(_BCRYPT):
        return _verify_bcrypt(stored, password)
    hashed = (stored or NOBODY).removeprefix(_PEPPERED)
    given = _peppered(password) if hashed != stored else password
    try:
        return _hasher.verify(hashed, given) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether a hash should be replaced by one of today's kind."""
    if not stored.startswith(_PEPPERED):
        return True
    return _hasher.check_needs_rehash(stored.removeprefix(_PEPPERED))


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
