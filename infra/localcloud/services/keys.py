"""AWS KMS with one local key that encrypts, and Secrets Manager and SSM parameters on top of it.

Ciphertexts are AES-256-GCM with the key in the data folder; key pairs that sign are in
``signing_keys.py``. https://docs.aws.amazon.com/kms/latest/APIReference/
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg_pool import ConnectionPool

from asl.ports import Clock
from localcloud.errors import AwsError
from localcloud.services.signing_keys import KeyPairs

_NONCE = 12


class Kms:
    """The key of this data folder."""

    def __init__(self, file: Path, account: str, region: str):
        if not file.exists():
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(AESGCM.generate_key(256))
        self._key = AESGCM(file.read_bytes())
        self.arn = f"arn:aws:kms:{region}:{account}:key/local"
        self._pairs = KeyPairs(file.parent / "kms-keys", self, f"arn:aws:kms:{region}:{account}")

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {
            "Encrypt": self.encrypt,
            "Decrypt": self.decrypt,
            "GenerateDataKey": self.generate_data_key,
            **self._pairs.operations(),
        }

    def encrypt(
        self, Plaintext: bytes, KeyId: str = "", EncryptionContext: Any = None, **_: Any
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html"""
        nonce = secrets.token_bytes(_NONCE)
        sealed = self._key.encrypt(nonce, Plaintext, _associated(EncryptionContext))
        return {"CiphertextBlob": nonce + sealed, "KeyId": self.arn}

    def decrypt(
        self, CiphertextBlob: bytes, EncryptionContext: Any = None, **_: Any
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html"""
        nonce, sealed = CiphertextBlob[:_NONCE], CiphertextBlob[_NONCE:]
        try:
            plain = self._key.decrypt(nonce, sealed, _associated(EncryptionContext))
        except InvalidTag:
            raise AwsError("InvalidCiphertextException", "The ciphertext is invalid.") from None
        return {"Plaintext": plain, "KeyId": self.arn}

    def generate_data_key(
        self, KeyId: str, EncryptionContext: Any = None, NumberOfBytes: int = 32, **_: Any
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html"""
        plain = secrets.token_bytes(NumberOfBytes)
        return {**self.encrypt(plain, KeyId, EncryptionContext), "Plaintext": plain}


def _associated(context: dict[str, str] | None) -> bytes:
    return repr(sorted((context or {}).items())).encode()


class SecretsManager:
    """Secrets, sealed with the local key."""

    def __init__(self, pool: ConnectionPool[Any], kms: Kms, clock: Clock):
        self._pool = pool
        self._kms = kms
        self._clock = clock

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {"GetSecretValue": self.get_secret_value}

    def ensure(self, name: str, length: int) -> None:
        """Creates a secret with random text, as GenerateSecretString does, unless it is there."""
        text = secrets.token_urlsafe(length)[:length]
        sealed = self._kms.encrypt(text.encode(), EncryptionContext={"secret": name})
        with self._pool.connection() as connection:
            connection.execute(
                "INSERT INTO localcloud.secrets VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
                (name, sealed["CiphertextBlob"], self._clock.now()),
            )

    def get_secret_value(self, SecretId: str, **_: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html"""
        name = SecretId.rsplit(":secret:", maxsplit=1)[-1]
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT ciphertext FROM localcloud.secrets WHERE name = %s", (name,)
            ).fetchone()
        if row is None:
            raise AwsError(
                "ResourceNotFoundException", "Secrets Manager can't find the specified secret."
            )
        plain = self._kms.decrypt(bytes(row[0]), EncryptionContext={"secret": name})["Plaintext"]
        return {"Name": name, "ARN": SecretId, "SecretString": plain.decode()}


class Parameters:
    """SSM Parameter Store."""

    def __init__(self, pool: ConnectionPool[Any]):
        self._pool = pool

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {"GetParameter": self.get_parameter, "PutParameter": self.put_parameter}

    def get_parameter(self, Name: str, **_: Any) -> dict[str, Any]:
        """https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html"""
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT kind, value, version FROM localcloud.parameters WHERE name = %s", (Name,)
            ).fetchone()
        if row is None:
            raise AwsError("ParameterNotFound", "")
        return {"Parameter": {"Name": Name, "Type": row[0], "Value": row[1], "Version": row[2]}}

    def put_parameter(
        self, Name: str, Value: str, Type: str = "String", Overwrite: bool = False, **_: Any
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html"""
        if "/" in Name and not Name.startswith("/"):
            raise AwsError("ValidationException", "Parameter name must be a fully qualified name.")
        with self._pool.connection() as connection:
            row = connection.execute(
                """INSERT INTO localcloud.parameters AS p (name, kind, value) VALUES (%s, %s, %s)
                   ON CONFLICT (name) DO UPDATE
                   SET kind = excluded.kind, value = excluded.value, version = p.version + 1
                   WHERE %s RETURNING version""",
                (Name, Type, Value, Overwrite),
            ).fetchone()
        if row is None:
            raise AwsError("ParameterAlreadyExists", "The parameter already exists.")
        return {"Version": row[0], "Tier": "Standard"}
