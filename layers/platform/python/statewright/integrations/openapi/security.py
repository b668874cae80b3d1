"""Security schemes of every version, as the settings that a connection for them begins with."""

from __future__ import annotations

from typing import Any

from statewright.integrations.openapi.dialects import is_swagger
from statewright.integrations.openapi.library import BrokenReferenceError, Library, Spot

_FLOWS = {"accessCode": "authorizationCode", "application": "clientCredentials"}


def schemes(root: Spot, library: Library) -> dict[str, dict[str, Any]]:
    """Each scheme's kind of connection and its settings; those that nothing here speaks, too."""
    names = ("securityDefinitions",) if is_swagger(root) else ("components", "securitySchemes")
    found = {}
    for name, spot in root.under(*names).items():
        try:
            found[name] = {"description": spot.text("description"), **_scheme(library.follow(spot))}
        except BrokenReferenceError:
            found[name] = {"kind": "unknown"}
    return found


def _scheme(spot: Spot) -> dict[str, Any]:
    match spot.text("type"):
        case "apiKey" if spot.text("in") == "cookie":
            name = spot.text("name")
            return {"kind": "custom", "secrets": ["key"], "headers": {"cookie": f"{name}={{key}}"}}
        case "apiKey":
            place = "query" if spot.text("in") == "query" else "header"
            return {"kind": "api_key", "place": place, "field": spot.text("name")}
        case "basic":
            return {"kind": "basic"}
        case "http":
            return _http(spot.text("scheme").lower())
        case "oauth2":
            return _oauth2(spot)
        case "openIdConnect":
            return {"kind": "oauth2", "openid": spot.text("openIdConnectUrl")}
        case "mutualTLS":
            return {"kind": "client_certificate"}
    return {"kind": "unknown"}


def _http(scheme: str) -> dict[str, Any]:
    match scheme:
        case "basic" | "bearer" | "digest":
            return {"kind": scheme}
        case "oauth":
            return {"kind": "oauth1"}
        case "mutual":
            return {"kind": "client_certificate"}
    word = scheme.capitalize()
    header = {"authorization": f"{word} {{credentials}}"}
    return {"kind": "custom", "secrets": ["credentials"], "headers": header}


def _oauth2(spot: Spot) -> dict[str, Any]:
    flows = dict(spot.under("flows").items())
    if not flows and spot.text("flow"):
        flows = {_FLOWS.get(spot.text("flow"), spot.text("flow")): spot}
    for flow, grant in (
        ("authorizationCode", "authorization_code"),
        ("clientCredentials", "client_credentials"),
        ("implicit", "authorization_code"),
        ("password", "authorization_code"),
        ("deviceAuthorization", "authorization_code"),
    ):
        if flow in flows:
            return {
                "kind": "oauth2",
                "grant": grant,
                "authorize_url": flows[flow].text("authorizationUrl"),
                "token_url": flows[flow].text("tokenUrl"),
                "scopes": {k: str(s.value or "") for k, s in flows[flow].under("scopes").items()},
            }
    return {"kind": "oauth2"}


def required(root: Spot, operation: Spot) -> tuple[tuple[str, ...], ...]:
    """The alternatives of an operation: each the names of schemes that go together."""
    own = operation.under("security")
    wanted = own if isinstance(own.value, list) else root.under("security")
    return tuple(tuple(s.value) for s in wanted.elements() if isinstance(s.value, dict))
