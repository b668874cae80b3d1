"""An OpenID Connect provider in a process of its own: Authlib's authorization server behind Flask.

It checks what a real one does: the client's secret, the redirect address, PKCE (S256 required) and
the nonce. Whoever signs in says who they are in the form, and may ask for a wrong answer
(``fault``). It also speaks GitHub's dialect of OAuth 2.0.

Run: python -m tests.support.oidc_provider PORT
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import flask
from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "statewright", "the client's secret"
_app = flask.Flask(__name__)
_keys = [RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})]
_codes: dict[str, Code] = {}
_users: dict[str, dict[str, Any]] = {}
_nonces: set[str] = set()


@dataclass
class Client:
    """The one client that is registered."""

    client_id: str = CLIENT_ID
    redirect_uris: list[str] = field(default_factory=list)

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri in self.redirect_uris

    def check_client_secret(self, secret: str) -> bool:
        return secrets.compare_digest(secret, CLIENT_SECRET)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


_client = Client()


@dataclass
class Code:
    """An authorization code."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str
    code_challenge_method: str
    user: dict[str, Any]

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> list[str]:
        return self.user.get("amr", [])


class CodeGrant(grants.AuthorizationCodeGrant):
    """The authorization code grant, kept in memory."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

    def save_authorization_code(self, code: str, request: Any) -> None:
        data = request.payload.data
        _codes[code] = Code(
            code,
            request.payload.redirect_uri,
            request.payload.scope,
            data.get("nonce"),
            data.get("code_challenge"),
            data.get("code_challenge_method"),
            request.user,
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return _codes.get(code)

    def delete_authorization_code(self, code: Code) -> None:
        del _codes[code.code]

    def authenticate_user(self, code: Code) -> dict[str, Any]:
        return code.user


class IdToken(OpenIDCode):
    """ID tokens, right or with the fault that was asked for."""

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        if flask.request.method == "GET":
            return False  # The form is shown; sending it uses the nonce up.
        known = nonce in _nonces
        _nonces.add(nonce)
        return known

    def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
        user, now = request.user, int(time.time())
        claims = {
            "iss": _app.config["BASE"],
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": request.authorization_code.get_nonce(),
            **{key: value for key, value in user["claims"].items() if key not in user["later"]},
        }
        return _signed(claims, user["fault"])


def _signed(claims: dict[str, Any], fault: str) -> str:
    key, header = _keys[-1], {"alg": "RS256", "kid": _keys[-1].kid}
    match fault:
        case "nonce":
            claims["nonce"] = "another"
        case "no nonce":
            del claims["nonce"]
        case "audience":
            claims["aud"] = "somebody-else"
        case "second audience":
            claims |= {"aud": [CLIENT_ID, "somebody-else"], "azp": "somebody-else"}
        case "issuer":
            claims["iss"] = "https://elsewhere.example"
        case "expired":
            claims |= {"iat": claims["iat"] - 4000, "exp": claims["iat"] - 3000}
        case "access token":
            claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA"
        case "key":
            key = RSAKey.generate_key(2048, {"kid": key.kid})
        case "elliptic key":
            return jwt.encode({"alg": "ES256", "kid": "first"}, claims, ECKey.generate_key("P-256"))
        case "none":
            return jwt.encode({"alg": "none"}, claims, None, ["none"])
        case "client secret":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET))
        case "tampered":
            head, _, signature = jwt.encode(header, claims, key).split(".")
            other = jwt.encode(header, {**claims, "sub": "admin"}, key).split(".")[1]
            return f"{head}.{other}.{signature}"
    return jwt.encode(header, claims, key)


class Tokens(BearerTokenValidator):
    """Looks access tokens up."""

    def authenticate_token(self, text: str) -> Any:
        return _Token(_users[text]) if text in _users else None


@dataclass
class _Token:
    user: dict[str, Any]

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False

    def get_scope(self) -> str:
        return "openid email profile read:user user:email"


def _save(token: dict[str, Any], request: Any) -> None:
    _users[token["access_token"]] = request.user


_server = AuthorizationServer(
    _app, lambda client_id: _client if client_id == CLIENT_ID else None, _save
)
_server.register_grant(CodeGrant, [IdToken(require_nonce=True), CodeChallenge(required=True)])
_resource = ResourceProtector()
_resource.register_token_validator(Tokens())


@_app.get("/.well-known/openid-configuration")
def _configuration() -> Any:
    base = _app.config["BASE"]
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "userinfo_endpoint": f"{base}/userinfo",
        "jwks_uri": f"{base}/jwks",
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
    }


@_app.get("/jwks")
def _jwks() -> Any:
    return KeySet(_keys).as_dict(private=False)


@_app.post("/rotate")
def _rotate() -> Any:
    _keys.append(RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"}))
    return {}


@_app.post("/register")
def _register() -> Any:
    """Registers a redirect address for the client."""
    _client.redirect_uris.append(flask.request.form["redirect_uri"])
    return {}


@_app.get("/authorize")
@_app.get("/login/oauth/authorize")
def _ask() -> Any:
    _server.get_consent_grant(end_user={"claims": {}})
    return "<form method=post><input name=claims><input name=fault><button>Sign in</button></form>"


@_app.post("/authorize")
@_app.post("/login/oauth/authorize")
def _answer() -> Any:
    form = flask.request.form
    if form.get("fault") == "denied":
        return _server.create_authorization_response(grant_user=None)
    user = {
        "claims": json.loads(form["claims"]),
        "later": json.loads(form.get("later", "[]")),
        "fault": form.get("fault", ""),
    }
    return _server.create_authorization_response(grant_user=user)


@_app.post("/token")
@_app.post("/login/oauth/access_token")
def _token() -> Any:
    return _server.create_token_response()


@_app.get("/userinfo")
@_resource()
def _userinfo() -> Any:
    token: Any = flask.g.authlib_server_oauth2_token
    claims = token.user["claims"]
    return {**claims, "sub": "another"} if token.user["fault"] == "user info" else claims


@_app.get("/api/v3/user")
@_resource()
def _github_user() -> Any:
    claims = flask.g.authlib_server_oauth2_token.user["claims"]
    return {"id": claims["sub"], "login": claims["name"], "name": claims["name"]}


@_app.get("/api/v3/user/emails")
@_resource()
def _github_emails() -> Any:
    claims = flask.g.authlib_server_oauth2_token.user["claims"]
    address = {"email": claims["email"], "verified": claims["email_verified"], "primary": True}
    return [{"email": "other@elsewhere.example", "verified": True, "primary": False}, address]


if __name__ == "__main__":
    import os

    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain HTTP, on this machine
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    _app.config["BASE"] = f"http://localhost:{sys.argv[1]}"
    _app.run("127.0.0.1", int(sys.argv[1]))
