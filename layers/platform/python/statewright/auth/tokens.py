"""Signed tokens: access tokens (JWT, RFC 9068), and links that open one thing only.

Access tokens are signed with a key in KMS (ES256) and can be verified by anybody with the key set.
Links are for us alone and are signed with a secret (HS256). Each kind is read with its own
algorithm, so that neither can stand for the other.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from jwt.utils import der_to_raw_signature

from statewright import world
from statewright.auth.signing import keys, verifier
from statewright.aws import kms
from statewright.aws.secrets import secret_text
from statewright.errors import GoneError, UnauthenticatedError
from statewright.settings import settings

ACCESS = timedelta(minutes=15)
AUDIENCE = "statewright"
_ACCESS_TYPE = "at+jwt"
_REQUIRED = ["exp", "iat", "sub", "sid", "workspace"]


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says."""

    user_id: str
    workspace_id: str
    session_id: str


def issue_access(claims: AccessClaims) -> tuple[str, datetime]:
    """An access token and when it ends."""
    now, key = world.now(), keys.signer()
    ends = now + ACCESS
    header = {"alg": "ES256", "typ": _ACCESS_TYPE, "kid": key.kid}
    payload = {
        "iss": settings().base_url,
        "aud": AUDIENCE,
        "sub": claims.user_id,
        "sid": claims.session_id,
        "workspace": claims.workspace_id,
        "jti": world.new_id(),
        "iat": int(now.timestamp()),
        "exp": int(ends.timestamp()),
    }
    signed = f"{_part(header)}.{_part(payload)}"
    signature = der_to_raw_signature(kms.sign(key.arn, signed.encode()), SECP256R1())
    return f"{signed}.{_encode(signature)}", ends


def _part(value: dict[str, Any]) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())


def _encode(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def read_access(token: str) -> AccessClaims:
    """What an access token says.

    Raises:
        UnauthenticatedError: it is not ours, or its time is over.
    """
    try:
        header = jwt.get_unverified_header(token)
        key = keys.find(str(header.get("kid")))
        if key is None or header.get("typ") != _ACCESS_TYPE:
            raise jwt.InvalidTokenError("not a key or a type of ours")
        claims = jwt.decode(
            token,
            verifier(key),
            algorithms=["ES256"],
            audience=AUDIENCE,
            issuer=settings().base_url,
            options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False},
        )
        _check_time(claims)
        return AccessClaims(claims["sub"], claims["workspace"], claims["sid"])
    except (jwt.InvalidTokenError, ValueError, TypeError):
        raise UnauthenticatedError("The access token is not valid any more.") from None


def _check_time(claims: dict[str, Any]) -> None:
    if claims["exp"] <= world.now().timestamp():
        raise jwt.ExpiredSignatureError("its time is over")


def issue_link(use: str, subject: str, workspace_id: str, ends: datetime) -> str:
    """A token for a link that opens exactly one thing."""
    claims = {"sub": subject, "workspace": workspace_id, "use": use}
    stamped = {**claims, "iat": world.now(), "exp": ends}
    return jwt.encode(stamped, secret_text(settings().secret_id), "HS256")


def read_link(token: str, use: str) -> dict[str, Any]:
    """The claims of a link token.

    Raises:
        GoneError: it was ours, and its time is over.
        UnauthenticatedError: it is not ours, or for something else.
    """
    try:
        return _read_link(token, use)
    except jwt.ExpiredSignatureError:
        raise GoneError("This link has expired.") from None
    except jwt.InvalidTokenError:
        raise UnauthenticatedError("This link is not valid.") from None


def _read_link(token: str, use: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        token,
        secret_text(settings().secret_id),
        algorithms=["HS256"],
        options={"require": ["exp", "sub", "use", "workspace"]},
    )
    if claims["use"] != use:
        raise jwt.InvalidTokenError("a token for another use")
    return claims
