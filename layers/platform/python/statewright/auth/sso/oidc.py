"""ID tokens: verified with the provider's keys, and every claim that ties them to us checked."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from statewright import world
from statewright.auth.sso.assertion import Assertion, ProviderError, SignInRefusedError
from statewright.auth.sso.endpoints import Endpoints
from statewright.auth.sso.fetching import get_json
from statewright.settings import settings

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Asymmetric ones only: neither ``none`` nor a shared secret proves who signed."""
LEEWAY_SECONDS = 60
FRESH = timedelta(hours=1)


class ProviderKeys:
    """Providers' key sets, kept for a while by this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[datetime, KeySet]] = {}

    def of(self, url: str, *, older_than: timedelta = FRESH) -> KeySet:
        """The keys at an address, read anew where the copy is older than said."""
        now = world.now()
        with self._lock:
            kept = self._kept.get(url)
        if kept is not None and now - kept[0] < older_than:
            return kept[1]
        try:
            keys = KeySet.import_key_set(get_json(url))
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderError("The identity provider's keys cannot be read.") from error
        with self._lock:
            self._kept[url] = (now, keys)
        return keys


provider_keys = ProviderKeys()


def read(found: Endpoints, answer: dict[str, Any], client_id: str, nonce: str) -> Assertion:
    """Who an ID token speaks of.

    Raises:
        ProviderError: there is none, it is not the provider's, or not an answer to our request.
    """
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise ProviderError("The identity provider sent no ID token.")
    try:
        claims = _verified(found, token, client_id, nonce, answer["access_token"])
    except (JoseError, ValueError) as error:
        raise SignInRefusedError(f"The ID token does not hold: {error}.") from error
    return _assertion(_complete(found, claims, answer["access_token"]))


def _verified(
    found: Endpoints, token: str, client_id: str, nonce: str, access_token: str
) -> dict[str, Any]:
    try:
        decoded = jwt.decode(token, provider_keys.of(found.keys), algorithms=ALGORITHMS)
    except (JoseError, ValueError):
        # The provider may have changed its keys since.
        soon = timedelta(seconds=settings().provider_keys_seconds)
        again = provider_keys.of(found.keys, older_than=soon)
        decoded = jwt.decode(token, again, algorithms=ALGORITHMS)
    claims = CodeIDToken(
        decoded.claims,
        decoded.header,
        options={
            "iss": {"essential": True, "value": found.issuer},
            "aud": {"essential": True, "value": client_id},
            "nonce": {"essential": True, "value": nonce},
            "sub": {"essential": True},
        },
        params={"nonce": nonce, "client_id": client_id, "access_token": access_token},
    )
    claims.validate(now=int(world.now().timestamp()), leeway=LEEWAY_SECONDS)
    return dict(claims)


def _complete(found: Endpoints, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
    """With the user info endpoint's claims, where the ID token has no e-mail address."""
    if claims.get("email") or not found.userinfo:
        return claims
    more = get_json(found.userinfo, access_token)
    if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
        raise ProviderError("The identity provider's user info is about somebody else.")
    return {**more, **claims}


def _assertion(claims: dict[str, Any]) -> Assertion:
    methods = claims.get("amr") or []
    return Assertion(
        subject=str(claims["sub"]),
        email=str(claims.get("email") or "").strip().lower(),
        email_verified=claims.get("email_verified") in {True, "true"},
        name=str(claims.get("name") or ""),
        second_factor="mfa" in methods,
        claims=claims,
    )
