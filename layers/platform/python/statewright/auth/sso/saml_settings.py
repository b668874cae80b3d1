"""A SAML provider's settings: from its metadata, checked, with a key pair of our own for each.

The pair signs our requests and decrypts assertions. Its private half is sealed with KMS.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from statewright import world
from statewright.auth.sso.models import SamlSettings
from statewright.errors import InvalidError, Issue

_PAIR_LIFETIME = timedelta(days=3650)


def completed(given: SamlSettings) -> SamlSettings:
    """Settings with what the metadata say, without the metadata.

    Raises:
        InvalidError: the metadata cannot be read, or something is missing or wrong.
    """
    told = {} if given.metadata is None else _read(given.metadata)
    own = given.model_dump(exclude={"metadata"}, exclude_unset=True)
    try:
        full = SamlSettings.model_validate({**told, **own})
    except ValueError as error:
        issue = Issue("/saml/metadata", "names an address that is not https")
        raise InvalidError("The metadata cannot be used.", (issue,)) from error
    missing = [
        Issue(f"/saml/{field}", "is required, here or in the metadata")
        for field in ("entity_id", "sign_in_url", "certificates")
        if not getattr(full, field)
    ]
    if missing:
        raise InvalidError("The SAML provider is not described completely.", tuple(missing))
    for index, certificate in enumerate(full.certificates):
        _check_certificate(certificate, f"/saml/certificates/{index}")
    return full


def _read(metadata: str) -> dict[str, Any]:
    try:
        idp = OneLogin_Saml2_IdPMetadataParser.parse(metadata).get("idp", {})
    except Exception as error:  # whatever the XML parser finds: it is the input's fault
        issue = Issue("/saml/metadata", "is not SAML 2.0 metadata")
        raise InvalidError("The metadata cannot be read.", (issue,)) from error
    several = idp.get("x509certMulti", {}).get("signing")
    told = {
        "entity_id": idp.get("entityId"),
        "sign_in_url": idp.get("singleSignOnService", {}).get("url"),
        "sign_out_url": idp.get("singleLogoutService", {}).get("url"),
        "certificates": several or ([idp["x509cert"]] if idp.get("x509cert") else []),
    }
    return {key: value for key, value in told.items() if value}


def _check_certificate(text: str, pointer: str) -> None:
    try:
        pem = OneLogin_Saml2_Utils.format_cert(text)
        x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        issue = Issue(pointer, "is not an X.509 certificate (PEM or its base64)")
        raise InvalidError("A certificate cannot be read.", (issue,)) from error


def new_pair(provider_id: str) -> tuple[str, str]:
    """A private key and its self-signed certificate, as PEM."""
    private = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"statewright {provider_id}")])
    now = world.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _PAIR_LIFETIME)
        .sign(private, SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()
