"""Users by SCIM: a workspace's members, made, changed and removed by its identity provider.

A user's id is the account's. Whoever a provider names becomes a member in the workspace's chosen
role; an account with a password whose address was never verified is not taken, since whoever chose
that password may not be the address's owner. An account's own name and address follow the provider
only where the account began with it and belongs to no other workspace.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from scim2_models import Context, InvalidValueException, PatchOp

from statewright import world
from statewright.auth import audit, members, sessions
from statewright.auth.models import as_email
from statewright.auth.scim.listing import Listing
from statewright.auth.scim.protocol import POLICY, ScimUser, location
from statewright.db import Session, load_queries, system, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.http.caller import Caller

ENDPOINT = "Users"
_KEPT_ELSEWHERE = {
    "schemas",
    "id",
    "userName",
    "externalId",
    "active",
    "groups",
    "meta",
    "password",
}
_sql = load_queries(__package__)
_accounts = load_queries("statewright.auth", "accounts.sql")


def _read(row: dict[str, Any]) -> ScimUser:
    """A member as a user: all that the provider once sent, and what is so here."""
    fallback = {
        "displayName": row["name"],
        "emails": [{"value": row["email"], "primary": True}],
    }
    content = {
        **(fallback if row["content"] is None else row["content"]),
        "id": row["id"],
        "userName": row["user_name"],
        "externalId": row["external_id"],
        "active": row["active"],
        "groups": row["groups"],
        "meta": meta("User", ENDPOINT, row),
    }
    return ScimUser.model_validate(content, scim_policy=POLICY)


def meta(kind: str, endpoint: str, row: dict[str, Any]) -> dict[str, Any]:
    """What a resource says of itself."""
    return {
        "resourceType": kind,
        "created": row["created_at"],
        "lastModified": row["updated_at"],
        "location": location(endpoint, row["id"]),
    }


LISTING = Listing(ScimUser, "user_name", _sql.find_users, _sql.count_users, _read)


def find(session: Session, user_id: str) -> ScimUser:
    """A member.

    Raises:
        NotFoundError: there is none of that id.
    """
    return _read(_row(session, user_id))


def _row(session: Session, user_id: str) -> dict[str, Any]:
    row = LISTING.one(session, user_id)
    if row is None:
        raise NotFoundError("There is no such user.")
    return row


def create(caller: Caller, body: str) -> str:
    """Makes somebody a member; returns the user's id.

    Raises:
        ConflictError: the workspace has the user, or the address's owner never proved it.
        InvalidValueException: there is no e-mail address.
    """
    wanted = ScimUser.model_validate_json(
        body, scim_ctx=Context.RESOURCE_CREATION_REQUEST, scim_policy=POLICY
    )
    email, now = _address(wanted), world.now()
    if email is None:
        raise InvalidValueException(
            detail="A user needs an e-mail address as userName or in emails."
        )
    with system() as session:
        known = session.one(_sql.find_account, email=email, workspace_id=caller.workspace_id)
        if known is not None and known["member"]:
            raise ConflictError("The workspace has a member with this address.")
        if known is not None and known["unproven"]:
            raise ConflictError("An account with this address has not verified it yet.")
        user_id = known["id"] if known else _new_account(session, wanted, email, now)
        session.run(
            _sql.insert_member,
            workspace_id=caller.workspace_id,
            user_id=user_id,
            active=wanted.active is not False,
            now=now,
        )
        _keep(session, caller, user_id, wanted, made_account=known is None)
        _note(session, caller, "member.provisioned", user_id, wanted)
    return str(user_id)


def _new_account(session: Session, wanted: ScimUser, email: str, now: datetime) -> str:
    """An account without a password: its owner signs in through the provider, or asks for a
    password by mail."""
    user_id = world.new_id()
    session.run(
        _accounts.insert_user,
        id=user_id,
        email=email,
        name=_name(wanted, email),
        password_hash=None,
        email_verified_at=None,
        now=now,
    )
    return user_id


def _keep(
    session: Session, caller: Caller, user_id: str, wanted: ScimUser, *, made_account: bool
) -> None:
    content = wanted.model_dump()
    session.run(
        _sql.put_user,
        workspace_id=caller.workspace_id,
        user_id=user_id,
        user_name=wanted.user_name,
        external_id=wanted.external_id,
        content=Jsonb({key: content[key] for key in content.keys() - _KEPT_ELSEWHERE}),
        made_account=made_account,
        now=world.now(),
    )


def _note(session: Session, caller: Caller, action: str, user_id: str, wanted: ScimUser) -> None:
    target, active = f"user:{user_id}", wanted.active is not False
    audit.record(session, caller, action, target, user_name=wanted.user_name, active=active)


def replace(caller: Caller, user_id: str, body: str) -> None:
    """Replaces what a provider says of a user (PUT)."""
    with tenant(caller.workspace_id) as session:
        present = find(session, user_id)
    wanted = ScimUser.model_validate_json(
        body, scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST, scim_policy=POLICY
    )
    wanted.replace(present)
    _change(caller, user_id, wanted)


def patch(caller: Caller, user_id: str, body: str) -> None:
    """Changes parts of what a provider says of a user (PATCH)."""
    change = PatchOp[ScimUser].model_validate_json(
        body, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY
    )
    with tenant(caller.workspace_id) as session:
        wanted = find(session, user_id)
    change.patch(wanted, scim_policy=POLICY)
    _change(caller, user_id, wanted)


def _change(caller: Caller, user_id: str, wanted: ScimUser) -> None:
    with tenant(caller.workspace_id) as session:
        row = _row(session, user_id)
    email = _address(wanted) or row["email"]
    if row["made_account"]:
        with system() as session:
            session.run(
                _sql.follow_account,
                user_id=user_id,
                workspace_id=caller.workspace_id,
                name=_name(wanted, email),
                email=email,
            )
    with tenant(caller.workspace_id) as session:
        session.run(_accounts.lock_workspace, id=caller.workspace_id)
        _keep(session, caller, user_id, wanted, made_account=row["made_account"])
        _activate(session, caller, user_id, active=wanted.active is not False)
        _note(session, caller, "member.provisioned", user_id, wanted)


def _activate(session: Session, caller: Caller, user_id: str, *, active: bool) -> None:
    """Lets a member in or out; the workspace keeps an owner."""
    member = session.one(_accounts.find_member, user_id=user_id)
    if member is None:
        raise NotFoundError("There is no such user.")
    if not active:
        members.keep_an_owner(session, member)
    session.run(
        _accounts.update_member,
        user_id=user_id,
        role=member["role"],
        active=active,
        now=world.now(),
    )
    if not active:
        _sign_out(session, caller, user_id, "member deactivated")


def delete(caller: Caller, user_id: str) -> None:
    """Removes a member; the account stays.

    Raises:
        ConflictError: the workspace would be without an owner.
    """
    with tenant(caller.workspace_id) as session:
        session.run(_accounts.lock_workspace, id=caller.workspace_id)
        user = find(session, user_id)
        member = session.one(_accounts.find_member, user_id=user_id)
        assert member is not None  # found just now, and members are locked
        members.keep_an_owner(session, member)
        _sign_out(session, caller, user_id, "member removed")
        session.run(_accounts.delete_keys_of, user_id=user_id)
        session.run(_accounts.delete_member, user_id=user_id)
        _note(session, caller, "member.removed", user_id, user)


def _sign_out(session: Session, caller: Caller, user_id: str, reason: str) -> None:
    sessions.end_sessions(session, user_id, reason, workspace_id=caller.workspace_id)


def _address(user: ScimUser) -> str | None:
    """The account's address: the user name where it is one, else the primary or first e-mail."""
    listed = sorted(user.emails or [], key=lambda email: not email.primary)
    texts = (user.user_name, *(email.value for email in listed))
    return next(filter(None, (as_email(text or "") for text in texts)), None)


def _name(user: ScimUser, email: str) -> str:
    name = user.name
    parts = [name.given_name, name.family_name] if name else []
    full = " ".join(part for part in parts if part)
    return (user.display_name or (name.formatted if name else None) or full or email)[:100]
