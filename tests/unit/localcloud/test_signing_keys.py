"""KMS's key pairs on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key

from localcloud.errors import AwsError
from localcloud.services.keys import Kms


def test_a_pair_signs_for_anybody_to_verify_and_survives_a_restart(tmp_path: Path) -> None:
    kms = Kms(tmp_path / "kms.key", "1", "r").operations()
    arn = kms["CreateKey"](KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    again = Kms(tmp_path / "kms.key", "1", "r").operations()
    signed = again["Sign"](KeyId=arn, Message=b"text", SigningAlgorithm="ECDSA_SHA_256")
    public = load_der_public_key(kms["GetPublicKey"](KeyId=arn)["PublicKey"])
    assert isinstance(public, ec.EllipticCurvePublicKey)
    public.verify(signed["Signature"], b"text", ec.ECDSA(SHA256()))
    signature = {"Signature": signed["Signature"], "SigningAlgorithm": "ECDSA_SHA_256"}
    assert kms["Verify"](KeyId=arn, Message=b"text", **signature)["SignatureValid"]
    with pytest.raises(AwsError, match="not valid"):
        kms["Verify"](KeyId=arn, Message=b"other", **signature)


def test_the_private_half_is_sealed_on_disk(tmp_path: Path) -> None:
    kms = Kms(tmp_path / "kms.key", "1", "r").operations()
    arn = kms["CreateKey"](KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    file = tmp_path / "kms-keys" / arn.rsplit("/", 1)[1]
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValueError, match="Could not deserialize"):
        load_der_private_key(file.read_bytes(), None)


def test_what_is_not_there_or_not_supported_says_so(tmp_path: Path) -> None:
    kms = Kms(tmp_path / "kms.key", "1", "r").operations()
    with pytest.raises(AwsError, match="ECC_NIST_P256"):
        kms["CreateKey"](KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    arn = kms["CreateKey"](KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    with pytest.raises(AwsError, match="cannot be used"):
        kms["Sign"](KeyId=arn, Message=b"x", SigningAlgorithm="ECDSA_SHA_384")
    kms["ScheduleKeyDeletion"](KeyId=arn)
    for missing in (arn, "arn:aws:kms:r:1:key/../kms.key", ""):
        with pytest.raises(AwsError, match="does not exist"):
            kms["Sign"](KeyId=missing, Message=b"x", SigningAlgorithm="ECDSA_SHA_256")
