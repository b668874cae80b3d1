"""A signing key without KMS or a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.algorithms import ECAlgorithm

from statewright.auth import signing, tokens
from statewright.aws import kms


class Pair:
    """A key pair, as KMS and the database would have it."""

    def __init__(self, kid: str, signs_from: datetime = datetime(2020, 1, 1, tzinfo=UTC)):
        self.private = ec.generate_private_key(ec.SECP256R1())
        jwk = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        public = {**jwk, "kid": kid, "alg": "ES256", "use": "sig"}
        self.key = signing.SigningKey(kid, f"arn:{kid}", public, signs_from, signs_from, None)

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message, ec.ECDSA(SHA256()))


def install(monkeypatch: pytest.MonkeyPatch, *pairs: Pair) -> list[Pair]:
    """Makes these the published keys; the list may be changed afterwards."""
    published = list(pairs)
    known = list(pairs)

    def sign(arn: str, message: bytes) -> bytes:
        return next(pair for pair in known if pair.key.arn == arn).sign(message)

    monkeypatch.setattr(signing, "published", lambda: [pair.key for pair in published])
    monkeypatch.setattr(kms, "sign", sign)
    keys: Any = signing.KeySet()
    monkeypatch.setattr(tokens, "keys", keys)
    monkeypatch.setattr(
        tokens, "secret_text", lambda _: "a secret of the tests, long enough for it"
    )
    return published
