"""The way of a browser through a sign-in: away to the provider, back, and in.

What binds the answer to the request (state, nonce, PKCE verifier) is kept under a one-time secret
that is the state itself, together with the digest of a cookie: the answer counts only in the
browser that asked. The way back into the console carries a code behind ``#`` that works once, for
a minute; tokens never stand in an address.
"""

from __future__ import annotations

import hmac
from dataclasses import asdict, dataclass
from datetime import timedelta
from urllib.parse import quote, urlsplit

from psycopg.types.json import Jsonb

from statewright import world
from statewright.auth import audit, onetime, sessions
from statewright.auth.links import Use
from statewright.auth.models import Session
from statewright.auth.onetime import digest
from statewright.auth.sessions import Entry
from statewright.auth.sso import linking, oauth
from statewright.auth.sso.assertion import Assertion, ProviderRow, SignInRefusedError
from statewright.auth.sso.oauth import Secrets
from statewright.db import Session as Transaction
from statewright.db import load_queries, system
from statewright.errors import InvalidError, Issue, NotFoundError
from statewright.http.caller import Origin
from statewright.ids import parse_id
from statewright.settings import settings

_COOKIE = "statewright_sign_in"
_sql = load_queries(__package__, "providers.sql")


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a browser goes, and the cookie that will know it again."""

    url: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider's redirect brought back."""

    state: str
    code: str | None
    error: str | None
    cookie: str | None


def find(provider_id: str) -> ProviderRow:
    """A provider that people may sign in through.

    Raises:
        NotFoundError: there is none of that id, or it is off.
    """
    with system() as session:
        row = session.one(_sql.find_provider, id=parse_id(provider_id, "identity provider"))
    if row is None:
        raise NotFoundError("There is no such identity provider.")
    return ProviderRow(**row)


def check_return(return_to: str) -> str:
    """A place of ours to go back to: a path, never another site."""
    if not return_to.startswith("/") or return_to.startswith(("//", "/\\")) or "#" in return_to:
        issue = Issue("/query/return_to", "is not a path of this site")
        raise InvalidError("The way back must be a path of this site.", (issue,))
    return return_to


def depart(provider: ProviderRow, return_to: str) -> Departure:
    """Sends a browser to an OAuth provider."""
    browser, nonce, verifier = world.new_secret(), world.new_secret(), world.new_secret(48)
    data = {
        "provider_id": provider.id,
        "browser": digest(browser).hex(),
        "nonce": nonce,
        "verifier": verifier,
        "return_to": check_return(return_to),
    }
    use = Use.SIGN_IN_STATE
    with system() as session:
        state = onetime.issue(session, use, None, data, use.lifetime)
    url = oauth.authorization_url(provider, Secrets(state, nonce, verifier))
    return Departure(url, cookie(browser, use.lifetime))


def _over_tls() -> bool:
    return urlsplit(settings().base_url).scheme == "https"


def cookie_name() -> str:
    """Over TLS a name that browsers take from this very host only, and only when it is Secure."""
    return f"__Host-{_COOKIE}" if _over_tls() else _COOKIE


def cookie(value: str, lifetime: timedelta) -> str:
    """The cookie that knows a browser again when it comes back from another site.

    A SAML response comes as a form that the provider's page posts: browsers bring along only what
    is ``SameSite=None``, and that only over TLS.
    """
    same_site = "None; Secure" if _over_tls() else "Lax"
    seconds = int(lifetime.total_seconds())
    attributes = f"Path=/; Max-Age={seconds}; HttpOnly; SameSite={same_site}"
    return f"{cookie_name()}={value}; {attributes}"


def arrive(answer: Answer, origin: Origin) -> str:
    """Where a browser goes that comes back from an OAuth provider: into the console.

    Raises:
        GoneError: nobody was sent away with this state, or it took too long, or it came twice.
        SignInRefusedError: another browser, or the provider's answer does not open the workspace.
    """
    with system() as session:
        sent = onetime.use_up(session, Use.SIGN_IN_STATE, answer.state).data
    expected = bytes.fromhex(sent["browser"])
    if not hmac.compare_digest(expected, digest(answer.cookie or "")):
        raise SignInRefusedError("This sign-in began in another browser. Begin again.")
    provider = find(sent["provider_id"])
    if answer.code is None:
        raise SignInRefusedError(f"{provider.name} says: {(answer.error or 'no code')[:200]}.")
    secrets = Secrets(answer.state, sent["nonce"], sent["verifier"])
    said = oauth.redeem(provider, answer.code, secrets)
    return admit(provider, said, origin, sent["return_to"])


def admit(provider: ProviderRow, said: Assertion, origin: Origin, return_to: str) -> str:
    """Lets in whom a provider vouches for: says where the browser goes, with its code.

    Raises:
        SignInRefusedError: with the reason in words; the refusal is in the audit log.
    """
    try:
        with system() as session:
            entry = linking.enter(session, provider, said, origin)
            code = _exchange_code(session, provider, said, entry)
    except SignInRefusedError as error:
        with system() as session:
            audit.record_as(
                session,
                provider.workspace_id,
                "anonymous:",
                origin,
                "session.refused",
                f"identity_provider:{provider.id}",
                email=said.email,
                reason=error.detail,
            )
        raise
    return f"{settings().base_url}{return_to}#code={quote(code)}"


def _exchange_code(
    session: Transaction, provider: ProviderRow, said: Assertion, entry: Entry
) -> str:
    use = Use.SIGN_IN_CODE
    data = {
        "entry": asdict(entry),
        "provider_id": provider.id,
        "provider_session": said.provider_session,
    }
    return onetime.issue(session, use, entry.user_id, data, use.lifetime)


def exchange(code: str, origin: Origin) -> Session:
    """Begins the session that a code stands for.

    Raises:
        GoneError: it was used, or its minute is over.
    """
    with system() as session:
        data = onetime.use_up(session, Use.SIGN_IN_CODE, code).data
        begun = sessions.begin(session, Entry(**data["entry"]), origin)
        session.run(
            _sql.note_provider,
            id=begun.session_id,
            provider_id=data["provider_id"],
            provider_session=Jsonb(data["provider_session"]),
        )
    return sessions.opened(begun)
