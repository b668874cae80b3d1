"""GitHub: OAuth 2.0 without ID tokens; its API tells who somebody is.

https://docs.github.com/en/rest/users/emails
"""

from __future__ import annotations

from typing import Any

from statewright.auth.sso.assertion import Assertion, ProviderError
from statewright.auth.sso.endpoints import Endpoints
from statewright.auth.sso.fetching import get_json


def read(found: Endpoints, access_token: str) -> Assertion:
    """Who an access token speaks for, with the primary address.

    Raises:
        ProviderError: GitHub does not say.
    """
    user = get_json(f"{found.userinfo}/user", access_token)
    addresses = get_json(f"{found.userinfo}/user/emails", access_token)
    if not isinstance(user, dict) or "id" not in user or not isinstance(addresses, list):
        raise ProviderError("GitHub did not say who this is.")
    primary: dict[str, Any] = next((entry for entry in addresses if entry.get("primary")), {})
    return Assertion(
        subject=str(user["id"]),
        email=str(primary.get("email") or "").lower(),
        email_verified=primary.get("verified") is True,
        name=str(user.get("name") or user.get("login") or ""),
        claims=user,
    )
