"""A service with OAuth 2.0 and OAuth 1.0a in a process of its own: Authlib's servers behind Flask.

OAuth 2.0 wants PKCE, renews tokens with refresh tokens that work once, and gives client credentials;
OAuth 1.0a checks signatures, nonces and timestamps by an implementation that is not the product's.

Run: python -m tests.support.oauth_services PORT
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import flask
from authlib.integrations import flask_oauth1, flask_oauth2
from authlib.oauth1 import ClientMixin, TemporaryCredential, TokenCredentialMixin
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge

CLIENT_ID, CLIENT_SECRET = "statewright", "the client's secret: with / + = % signs"
_app = flask.Flask(__name__)
_lock = threading.Lock()


@dataclass
class State:
    """What tests look at and decide on."""

    lives: int = 3600
    slow: float = 0.0
    grants: list[str] = field(default_factory=list)
    refuse: bool = False
    revoked: set[str] = field(default_factory=set)


_state = State()
_codes: dict[str, Any] = {}
_tokens: dict[str, _Token] = {}
_refresh: dict[str, _Token] = {}


@dataclass
class _Client:
    client_id: str = CLIENT_ID

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        return scope or ""

    def check_redirect_uri(self, uri: str) -> bool:
        return uri.endswith("/v1/oauth/callback")

    def check_client_secret(self, secret: str) -> bool:
        return secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return True


@dataclass
class _Code:
    redirect_uri: str
    scope: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass
class _Token:
    text: str
    ends: float
    scope: str = ""

    def is_expired(self) -> bool:
        return self.ends < time.time()

    def is_revoked(self) -> bool:
        return self.text in _state.revoked

    def get_scope(self) -> str:
        return self.scope

    def check_client(self, client: Any) -> bool:
        return True


class CodeGrant(grants.AuthorizationCodeGrant):
    """The authorization code grant, kept in memory."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

    def save_authorization_code(self, code: str, request: Any) -> None:
        data = request.payload.data
        kept = (data.get("code_challenge"), data.get("code_challenge_method"))
        _codes[code] = _Code(request.payload.redirect_uri, request.payload.scope, *kept)

    def query_authorization_code(self, code: str, client: Any) -> Any:
        return _codes.get(code)

    def delete_authorization_code(self, code: Any) -> None:
        for text in [text for text, known in _codes.items() if known is code]:
            del _codes[text]

    def authenticate_user(self, code: Any) -> dict[str, Any]:
        return {"sub": "somebody"}


class RefreshGrant(grants.RefreshTokenGrant):
    """Each refresh token works once."""

    INCLUDE_NEW_REFRESH_TOKEN = True
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

    def authenticate_refresh_token(self, refresh_token: str) -> Any:
        return None if _state.refuse else _refresh.get(refresh_token)

    def authenticate_user(self, credential: Any) -> Any:
        return {"sub": "somebody"}

    def revoke_old_credential(self, credential: Any) -> None:
        for text in [text for text, known in _refresh.items() if known is credential]:
            del _refresh[text]


class ClientGrant(grants.ClientCredentialsGrant):
    """The client acts for itself."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


class Tokens(BearerTokenValidator):
    """Looks access tokens up."""

    def authenticate_token(self, text: str) -> Any:
        return _tokens.get(text)


def _save(token: dict[str, Any], request: Any) -> None:
    token["expires_in"] = _state.lives
    kept = _Token(token["access_token"], time.time() + _state.lives, token.get("scope", ""))
    _tokens[kept.text] = kept
    if "refresh_token" in token:
        _refresh[token["refresh_token"]] = kept


_oauth2 = flask_oauth2.AuthorizationServer()
_app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
_oauth2.init_app(_app, lambda client_id: _Client() if client_id == CLIENT_ID else None, _save)
_oauth2.register_grant(CodeGrant, [CodeChallenge(required=True)])
_oauth2.register_grant(RefreshGrant)
_oauth2.register_grant(ClientGrant)
_bearer = flask_oauth2.ResourceProtector()
_bearer.register_token_validator(Tokens())


@_app.get("/authorize")
def _agree() -> Any:
    """A person who agrees at once; or not, where the test says so."""
    user = None if flask.request.args.get("deny") or _state.refuse else {"sub": "somebody"}
    return _oauth2.create_authorization_response(grant_user=user)


@_app.post("/token")
def _token() -> Any:
    time.sleep(_state.slow)
    with _lock:
        _state.grants.append(flask.request.form["grant_type"])
    return _oauth2.create_token_response()


@_app.get("/me")
@_bearer()
def _me() -> Any:
    return {
        "token": flask.g.authlib_server_oauth2_token.text,
        "headers": dict(flask.request.headers),
    }


# -- OAuth 1.0a ------------------------------------------------------------------------------------


class _Consumer(ClientMixin):
    def get_default_redirect_uri(self) -> None:
        return None

    def get_client_secret(self) -> str:
        return CLIENT_SECRET

    def get_rsa_public_key(self) -> None:
        return None


@dataclass
class _Credential(TokenCredentialMixin):
    token: str
    secret: str

    def get_oauth_token(self) -> str:
        return self.token

    def get_oauth_token_secret(self) -> str:
        return self.secret


_temporary: dict[str, TemporaryCredential] = {}
_credentials: dict[str, _Credential] = {}
_nonces: set[Any] = set()


def _consumer(client_id: str) -> Any:
    return _Consumer() if client_id == CLIENT_ID else None


def _seen(*of: Any) -> bool:
    known = of in _nonces
    _nonces.add(of)
    return known


def _keep_temporary(token: dict[str, str], client_id: str, redirect_uri: str) -> Any:
    kept = TemporaryCredential({**token, "client_id": client_id, "oauth_callback": redirect_uri})
    _temporary[token["oauth_token"]] = kept
    return kept


def _keep_verifier(credential: Any, user: Any, verifier: str) -> Any:
    credential.update({"oauth_verifier": verifier, "user_id": user})
    return credential


def _keep_credential(token: dict[str, str], credential: Any) -> Any:
    kept = _Credential(token["oauth_token"], token["oauth_token_secret"])
    _credentials[kept.token] = kept
    return kept


_oauth1 = flask_oauth1.AuthorizationServer(_app, _consumer)
_oauth1.register_hook("exists_nonce", _seen)
_oauth1.register_hook("create_temporary_credential", _keep_temporary)
_oauth1.register_hook("get_temporary_credential", _temporary.get)
_oauth1.register_hook("delete_temporary_credential", lambda token: _temporary.pop(token, None))
_oauth1.register_hook("create_authorization_verifier", _keep_verifier)
_oauth1.register_hook("create_token_credential", _keep_credential)
_signed = flask_oauth1.ResourceProtector(
    _app, _consumer, lambda client_id, token: _credentials.get(token), _seen
)


@_app.post("/oauth1/temporary")
def _begin() -> Any:
    return _oauth1.create_temporary_credentials_response()


@_app.get("/oauth1/authorize")
def _agree_1() -> Any:
    return _oauth1.create_authorization_response(grant_user="somebody")


@_app.post("/oauth1/token")
def _token_1() -> Any:
    return _oauth1.create_token_response()


@_app.route("/oauth1/me", methods=["GET", "POST"])
@_signed()
def _me_1() -> Any:
    return {"authorization": flask.request.headers["Authorization"], "form": flask.request.form}


# -- for tests -------------------------------------------------------------------------------------


@_app.get("/")
def _ready() -> Any:
    return {}


@_app.post("/state")
def _decide() -> Any:
    """Sets fields of :class:`State`; answers it as it was."""
    before = {"grants": list(_state.grants), "tokens": list(_tokens)}
    for name, value in flask.request.json.items():
        setattr(_state, name, set(value) if name == "revoked" else value)
    return before


if __name__ == "__main__":
    import os

    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # plain HTTP, on this machine
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    _app.run("127.0.0.1", int(sys.argv[1]), threaded=True)
