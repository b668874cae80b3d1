"""AWS KMS's asymmetric keys: pairs on P-256 that sign and verify.

Each private half lies in the data folder, sealed with the local key.
https://docs.aws.amazon.com/kms/latest/developerguide/symmetric-asymmetric.html
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from localcloud.errors import AwsError
from localcloud.ids import new_id

_ALGORITHM = "ECDSA_SHA_256"


class Sealer(Protocol):
    """What encrypts with the local key."""

    def encrypt(self, Plaintext: bytes, KeyId: str = "", EncryptionContext: Any = None) -> Any:
        """As KMS's Encrypt."""

    def decrypt(self, CiphertextBlob: bytes, EncryptionContext: Any = None) -> Any:
        """As KMS's Decrypt."""


class KeyPairs:
    """The pairs of a data folder. A deleted one is gone at once: there is no waiting time here."""

    def __init__(self, folder: Path, sealer: Sealer, arn_prefix: str):
        self._folder = folder
        self._sealer = sealer
        self._prefix = f"{arn_prefix}:key/"
        self._loaded: dict[str, ec.EllipticCurvePrivateKey] = {}

    def operations(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """The supported API operations."""
        return {
            "CreateKey": self.create_key,
            "GetPublicKey": self.get_public_key,
            "Sign": self.sign,
            "Verify": self.verify,
            "ScheduleKeyDeletion": self.schedule_key_deletion,
        }

    def create_key(
        self, KeySpec: str = "SYMMETRIC_DEFAULT", KeyUsage: str = "ENCRYPT_DECRYPT", **_: Any
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html"""
        if (KeySpec, KeyUsage) != ("ECC_NIST_P256", "SIGN_VERIFY"):
            raise AwsError(
                "UnsupportedOperationException",
                "Locally keys can be created with ECC_NIST_P256 and SIGN_VERIFY only.",
            )
        identity = new_id()
        private = ec.generate_private_key(ec.SECP256R1())
        plain = private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        sealed = self._sealer.encrypt(plain, EncryptionContext={"key": identity})["CiphertextBlob"]
        self._folder.mkdir(mode=0o700, exist_ok=True)
        file = self._folder / identity
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(sealed)
        self._loaded[identity] = private
        return {"KeyMetadata": {"KeyId": identity, "Arn": self._prefix + identity}}

    def _find(self, key_id: str) -> tuple[str, ec.EllipticCurvePrivateKey]:
        identity = key_id.removeprefix(self._prefix)
        known = self._loaded.get(identity)
        if known is not None:
            return identity, known
        file = self._folder / identity
        if "/" in identity or not file.is_file():
            raise AwsError("NotFoundException", f"Key '{self._prefix}{identity}' does not exist")
        plain = self._sealer.decrypt(file.read_bytes(), {"key": identity})["Plaintext"]
        private = serialization.load_der_private_key(plain, None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        self._loaded[identity] = private
        return identity, private

    def get_public_key(self, KeyId: str, **_: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html"""
        identity, private = self._find(KeyId)
        public = private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {
            "KeyId": self._prefix + identity,
            "PublicKey": public,
            "KeySpec": "ECC_NIST_P256",
            "KeyUsage": "SIGN_VERIFY",
            "SigningAlgorithms": [_ALGORITHM],
        }

    def sign(
        self, KeyId: str, Message: bytes, SigningAlgorithm: str, MessageType: str = "RAW", **_: Any
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html"""
        identity, private = self._find(KeyId)
        signature = private.sign(_digest(Message, SigningAlgorithm, MessageType), _ECDSA)
        return {
            "KeyId": self._prefix + identity,
            "Signature": signature,
            "SigningAlgorithm": _ALGORITHM,
        }

    def verify(
        self,
        KeyId: str,
        Message: bytes,
        Signature: bytes,
        SigningAlgorithm: str,
        MessageType: str = "RAW",
        **_: Any,
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/kms/latest/APIReference/API_Verify.html"""
        identity, private = self._find(KeyId)
        digest = _digest(Message, SigningAlgorithm, MessageType)
        try:
            private.public_key().verify(Signature, digest, _ECDSA)
        except InvalidSignature:
            raise AwsError("KMSInvalidSignatureException", "The signature is not valid.") from None
        return {"KeyId": self._prefix + identity, "SignatureValid": True}

    def schedule_key_deletion(self, KeyId: str, **_: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html"""
        identity, _private = self._find(KeyId)
        (self._folder / identity).unlink()
        del self._loaded[identity]
        return {"KeyId": self._prefix + identity, "KeyState": "PendingDeletion"}


_ECDSA = ec.ECDSA(Prehashed(SHA256()))


def _digest(message: bytes, algorithm: str, kind: str) -> bytes:
    if algorithm != _ALGORITHM:
        raise AwsError("ValidationException", f"The key cannot be used with {algorithm}.")
    return message if kind == "DIGEST" else hashlib.sha256(message).digest()
