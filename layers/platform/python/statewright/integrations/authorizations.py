"""A person agrees that a connection acts for them: to the authorization server and back.

What binds the answer to the request is kept under a one-time secret that is the ``state``, with
the digest of a cookie: the answer counts only in the browser that asked, so nobody can make
somebody else's consent end in their own connection.
"""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import quote, urlsplit

from statewright import world
from statewright.auth import audit, onetime
from statewright.auth.links import Use
from statewright.auth.sso.flow import check_return
from statewright.db import load_queries, system, tenant
from statewright.errors import ConflictError, ForbiddenError, UnavailableError
from statewright.http.caller import Caller, Origin
from statewright.integrations import connections, credentials, oauth1, oauth2
from statewright.integrations.credentials import Credentials
from statewright.integrations.errors import ConnectionUnauthorizedError, ConnectionUnavailableError
from statewright.settings import settings

COOKIE = "statewright_connection"
_sql = load_queries(__package__, "connections.sql")


def begin(caller: Caller, connection_id: str, return_to: str) -> tuple[str, str]:
    """Where a person's browser agrees, and the cookie that will know it again.

    Raises:
        ConflictError: nobody needs to agree to a connection of this kind.
        UnavailableError: the authorization server does not answer, or refuses the client.
    """
    with tenant(caller.workspace_id) as session:
        known = connections.found(session, caller, connection_id)
        connection = credentials.find_by_id(session, known.id)
    browser, verifier, state = world.new_secret(), world.new_secret(48), world.new_secret()
    url, temporary = _departure(connection, state, verifier)
    kept = {"verifier": verifier, "temporary": temporary}
    data = {
        "workspace_id": caller.workspace_id,
        "connection_id": known.id,
        "version": known.version,
        "actor": f"{caller.kind}:{caller.user_id}",
        "browser": onetime.digest(browser).hex(),
        "return_to": check_return(return_to),
        "sealed": credentials.sealed(caller.workspace_id, known.id, kept).hex(),
    }
    with system() as session:
        onetime.keep(session, Use.CONNECTION, state, data, Use.CONNECTION.lifetime)
    return url, _cookie(browser)


def _departure(
    connection: Credentials, state: str, verifier: str
) -> tuple[str, dict[str, str] | None]:
    chosen = connection.settings
    if connection.kind == "oauth2" and chosen["grant"] == "authorization_code":
        return oauth2.authorization_url(connection, state, verifier), None
    if connection.kind == "oauth1" and chosen.get("authorize_url"):
        try:
            return oauth1.begin(connection, f"{oauth2.callback_url()}?state={quote(state)}")
        except (ConnectionUnauthorizedError, ConnectionUnavailableError) as error:
            raise UnavailableError(str(error)) from error
    raise ConflictError("Nobody needs to agree to this connection.")


def finish(query: dict[str, str], cookie: str | None, origin: Origin) -> str:
    """Stores the tokens of a browser's answer, and says where the browser goes on.

    Raises:
        GoneError: nobody was sent away with this state, or it took too long, or it came twice.
        ForbiddenError: another browser, or the person or the server refused.
    """
    with system() as session:
        sent = onetime.use_up(session, Use.CONNECTION, query.get("state", "")).data
    if not hmac.compare_digest(bytes.fromhex(sent["browser"]), onetime.digest(cookie or "")):
        raise ForbiddenError("This began in another browser. Begin again.")
    workspace_id, connection_id = sent["workspace_id"], sent["connection_id"]
    with tenant(workspace_id) as session:
        connection = credentials.find_by_id(session, connection_id)
    if connection.version != sent["version"]:
        raise ForbiddenError("The connection has been changed meanwhile. Begin again.")
    stored = bytes.fromhex(sent["sealed"])
    tokens = _redeemed(connection, query, credentials.unsealed(workspace_id, connection_id, stored))
    with tenant(workspace_id) as session:
        sealed = credentials.sealed(workspace_id, connection_id, tokens)
        session.run(_sql.put_tokens, id=connection_id, tokens=sealed)
        target = f"connection:{connection_id}"
        audit.record_as(
            session, workspace_id, sent["actor"], origin, "connection.authorized", target
        )
    return f"{settings().base_url}{sent['return_to']}#connection={quote(connection.name)}"


def _redeemed(
    connection: Credentials, query: dict[str, str], kept: dict[str, Any]
) -> dict[str, Any]:
    try:
        if connection.kind == "oauth1" and "oauth_verifier" in query:
            if query.get("oauth_token") != kept["temporary"]["token"]:
                raise ForbiddenError("The answer is for another request. Begin again.")
            return oauth1.redeem(connection, kept["temporary"], query["oauth_verifier"])
        if connection.kind == "oauth2" and "code" in query:
            return oauth2.redeem(connection, query["code"], kept["verifier"])
    except ConnectionUnauthorizedError as error:
        raise ForbiddenError(str(error)) from error
    except ConnectionUnavailableError as error:
        raise UnavailableError(str(error)) from error
    said = query.get("error") or query.get("denied") or "no code"
    raise ForbiddenError(f"The authorization server says: {said[:200]}.")


def _cookie(value: str) -> str:
    base = urlsplit(settings().base_url)
    secure = "; Secure" if base.scheme == "https" else ""
    age = int(Use.CONNECTION.lifetime.total_seconds())
    path = f"{base.path}/v1/oauth/callback"
    return f"{COOKIE}={value}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
