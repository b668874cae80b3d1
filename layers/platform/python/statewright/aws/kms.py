"""AWS KMS: keys that sign, and small secrets sealed with the data key."""

from __future__ import annotations

from botocore.exceptions import ClientError

from statewright.aws.clients import client, error_code, mapped
from statewright.settings import settings


class WrongKeyError(Exception):
    """KMS does not open this with that context."""


def create_signing_key() -> str:
    """A new key pair for ECDSA on P-256; the private half never leaves KMS. Returns its ARN."""
    with mapped("KMS"):
        answer = client("kms").create_key(
            KeySpec="ECC_NIST_P256",
            KeyUsage="SIGN_VERIFY",
            Description=f"Signs {settings().prefix}'s access tokens.",
            Tags=[{"TagKey": "statewright:signs-for", "TagValue": settings().prefix}],
        )
    return str(answer["KeyMetadata"]["Arn"])


def public_key(key_arn: str) -> bytes:
    """The public half, as DER (SubjectPublicKeyInfo)."""
    with mapped("KMS"):
        return bytes(client("kms").get_public_key(KeyId=key_arn)["PublicKey"])


def sign(key_arn: str, message: bytes) -> bytes:
    """An ECDSA signature over the message's SHA-256, as DER."""
    with mapped("KMS"):
        answer = client("kms").sign(
            KeyId=key_arn,
            Message=message,
            MessageType="RAW",
            SigningAlgorithm="ECDSA_SHA_256",
        )
    return bytes(answer["Signature"])


def schedule_deletion(key_arn: str) -> None:
    """Lets KMS delete a key after its shortest waiting time."""
    with mapped("KMS"):
        client("kms").schedule_key_deletion(KeyId=key_arn, PendingWindowInDays=7)


def seal(text: str, purpose: str) -> bytes:
    """A secret of at most 4 KB, encrypted for one purpose."""
    with mapped("KMS"):
        answer = client("kms").encrypt(
            KeyId=settings().data_key_arn,
            Plaintext=text.encode(),
            EncryptionContext={"purpose": purpose},
        )
    return bytes(answer["CiphertextBlob"])


def unseal(sealed: bytes, purpose: str) -> str:
    """What :func:`seal` encrypted for the same purpose."""
    with mapped("KMS"):
        answer = client("kms").decrypt(
            CiphertextBlob=bytes(sealed), EncryptionContext={"purpose": purpose}
        )
    return bytes(answer["Plaintext"]).decode()


def new_data_key(context: dict[str, str]) -> tuple[bytes, bytes]:
    """A key for AES-256 and the same key sealed: KMS opens it for the same context only."""
    with mapped("KMS"):
        answer = client("kms").generate_data_key(
            KeyId=settings().data_key_arn, KeySpec="AES_256", EncryptionContext=context
        )
    return bytes(answer["Plaintext"]), bytes(answer["CiphertextBlob"])


def open_data_key(sealed: bytes, context: dict[str, str]) -> bytes:
    """The key that :func:`new_data_key` gave sealed.

    Raises:
        WrongKeyError: it was made for another context.
    """
    try:
        with mapped("KMS"):
            answer = client("kms").decrypt(CiphertextBlob=sealed, EncryptionContext=context)
    except ClientError as error:
        if error_code(error) in {"InvalidCiphertextException", "IncorrectKeyException"}:
            raise WrongKeyError("the data key was made for something else") from error
        raise
    return bytes(answer["Plaintext"])
