"""From a provider's assertion to a member of the workspace.

1. A subject that came before is who it was then.
2. Else its e-mail address must be verified (or the provider trusted for its domains), lie in the
   provider's domains, and belong to a member, to somebody who is invited, or, where the provider
   provisions, to anybody.
3. An account with a password whose own address was never verified is not linked: whoever chose
   that password may not be the address's owner.

A session that begins this way is confined to this workspace (``Caller.confined_to``): a workspace
decides whom it believes, and only for itself.
"""

from __future__ import annotations

from typing import Any

from statewright import world
from statewright.auth import audit
from statewright.auth.roles import ROLES
from statewright.auth.sessions import Entry
from statewright.auth.sso.assertion import Assertion, ProviderRow, SignInRefusedError
from statewright.auth.sso.models import Rules
from statewright.db import Session, load_queries
from statewright.http.caller import Origin

_sql = load_queries(__package__, "providers.sql")
_accounts = load_queries("statewright.auth", "accounts.sql")


def enter(session: Session, provider: ProviderRow, said: Assertion, origin: Origin) -> Entry:
    """Who comes in, with the provider's word for it.

    Raises:
        SignInRefusedError: with the reason in words.
    """
    known = session.one(_sql.find_identity, provider_id=provider.id, subject=said.subject)
    if known is None:
        known = _link(session, provider, said, origin)
    if not known["active"]:
        raise SignInRefusedError("Your account in this workspace is not active.")
    role = _follow_role(session, provider, said, known, origin)
    _note(session, provider, said, known["user_id"])
    method = "saml" if provider.kind == "saml" else "oidc"
    return Entry(known["user_id"], provider.workspace_id, role, method, said.second_factor)


def _link(
    session: Session, provider: ProviderRow, said: Assertion, origin: Origin
) -> dict[str, Any]:
    """Who a subject is that comes for the first time, as a member of the workspace."""
    _check_email(provider.rules, said)
    user = session.one(_accounts.find_user_by_email, email=said.email)
    if user is not None and user["email_verified_at"] is None and user["password_hash"]:
        raise SignInRefusedError(
            "There is an account with your address that never verified it. Reset its password by "
            "mail first; then sign in here."
        )
    member = user and session.one(
        _sql.find_membership_state, workspace_id=provider.workspace_id, user_id=user["user_id"]
    )
    if user is not None and member is not None:
        linked = {"user_id": user["user_id"], **member}
    else:
        linked = _admit(session, provider, said, user)
    audit.record_as(
        session,
        provider.workspace_id,
        f"user:{linked['user_id']}",
        origin,
        "identity.linked",
        f"identity_provider:{provider.id}",
        email=said.email,
        joined=member is None,
    )
    return linked


def _check_email(rules: Rules, said: Assertion) -> None:
    domain = said.email.rpartition("@")[2]
    if rules.domains and domain not in rules.domains:
        raise SignInRefusedError("Your e-mail address is not of a domain that may sign in here.")
    if not said.email or not (said.email_verified or rules.trusts_email):
        raise SignInRefusedError("Your identity provider does not vouch for your e-mail address.")


def _admit(
    session: Session, provider: ProviderRow, said: Assertion, user: dict[str, Any] | None
) -> dict[str, Any]:
    """Makes somebody a member: by an invitation that waits, or because the provider provisions."""
    now, workspace_id = world.now(), provider.workspace_id
    invitation = session.one(
        _sql.find_open_invitation, workspace_id=workspace_id, email=said.email, now=now
    )
    if invitation is None and not provider.rules.provision:
        raise SignInRefusedError("You are not a member of this workspace. Ask for an invitation.")
    role = invitation["role"] if invitation else provider.rules.default_role
    user_id = user["user_id"] if user else _create(session, said)
    session.run(
        _accounts.insert_membership,
        workspace_id=workspace_id,
        user_id=user_id,
        role=role,
        now=now,
    )
    if invitation is not None:
        session.run(_accounts.delete_invitation, id=invitation["id"])
    return {"user_id": user_id, "role": role, "active": True}


def _create(session: Session, said: Assertion) -> str:
    """A new account without a password. Its address stays unverified: what one workspace's
    provider says is not known to be so."""
    user_id = world.new_id()
    session.run(
        _accounts.insert_user,
        id=user_id,
        email=said.email,
        name=(said.name or said.email)[:100],
        password_hash=None,
        email_verified_at=None,
        now=world.now(),
    )
    return user_id


def _follow_role(
    session: Session,
    provider: ProviderRow,
    said: Assertion,
    known: dict[str, Any],
    origin: Origin,
) -> str:
    """The role that the provider says, where it is to say it; owners stay owners."""
    rules = provider.rules
    if rules.role_claim is None or known["role"] == "owner":
        return str(known["role"])
    role = mapped_role(rules, said.claims)
    if role not in ROLES and not session.all(
        _sql.role_exists, workspace_id=provider.workspace_id, role=role
    ):
        return str(known["role"])  # the role is gone; the settings are to be put right
    changed = session.run(
        _sql.set_role, workspace_id=provider.workspace_id, user_id=known["user_id"], role=role
    )
    if changed:
        user, actor = f"user:{known['user_id']}", f"identity_provider:{provider.id}"
        audit.record_as(
            session, provider.workspace_id, actor, origin, "member.changed", user, role=role
        )
    return role


def mapped_role(rules: Rules, claims: dict[str, Any]) -> str:
    """The first mapping that a value of the claim fits, else the default role."""
    value = claims.get(rules.role_claim or "")
    values = {str(item) for item in (value if isinstance(value, list) else [value])}
    for text, role in rules.role_mapping.items():
        if text in values:
            return role
    return rules.default_role


def _note(session: Session, provider: ProviderRow, said: Assertion, user_id: str) -> None:
    session.run(
        _sql.put_identity,
        provider_id=provider.id,
        subject=said.subject,
        workspace_id=provider.workspace_id,
        user_id=user_id,
        email=said.email,
        now=world.now(),
    )
