"""Where a provider's endpoints are: by discovery, or as it is known of GitHub."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from statewright import world
from statewright.auth.sso.assertion import ProviderError, ProviderRow
from statewright.auth.sso.fetching import get_json
from statewright.settings import settings

FRESH = timedelta(hours=1)
_GOOGLE = "https://accounts.google.com"
_MICROSOFT = "https://login.microsoftonline.com"
_GITHUB = "https://github.com"
_BASIC = "client_secret_basic"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What is needed of a provider."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str
    scopes: tuple[str, ...]
    client_authentication: str


class Discovery:
    """Discovered endpoints, kept for a while by this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[datetime, Endpoints]] = {}

    def of(self, issuer: str) -> Endpoints:
        """An issuer's endpoints (OpenID Connect Discovery 1.0, section 4).

        Raises:
            ProviderError: the document cannot be had, or is another issuer's.
        """
        now = world.now()
        with self._lock:
            kept = self._kept.get(issuer)
        if kept is not None and now - kept[0] < FRESH:
            return kept[1]
        found = _discover(issuer)
        with self._lock:
            self._kept[issuer] = (now, found)
        return found


discovery = Discovery()


def endpoints_of(provider: ProviderRow) -> Endpoints:
    """A provider's endpoints."""
    oauth = provider.settings["oauth"]
    match provider.kind:
        case "google":
            return discovery.of(oauth.get("issuer") or _GOOGLE)
        case "microsoft":
            return discovery.of(oauth.get("issuer") or f"{_MICROSOFT}/{oauth['tenant']}/v2.0")
        case "github":
            return _github(oauth.get("issuer") or _GITHUB)
        case "oidc":
            return discovery.of(oauth["issuer"])
        case kind:
            raise ValueError(f"{kind} does not speak OAuth")


def _discover(issuer: str) -> Endpoints:
    document = get_json(f"{issuer}/.well-known/openid-configuration")
    if not isinstance(document, dict) or document.get("issuer") != issuer:
        raise ProviderError(f"{issuer} does not describe itself under that name.")
    methods = document.get("token_endpoint_auth_methods_supported", [_BASIC])
    try:
        found = Endpoints(
            issuer,
            document["authorization_endpoint"],
            document["token_endpoint"],
            document["jwks_uri"],
            document.get("userinfo_endpoint", ""),
            ("openid", "email", "profile"),
            _BASIC if _BASIC in methods else "client_secret_post",
        )
    except KeyError as error:
        raise ProviderError(f"{issuer} does not say its {error}.") from None
    _check_scheme(found)
    return found


def _check_scheme(found: Endpoints) -> None:
    """Secrets go over TLS only, unless this deployment itself is on plain HTTP."""
    plain = settings().base_url.startswith("http://")
    for url in (found.authorization, found.token, found.keys, found.userinfo or found.keys):
        if not (url.startswith("https://") or (plain and url.startswith("http://"))):
            raise ProviderError(f"{found.issuer} names an address that is not https.")


def _github(server: str) -> Endpoints:
    api = "https://api.github.com" if server == _GITHUB else f"{server}/api/v3"
    return Endpoints(
        server,
        f"{server}/login/oauth/authorize",
        f"{server}/login/oauth/access_token",
        "",
        api,
        ("read:user", "user:email"),
        "client_secret_post",
    )
