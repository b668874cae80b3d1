"""Workspaces, sign-in and API keys."""

from __future__ import annotations

import hashlib

from statewright import world
from statewright.auth import tokens
from statewright.auth.models import (
    Account,
    ApiKey,
    Credentials,
    NewApiKey,
    Registration,
    Session,
)
from statewright.auth.passwords import hash_password, verify_password
from statewright.auth.roles import ROLES
from statewright.db import load_queries, lookup, system, tenant
from statewright.errors import ConflictError, ForbiddenError, NotFoundError, UnauthenticatedError

KEY_PREFIX = "sw_"
_sql = load_queries(__package__)


def register(registration: Registration) -> Session:
    """Creates a workspace with its owner, and signs the owner in.

    Raises:
        ConflictError: the e-mail address has an account.
    """
    workspace_id, user_id, now = world.new_id(), world.new_id(), world.now()
    password_hash = hash_password(registration.password)
    with system() as session:
        created = session.run(
            _sql.insert_user,
            id=user_id,
            email=registration.email,
            name=registration.name,
            password_hash=password_hash,
            now=now,
        )
        if not created:
            raise ConflictError("This e-mail address has an account. Sign in instead.")
        session.run(_sql.insert_workspace, id=workspace_id, name=registration.workspace, now=now)
        session.run(
            _sql.insert_membership,
            workspace_id=workspace_id,
            user_id=user_id,
            role="owner",
            now=now,
        )
    return _session(workspace_id, user_id, "owner")


def sign_in(credentials: Credentials) -> Session:
    """Checks a password and begins a session.

    Raises:
        UnauthenticatedError: no such account, or not its password; which of the two is not said.
    """
    with system() as session:
        memberships = session.all(_sql.find_memberships_by_email, email=credentials.email)
    stored = memberships[0]["password_hash"] if memberships else None
    if not verify_password(stored, credentials.password):
        raise UnauthenticatedError("The e-mail address or the password is not right.")
    wanted = credentials.workspace_id
    for membership in memberships:
        if wanted is None or membership["workspace_id"] == wanted:
            return _session(membership["workspace_id"], membership["user_id"], membership["role"])
    raise UnauthenticatedError("This account does not belong to that workspace.")


def _session(workspace_id: str, user_id: str, role: str) -> Session:
    token, expires_at = tokens.issue_session(workspace_id, user_id, role)
    return Session(
        token=token,
        expires_at=expires_at,
        workspace_id=workspace_id,
        user_id=user_id,
        role=role,  # type: ignore[arg-type]
    )


def account(workspace_id: str, user_id: str) -> Account:
    """Who a member is.

    Raises:
        NotFoundError: not a member any more.
    """
    with tenant(workspace_id) as session:
        row = session.one(_sql.find_account, user_id=user_id)
    if row is None:
        raise NotFoundError("This account is not a member of the workspace any more.")
    return Account.model_validate(row)


def create_api_key(workspace_id: str, user_id: str, role: str, new: NewApiKey) -> ApiKey:
    """Creates a key with a role that its creator's role covers.

    Raises:
        ForbiddenError: the key would be allowed more than its creator.
    """
    if not ROLES[new.role] <= ROLES[role]:
        raise ForbiddenError("A key cannot be allowed more than its creator.")
    key_id, key = world.new_id(), KEY_PREFIX + world.new_secret()
    with tenant(workspace_id) as session:
        session.run(
            _sql.insert_api_key,
            id=key_id,
            workspace_id=workspace_id,
            name=new.name,
            digest=_digest(key),
            role=new.role,
            created_by=user_id,
            now=world.now(),
        )
    return ApiKey(id=key_id, name=new.name, role=new.role, key=key)


def identify(bearer: str) -> dict[str, str]:
    """Who sent a bearer token, session or API key: workspace, user and role.

    Raises:
        UnauthenticatedError: the token is not valid.
    """
    if bearer.startswith(KEY_PREFIX):
        found = lookup(_sql.find_api_key, digest=_digest(bearer))
        if found is None:
            raise UnauthenticatedError("The API key is not known.")
        return found
    claims = tokens.read_session(bearer)
    member = lookup(_sql.find_role, workspace_id=claims["workspace"], user_id=claims["sub"])
    if member is None:
        raise UnauthenticatedError("The account is not a member of the workspace any more.")
    return {
        "workspace_id": claims["workspace"],
        "user_id": claims["sub"],
        "role": member["role"],
    }


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
