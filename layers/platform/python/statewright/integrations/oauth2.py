"""OAuth 2.0 towards other systems: RFC 6749 with PKCE (RFC 7636), and tokens that are renewed once.

Whoever needs a new token locks the connection's row, looks whether somebody else has renewed it
meanwhile, and only then asks. In one process a lock comes before that one, so that those who wait
hold no database connections.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from statewright import world
from statewright.db import load_queries, tenant
from statewright.integrations import credentials, fetching
from statewright.integrations.credentials import Credentials
from statewright.integrations.errors import ConnectionUnauthorizedError, ConnectionUnavailableError
from statewright.integrations.reach import reach_of
from statewright.settings import settings

EARLY_SECONDS = 30
"""A token is renewed this long before its end: requests take time, and clocks differ."""
_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
_sql = load_queries(__package__, "connections.sql")


def callback_url() -> str:
    """Where authorization servers send people back to."""
    return f"{settings().base_url}/v1/oauth/callback"


def access_token(connection: Credentials, refused: str | None = None) -> str:
    """A token that is valid now.

    Args:
        refused: a token that the other system has just refused, whatever its end.

    Raises:
        ConnectionUnauthorizedError: nobody has agreed yet, or the consent is over.
        ConnectionUnavailableError: the authorization server does not answer.
    """
    if _is_good(connection.tokens, refused):
        return str(connection.tokens["access_token"])
    with _locks[connection.id]:
        return _renewed(connection, refused)


def _renewed(connection: Credentials, refused: str | None) -> str:
    failure: ConnectionUnauthorizedError
    with tenant(connection.workspace_id) as session:
        current = credentials.find_by_id(session, connection.id, lock=True)
        if _is_good(current.tokens, refused):
            return str(current.tokens["access_token"])
        if current.state == "unauthorized" and _needs_a_person(current):
            raise _unauthorized(current, "a person has to agree again")
        try:
            tokens = _ask(current)
        except ConnectionUnauthorizedError as error:
            failure = error
            session.run(
                _sql.note_state,
                id=current.id,
                state="unauthorized",
                detail=str(error)[:500],
                now=world.now(),
            )
        else:
            stored = credentials.sealed(current.workspace_id, current.id, tokens)
            session.run(_sql.put_tokens, id=current.id, tokens=stored)
            return str(tokens["access_token"])
    raise failure


def _needs_a_person(connection: Credentials) -> bool:
    return bool(connection.settings["grant"] == "authorization_code")


def _is_good(tokens: Mapping[str, Any], refused: str | None) -> bool:
    token = tokens.get("access_token")
    if token is None or token == refused:
        return False
    ends = tokens.get("expires_at")
    return ends is None or bool(ends - EARLY_SECONDS > world.now().timestamp())


def _ask(connection: Credentials) -> dict[str, Any]:
    if connection.settings["grant"] == "client_credentials":
        return _token(connection, {"grant_type": "client_credentials", **_scope(connection)})
    refresh = connection.tokens.get("refresh_token")
    if refresh is None:
        raise _unauthorized(connection, "a person has to agree first")
    renewed = _token(connection, {"grant_type": "refresh_token", "refresh_token": refresh})
    return {"refresh_token": refresh, **renewed}


def authorization_url(connection: Credentials, state: str, verifier: str) -> str:
    """Where a person's browser asks the authorization server."""
    chosen = connection.settings
    query = {
        "response_type": "code",
        "client_id": chosen["client_id"],
        "redirect_uri": callback_url(),
        "state": state,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
        **_scope(connection),
        **chosen["parameters"],
    }
    return f"{chosen['authorize_url']}?{urlencode(query, quote_via=quote)}"


def redeem(connection: Credentials, code: str, verifier: str) -> dict[str, Any]:
    """The tokens for the code that a browser brought back."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": callback_url(),
        "code_verifier": verifier,
    }
    return _token(connection, form)


def _scope(connection: Credentials) -> dict[str, str]:
    scopes = connection.settings["scopes"]
    return {"scope": " ".join(scopes)} if scopes else {}


def _token(connection: Credentials, form: dict[str, str]) -> dict[str, Any]:
    chosen, secret = connection.settings, connection.secrets.get("client_secret", "")
    form = {**form, **chosen["token_parameters"]}
    basic = None
    match chosen["client_authentication"]:
        case "basic":  # RFC 6749, 2.3.1: both are encoded as in a form first
            basic = (quote(chosen["client_id"], safe=""), quote(secret, safe=""))
        case "post":
            form |= {"client_id": chosen["client_id"], "client_secret": secret}
        case _:
            form |= {"client_id": chosen["client_id"]}
    reach = reach_of(connection.workspace_id)
    return _tokens_of(connection, fetching.post(chosen["token_url"], form, reach, basic=basic))


def _tokens_of(connection: Credentials, answer: fetching.Answer) -> dict[str, Any]:
    """What is kept of a token endpoint's answer (RFC 6749, 5.1)."""
    if answer.status >= 500 or answer.status == 429:
        raise ConnectionUnavailableError(
            f"'{connection.name}': the authorization server answered {answer.status}."
        )
    try:
        said = json.loads(answer.text)
        token, lives = said.get("access_token"), said.get("expires_in")
    except (ValueError, AttributeError):
        raise ConnectionUnavailableError(
            f"'{connection.name}': the authorization server did not answer JSON."
        ) from None
    if answer.status != 200 or not isinstance(token, str):
        raise _unauthorized(connection, str(said.get("error", answer.status))[:100])
    kept = {"access_token": token}
    if isinstance(said.get("refresh_token"), str):
        kept["refresh_token"] = said["refresh_token"]
    if isinstance(lives, int | float | str) and str(lives).replace(".", "", 1).isdigit():
        return {**kept, "expires_at": world.now().timestamp() + float(lives)}
    return kept


def _unauthorized(connection: Credentials, why: str) -> ConnectionUnauthorizedError:
    return ConnectionUnauthorizedError(f"The connection '{connection.name}' is refused: {why}.")
