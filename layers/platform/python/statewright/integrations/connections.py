"""Connections as people manage them: made, shared, rotated, deleted; their secrets never come back.

Who may see one is who has the permission, unless it is ``restricted``: then its maker, owners and
admins, and whom a grant on it names (docs/decisions/0029).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cryptography import x509
from psycopg.types.json import Jsonb

from statewright import world
from statewright.auth import audit
from statewright.db import Session, load_queries, tenant
from statewright.errors import ConflictError, InvalidError, Issue, NotFoundError
from statewright.http.caller import Caller
from statewright.ids import is_id, parse_id
from statewright.integrations import credentials, external_secrets
from statewright.integrations.connection_kinds import AnyKind, ClientCertificate, parted
from statewright.integrations.connection_models import (
    Connection,
    ConnectionChange,
    NewConnection,
    NewCredentials,
    Use,
)

_sql = load_queries(__package__, "connections.sql")


def list_all(caller: Caller) -> list[Connection]:
    """The connections that the caller may see."""
    with tenant(caller.workspace_id) as session:
        return [_shown(row) for row in session.all(_sql.list_connections, id=None, **_who(caller))]


def get(caller: Caller, connection_id: str) -> Connection:
    """One connection."""
    with tenant(caller.workspace_id) as session:
        return found(session, caller, connection_id)


def create(caller: Caller, new: NewConnection) -> Connection:
    """Makes a connection.

    Raises:
        ConflictError: there is one of that name.
        InvalidError: a reference leads out of the workspace, or a certificate cannot be read.
    """
    connection_id = world.new_id()
    shown, secret = parted(new.auth)
    external_secrets.check(caller.workspace_id, secret)
    sealed = credentials.sealed(caller.workspace_id, connection_id, secret)
    with tenant(caller.workspace_id) as session:
        session.run(
            _sql.insert_connection,
            id=connection_id,
            workspace_id=caller.workspace_id,
            name=new.name,
            title=new.title or new.name,
            kind=new.auth.kind,
            settings=Jsonb(_settings(shown, secret)),
            sealed=sealed,
            restricted=new.restricted,
            expires_at=new.expires_at or _end_of(new.auth),
            created_by=caller.user_id if is_id(caller.user_id) else None,
            now=world.now(),
        )
        audit.record(session, caller, "connection.created", _target(connection_id), name=new.name)
        return found(session, caller, connection_id)


def change(caller: Caller, connection_id: str, wanted: ConnectionChange) -> Connection:
    """Changes title, sharing or expiry."""
    with tenant(caller.workspace_id) as session:
        before = found(session, caller, connection_id)
        session.run(
            _sql.update_connection,
            id=before.id,
            title=wanted.title,
            restricted=wanted.restricted,
            set_expiry="expires_at" in wanted.model_fields_set,
            expires_at=wanted.expires_at,
            now=world.now(),
        )
        audit.record(
            session,
            caller,
            "connection.changed",
            _target(before.id),
            **wanted.model_dump(exclude_unset=True),
        )
        return found(session, caller, before.id)


def rotate(caller: Caller, connection_id: str, wanted: NewCredentials) -> Connection:
    """Replaces settings and secrets together, sealed with a new data key.

    Together, so that nobody who does not know a secret can send it somewhere else.

    Raises:
        InvalidError: the kind is another one.
    """
    with tenant(caller.workspace_id) as session:
        before = found(session, caller, connection_id)
        if wanted.auth.kind != before.kind:
            issue = Issue("/auth/kind", f"the connection is of the kind {before.kind}")
            raise InvalidError("A connection's kind stays.", (issue,))
        shown, secret = parted(wanted.auth)
        external_secrets.check(caller.workspace_id, secret)
        session.run(
            _sql.replace_credentials,
            id=before.id,
            kind=before.kind,
            settings=Jsonb(_settings(shown, secret)),
            sealed=credentials.sealed(caller.workspace_id, before.id, secret),
            expires_at=wanted.expires_at or _end_of(wanted.auth),
            now=world.now(),
        )
        audit.record(session, caller, "connection.rotated", _target(before.id), name=before.name)
        return found(session, caller, before.id)


def delete(caller: Caller, connection_id: str) -> None:
    """Forgets a connection that no published workflow uses.

    Raises:
        ConflictError: with the names of those that do.
    """
    with tenant(caller.workspace_id) as session:
        connection = found(session, caller, connection_id)
        used = [use.workflow for use in _uses(session, connection.name) if use.published]
        if used:
            raise ConflictError(f"Published workflows use it: {', '.join(used[:10])}.")
        session.run(_sql.delete_connection, id=connection.id)
        audit.record(
            session, caller, "connection.deleted", _target(connection.id), name=connection.name
        )


def uses(caller: Caller, connection_id: str) -> list[Use]:
    """The workflows that use a connection."""
    with tenant(caller.workspace_id) as session:
        return _uses(session, found(session, caller, connection_id).name)


def usable(session: Session, principal: str) -> frozenset[str]:
    """The names of the connections that somebody may put into a workflow."""
    known = principal if is_id(principal) else None
    return frozenset(row["name"] for row in session.all(_sql.list_usable, principal=known))


def found(session: Session, caller: Caller, connection_id: str) -> Connection:
    """A connection that the caller may see.

    Raises:
        NotFoundError: there is none.
    """
    parsed = parse_id(connection_id, "connection")
    row = session.one(_sql.list_connections, id=parsed, **_who(caller))
    if row is None:
        raise NotFoundError("There is no such connection.")
    return _shown(row)


def _uses(session: Session, name: str) -> list[Use]:
    rows = session.all(_sql.list_uses, named=Jsonb({"name": name}))
    return [Use.model_validate(row) for row in rows]


def _who(caller: Caller) -> dict[str, Any]:
    principal = caller.user_id if is_id(caller.user_id) else None
    return {"principal": principal, "administers": "access:write" in caller.permissions}


def _settings(shown: dict[str, Any], secret: dict[str, Any]) -> dict[str, Any]:
    """What may be shown; of the secrets only which are given, and where those are kept that are
    kept elsewhere."""
    references = {
        name: value for name, value in secret.items() if isinstance(value, dict) and "id" in value
    }
    return {**shown, "_references": references} if references else shown


def _shown(row: dict[str, Any]) -> Connection:
    settings = dict(row["settings"])
    references = settings.pop("_references", {})
    return Connection.model_validate({**row, "settings": settings, "references": references})


def _end_of(auth: AnyKind) -> datetime | None:
    """When a certificate ends."""
    if not isinstance(auth, ClientCertificate):
        return None
    try:
        certificate = x509.load_pem_x509_certificate(auth.certificate.encode())
    except ValueError:
        issue = Issue("/auth/certificate", "is not a certificate as PEM")
        raise InvalidError("The certificate cannot be read.", (issue,)) from None
    return certificate.not_valid_after_utc


def _target(connection_id: str) -> str:
    return f"connection:{connection_id}"
