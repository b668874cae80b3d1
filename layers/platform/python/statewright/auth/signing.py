"""The keys that sign access tokens.

A key's private half lives in KMS. Its public half is here, and in the key set that anybody may
read (RFC 7517). A key is published LEAD before it signs, so that whoever keeps a copy of the set
knows it in time, and stays published for KEEP after it signed last, until its tokens have ended:

    created ── LEAD ── signs ── PERIOD ── retired ── KEEP ── removed, and deleted in KMS
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from jwt.algorithms import ECAlgorithm
from psycopg.types.json import Jsonb

from statewright import world
from statewright.aws import kms
from statewright.db import load_queries, system

LEAD = timedelta(hours=1)
PERIOD = timedelta(days=30)
KEEP = timedelta(days=1)
FRESH = timedelta(minutes=5)
"""How long a process trusts its copy of the key set."""
AGAIN = timedelta(seconds=10)
"""How soon a process may look again for a key that it does not know."""
_sql = load_queries(__package__, "sessions.sql")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A published key."""

    kid: str
    arn: str
    public_jwk: dict[str, Any]
    created_at: datetime
    signs_from: datetime
    retired_at: datetime | None


class KeySet:
    """This process's copy of the key set."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[str, SigningKey] = {}
        self._read_at: datetime | None = None

    def signer(self) -> SigningKey:
        """The key to sign with now: the newest whose time to sign has come."""
        now = world.now()
        self._refresh(now, FRESH)
        ready = [key for key in self._keys.values() if key.signs_from <= now]
        if not ready:
            raise RuntimeError("no signing key: the migration function makes the first one")
        return max(ready, key=lambda key: (key.signs_from, key.kid))

    def find(self, kid: str) -> SigningKey | None:
        """A published key; one that is not known is looked for again, now and then."""
        now = world.now()
        self._refresh(now, FRESH if kid in self._keys else AGAIN)
        return self._keys.get(kid)

    def forget(self) -> None:
        """Reads the set anew at its next use."""
        self._read_at = None

    def _refresh(self, now: datetime, age: timedelta) -> None:
        with self._lock:
            if self._read_at is None or now - self._read_at >= age:
                self._keys = {key.kid: key for key in published()}
                self._read_at = now


keys = KeySet()


def published() -> list[SigningKey]:
    """All keys of the set, the oldest first."""
    with system() as session:
        return [SigningKey(**row) for row in session.all(_sql.list_signing_keys)]


def key_set() -> dict[str, Any]:
    """The JSON Web Key Set that anybody may read."""
    return {"keys": [key.public_jwk for key in published()]}


@lru_cache(maxsize=16)
def _verifier(public: str) -> Any:
    return jwt.PyJWK.from_json(public).key


def verifier(key: SigningKey) -> Any:
    """The public key to verify with."""
    return _verifier(json.dumps(key.public_jwk))


def rotate(*, force: bool = False) -> list[SigningKey]:
    """Brings the key set up to date; calling it again changes nothing until something is due.

    Args:
        force: a new key signs at once, whatever the age of the present one.

    Returns:
        The keys published afterwards.
    """
    now = world.now()
    with system() as session:
        session.run(_sql.lock_signing_keys)
        rows = session.all(_sql.list_signing_keys)
        known = [SigningKey(**row) for row in rows]
        newest = max((key.signs_from for key in known), default=None)
        if newest is None or force or newest + PERIOD <= now + LEAD:
            signs_from = now if newest is None or force else max(now + LEAD, newest + PERIOD)
            _insert(session, now, signs_from)
            session.run(_sql.retire_signing_keys, at=signs_from)
        removed = session.all(_sql.remove_signing_keys, before=now - KEEP)
    for row in removed:
        kms.schedule_deletion(row["arn"])
    keys.forget()
    return published()


def _insert(session: Any, now: datetime, signs_from: datetime) -> None:
    arn, kid = kms.create_signing_key(), world.new_id()
    session.run(
        _sql.insert_signing_key,
        kid=kid,
        arn=arn,
        public_jwk=Jsonb(_public_jwk(kms.public_key(arn), kid)),
        now=now,
        signs_from=signs_from,
    )


def _public_jwk(der: bytes, kid: str) -> dict[str, Any]:
    public = load_der_public_key(der)
    assert isinstance(public, EllipticCurvePublicKey)  # as asked for
    jwk = ECAlgorithm.to_jwk(public, as_dict=True)
    return {**jwk, "kid": kid, "alg": "ES256", "use": "sig"}


def revoke(kid: str) -> None:
    """Removes a key at once, for one that is no longer to be trusted: its tokens end with it."""
    with system() as session:
        removed = session.all(_sql.remove_signing_key, kid=kid)
    for row in removed:
        kms.schedule_deletion(row["arn"])
    keys.forget()
