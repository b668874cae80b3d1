"""Envelope encryption: a data key from KMS for each secret, AES-256-GCM with associated data.

KMS never sees the secret, and a secret may have any size. The context (which workspace, which
connection) is bound twice: KMS gives the data key back for the same context only, and the
ciphertext does not open in the place of another one.
https://docs.aws.amazon.com/kms/latest/developerguide/kms-cryptography.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from statewright import world
from statewright.aws import kms

FORMAT = b"\x01"
_NONCE = 12
_LENGTH = 2
Context = Mapping[str, str]


class SealBrokenError(Exception):
    """What is to be opened was sealed for something else, or changed."""


def seal(plain: bytes, context: Context) -> bytes:
    """Encrypts with a new data key.

    Returns:
        Format, the sealed data key with its length before it, nonce, ciphertext.
    """
    key, sealed_key = kms.new_data_key(dict(context))
    nonce = world.random_bytes(_NONCE)
    ciphertext = AESGCM(key).encrypt(nonce, plain, _associated(context))
    return FORMAT + len(sealed_key).to_bytes(_LENGTH) + sealed_key + nonce + ciphertext


def unseal(sealed: bytes, context: Context) -> bytes:
    """What :func:`seal` encrypted for the same context.

    Raises:
        SealBrokenError: it was sealed for another context, or is not what was sealed.
    """
    sealed = bytes(sealed)
    start = len(FORMAT) + _LENGTH
    end = start + int.from_bytes(sealed[len(FORMAT) : start])
    if sealed[: len(FORMAT)] != FORMAT or len(sealed) < end + _NONCE:
        raise SealBrokenError("not a sealed text")
    try:
        key = _data_key(sealed[start:end], tuple(sorted(context.items())))
        nonce, ciphertext = sealed[end : end + _NONCE], sealed[end + _NONCE :]
        return AESGCM(key).decrypt(nonce, ciphertext, _associated(context))
    except (InvalidTag, kms.WrongKeyError) as error:
        raise SealBrokenError("sealed for another context, or changed") from error


@lru_cache(maxsize=256)
def _data_key(sealed_key: bytes, context: tuple[tuple[str, str], ...]) -> bytes:
    """Busy connections ask KMS once per process. A rotated secret has another data key."""
    return kms.open_data_key(sealed_key, dict(context))


def _associated(context: Context) -> bytes:
    return json.dumps(dict(context), sort_keys=True).encode()
