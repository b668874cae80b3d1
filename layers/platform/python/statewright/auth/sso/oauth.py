"""OAuth 2.0 and OpenID Connect: the authorization code flow with PKCE, state and nonce.

OpenID Connect Core 1.0, RFC 6749, RFC 7636; GitHub speaks OAuth 2.0 only and tells who somebody is
over its API.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from statewright.auth.sso import github, oidc
from statewright.auth.sso.assertion import Assertion, ProviderError, ProviderRow
from statewright.auth.sso.endpoints import Endpoints, endpoints_of
from statewright.auth.sso.fetching import post_form
from statewright.aws import kms
from statewright.errors import UnavailableError
from statewright.settings import settings

_BASIC = "client_secret_basic"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What binds an answer to its request."""

    state: str
    nonce: str
    verifier: str


def callback_url() -> str:
    """Where providers send people back to."""
    return f"{settings().base_url}/v1/auth/sso/callback"


def authorization_url(provider: ProviderRow, secrets: Secrets) -> str:
    """Where a browser asks the provider to vouch for its user."""
    oauth = provider.settings["oauth"]
    found = endpoints_of(provider)
    more = {} if provider.kind == "github" else {"nonce": secrets.nonce}
    url: str = prepare_grant_uri(
        found.authorization,
        oauth["client_id"],
        "code",
        redirect_uri=callback_url(),
        scope=" ".join(dict.fromkeys([*found.scopes, *oauth.get("scopes", [])])),
        state=secrets.state,
        code_challenge=create_s256_code_challenge(secrets.verifier),
        code_challenge_method="S256",
        **more,
    )
    return url


def redeem(provider: ProviderRow, code: str, secrets: Secrets) -> Assertion:
    """Who the provider vouches for, for the code that the browser brought.

    Raises:
        ProviderError: the provider does not take the code, or its answer does not hold.
    """
    found = endpoints_of(provider)
    answer = _token(provider, found, code, secrets.verifier)
    if provider.kind == "github":
        return github.read(found, answer["access_token"])
    client_id = provider.settings["oauth"]["client_id"]
    return oidc.read(found, answer, client_id, secrets.nonce)


def _token(provider: ProviderRow, found: Endpoints, code: str, verifier: str) -> dict[str, Any]:
    client_id, secret = provider.settings["oauth"]["client_id"], _secret(provider)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_url(),
        "code_verifier": verifier,
    }
    if found.client_authentication == _BASIC:
        answer = post_form(found.token, form, (client_id, secret))
    else:
        answer = post_form(found.token, {**form, "client_id": client_id, "client_secret": secret})
    if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
        raise ProviderError("The identity provider did not take the code.")
    return answer


def _secret(provider: ProviderRow) -> str:
    if provider.secret is None:
        raise UnavailableError("This identity provider is not set up completely.")
    return kms.unseal(provider.secret, f"identity_provider:{provider.id}")
