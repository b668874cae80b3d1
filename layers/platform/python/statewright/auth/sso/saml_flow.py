"""The way of a browser through SAML: to the provider, back with a response, and out again."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import datetime
from typing import Any

from statewright import world
from statewright.auth import audit, onetime, sessions
from statewright.auth.links import Use
from statewright.auth.onetime import digest
from statewright.auth.sso import flow, saml
from statewright.auth.sso.assertion import ProviderRow, SignInRefusedError
from statewright.auth.sso.models import SignOut
from statewright.db import Session as Transaction
from statewright.db import load_queries, system
from statewright.errors import NotFoundError
from statewright.http.caller import Caller, Origin

_sql = load_queries(__package__, "providers.sql")
_session_sql = load_queries("statewright.auth", "sessions.sql")


def find(provider_id: str) -> ProviderRow:
    """A SAML provider that people may sign in through."""
    provider = flow.find(provider_id)
    if provider.kind != "saml":
        raise NotFoundError("There is no such SAML provider.")
    return provider


def depart(provider: ProviderRow, return_to: str) -> flow.Departure:
    """Sends a browser to a SAML provider with a signed request."""
    browser, use = world.new_secret(), Use.SIGN_IN_STATE
    relay_state = world.new_secret()
    url, request_id = saml.request_url(provider, relay_state)
    data = {
        "provider_id": provider.id,
        "browser": digest(browser).hex(),
        "request_id": request_id,
        "return_to": flow.check_return(return_to),
    }
    with system() as session:
        onetime.keep(session, use, relay_state, data, use.lifetime)
    return flow.Departure(url, flow.cookie(browser, use.lifetime))


def arrive(
    provider: ProviderRow, response: str, relay_state: str, cookie: str | None, origin: Origin
) -> str:
    """Where a browser goes that brings a SAML response: into the console.

    Raises:
        SignInRefusedError: it does not hold, came before, or answers nobody's request where the
            provider may not begin.
    """
    request_id, return_to = _request(provider, relay_state, cookie)
    said = saml.read(provider, response, request_id)
    assert said.once is not None  # every SAML assertion says what it is called and when it ends
    with system() as session:
        _use_once(session, provider, *said.once)
    return flow.admit(provider, replace(said, once=None), origin, return_to)


def _request(provider: ProviderRow, relay_state: str, cookie: str | None) -> tuple[str | None, str]:
    """The request that is answered, and where the browser wanted to go."""
    with system() as session:
        sent = onetime.look_for(session, Use.SIGN_IN_STATE, relay_state)
        if sent is not None:
            onetime.use_up(session, Use.SIGN_IN_STATE, relay_state)
    if sent is not None and sent.data["provider_id"] == provider.id:
        expected = bytes.fromhex(sent.data["browser"])
        if hmac.compare_digest(expected, digest(cookie or "")):
            return sent.data["request_id"], sent.data["return_to"]
        raise SignInRefusedError("This sign-in began in another browser. Begin again.")
    if not provider.settings["saml"].get("idp_initiated"):
        raise SignInRefusedError("Nobody asked for this SAML response. Begin at the sign-in page.")
    return None, "/"


def _use_once(
    session: Transaction, provider: ProviderRow, assertion_id: str, ends_at: datetime
) -> None:
    fresh = session.run(
        _sql.use_assertion, provider_id=provider.id, assertion_id=assertion_id, ends_at=ends_at
    )
    if not fresh:
        raise SignInRefusedError("This SAML assertion was used before.")


def sign_out(caller: Caller) -> SignOut:
    """Ends the caller's session, and says where to end it at the SAML provider too."""
    with system() as session:
        row = session.one(_sql.find_provider_session, id=caller.session_id or None)
    sessions.end(caller, "current")
    if row is None or row["provider_session"] is None:
        return SignOut(url=None)
    provider = flow.find(row["provider_id"])
    return SignOut(url=saml.logout_url(provider, row["provider_session"]))


def arrive_logout(provider: ProviderRow, query: dict[str, str], origin: Origin) -> str:
    """Ends the sessions that a provider says are over; where the browser goes next.

    Raises:
        SignInRefusedError: the message does not hold.
    """
    asked, url = saml.read_logout(provider, query)
    if asked is not None:
        _end(provider, asked, origin)
    return url


def _end(provider: ProviderRow, asked: dict[str, Any], origin: Origin) -> None:
    with system() as session:
        for index in asked["session_indexes"]:
            session.run(
                _sql.end_named_sessions,
                provider_id=provider.id,
                name_id=asked["name_id"],
                session_index=index,
                now=world.now(),
            )
        audit.record_as(
            session,
            provider.workspace_id,
            f"identity_provider:{provider.id}",
            origin,
            "session.ended_by_provider",
            f"identity_provider:{provider.id}",
            name_id=asked["name_id"],
        )
