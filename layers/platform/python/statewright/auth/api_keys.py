"""API keys: for programs of a person, or of a service account. The service keeps digests only."""

from __future__ import annotations

from datetime import timedelta

from statewright import world
from statewright.auth import audit
from statewright.auth.access_models import ApiKey, ApiKeyInfo, NewApiKey
from statewright.auth.authority import known_permissions, may_give
from statewright.auth.identify import KEY_PREFIX
from statewright.auth.onetime import digest
from statewright.db import Session, load_queries, tenant
from statewright.errors import ForbiddenError, InvalidError, Issue, NotFoundError
from statewright.http.caller import Caller
from statewright.ids import is_id, parse_id

_HINT = 8
_sql = load_queries(__package__, "accounts.sql")


def create(caller: Caller, new: NewApiKey) -> ApiKey:
    """Creates a key for the caller, or for a service account.

    A key never allows more than its owner may at the time of its use, whatever its role says.

    Raises:
        ForbiddenError: the key would be allowed more than its creator.
        InvalidError: a permission, role or service account is not known.
    """
    permissions = None if new.permissions is None else sorted(known_permissions(new.permissions))
    key, now = KEY_PREFIX + world.new_secret(), world.now()
    days = new.expires_in_days
    info = ApiKeyInfo(
        id=world.new_id(),
        name=new.name,
        hint=key[:_HINT],
        role=new.role,
        permissions=permissions,
        user_id=None if new.service_account_id else caller.user_id,
        service_account_id=new.service_account_id,
        created_at=now,
        expires_at=None if days is None else now + timedelta(days=days),
        last_used_at=None,
    )
    with tenant(caller.workspace_id) as session:
        _check(session, caller, new)
        _insert(session, caller, info, digest(key))
    return ApiKey(key=key, **info.model_dump())


def issue(session: Session, caller: Caller, name: str, role: str, account_id: str) -> str:
    """A key for a service account, within a transaction that has checked who may have it."""
    key = KEY_PREFIX + world.new_secret()
    info = ApiKeyInfo(
        id=world.new_id(),
        name=name,
        hint=key[:_HINT],
        role=role,
        permissions=None,
        user_id=None,
        service_account_id=account_id,
        created_at=world.now(),
        expires_at=None,
        last_used_at=None,
    )
    _insert(session, caller, info, digest(key))
    return key


def _check(session: Session, caller: Caller, new: NewApiKey) -> None:
    may_give(session, caller, new.role)
    if new.service_account_id is None:
        if caller.kind != "user":
            raise ForbiddenError("A service account makes no keys for itself.")
        return
    if "service-accounts:write" not in caller.permissions:
        raise ForbiddenError("You cannot create keys for service accounts.")
    known = is_id(new.service_account_id) and session.one(
        _sql.list_service_accounts, id=new.service_account_id
    )
    if not known:
        issue = Issue("/service_account_id", "is not known")
        raise InvalidError("There is no such service account.", (issue,))
    may_give(session, caller, known["role"], "/service_account_id")


def _insert(session: Session, caller: Caller, info: ApiKeyInfo, key_digest: bytes) -> None:
    session.run(
        _sql.insert_api_key,
        id=info.id,
        workspace_id=caller.workspace_id,
        name=info.name,
        digest=key_digest,
        hint=info.hint,
        role=info.role,
        permissions=info.permissions,
        created_by=info.user_id,
        service_account_id=info.service_account_id,
        expires_at=info.expires_at,
        now=info.created_at,
    )
    audit.record(
        session,
        caller,
        "api_key.created",
        f"api_key:{info.id}",
        name=info.name,
        role=info.role,
        service_account_id=info.service_account_id,
    )


def list_all(caller: Caller) -> list[ApiKeyInfo]:
    """The caller's keys; every key, for those who look after service accounts."""
    everybody = "service-accounts:read" in caller.permissions
    with tenant(caller.workspace_id) as session:
        rows = session.all(_sql.list_api_keys, user_id=None if everybody else caller.user_id)
    return [ApiKeyInfo.model_validate(row) for row in rows]


def revoke(caller: Caller, key_id: str) -> None:
    """Revokes one of the caller's keys; any key, for those who look after service accounts."""
    chosen = parse_id(key_id, "API key")
    anybodys = "service-accounts:write" in caller.permissions
    with tenant(caller.workspace_id) as session:
        owner = None if anybodys else caller.user_id
        row = session.one(_sql.delete_api_key, id=chosen, user_id=owner)
        if row is None:
            raise NotFoundError("There is no such API key.")
        audit.record(session, caller, "api_key.revoked", f"api_key:{chosen}", name=row["name"])
