"""Grants: a role for a user, a group or a service account, on the workspace or a part of it."""

from __future__ import annotations

from statewright import world
from statewright.auth import audit
from statewright.auth.access_models import Grant, NewGrant
from statewright.auth.authority import may_give
from statewright.db import Session, load_queries, tenant
from statewright.errors import InvalidError, Issue, NotFoundError
from statewright.http.caller import Caller
from statewright.ids import parse_id

_sql = load_queries(__package__, "access.sql")


def list_all(workspace_id: str) -> list[Grant]:
    """Every grant of the workspace."""
    with tenant(workspace_id) as session:
        return [Grant.model_validate(row) for row in session.all(_sql.list_grants, id=None)]


def create(caller: Caller, new: NewGrant) -> Grant:
    """Grants a role.

    Raises:
        InvalidError: not exactly one grantee, or one, or a scope, that the workspace does not have.
        ForbiddenError: the role allows more than the caller may.
        ConflictError: it was granted before.
    """
    grantee = _grantee(new)
    scope_id = None if new.scope_id is None else parse_id(new.scope_id, new.scope_kind)
    grant_id = world.new_id()
    with tenant(caller.workspace_id) as session:
        may_give(session, caller, new.role)
        _check_grantee(session, grantee)
        _check_scope(session, new.scope_kind, scope_id)
        session.run(
            _sql.insert_grant,
            id=grant_id,
            workspace_id=caller.workspace_id,
            role=new.role,
            scope_kind=new.scope_kind,
            scope_id=scope_id,
            now=world.now(),
            **grantee,
        )
        grant = Grant.model_validate(session.one(_sql.list_grants, id=grant_id))
        audit.record(session, caller, "grant.created", f"grant:{grant_id}", **grant.model_dump())
    return grant


def _grantee(new: NewGrant) -> dict[str, str | None]:
    ids = {
        "user_id": new.user_id,
        "group_id": new.group_id,
        "service_account_id": new.service_account_id,
    }
    if sum(value is not None for value in ids.values()) != 1:
        issue = Issue("/", "needs exactly one of user_id, group_id and service_account_id")
        raise InvalidError("A grant is for one user, group or service account.", (issue,))
    return {key: None if text is None else parse_id(text, "grantee") for key, text in ids.items()}


def _check_grantee(session: Session, grantee: dict[str, str | None]) -> None:
    row = session.one(_sql.find_grantee, **grantee)
    if row is None or not row["known"]:
        pointer = next(f"/{key}" for key, value in grantee.items() if value is not None)
        raise InvalidError(
            "The workspace does not have this grantee.", (Issue(pointer, "is not known"),)
        )


def _check_scope(session: Session, kind: str, scope_id: str | None) -> None:
    if (kind == "workspace") != (scope_id is None):
        issue = Issue("/scope_id", "is for every kind of scope but the workspace")
        raise InvalidError("A grant's scope is its kind and its id.", (issue,))
    if scope_id is None:
        return
    row = session.one(_sql.find_scope, kind=kind, id=scope_id)
    if row is None or not row["known"]:
        raise InvalidError(f"There is no such {kind}.", (Issue("/scope_id", "is not known"),))


def delete(caller: Caller, grant_id: str) -> None:
    """Takes a grant back."""
    grant_id = parse_id(grant_id, "grant")
    with tenant(caller.workspace_id) as session:
        row = session.one(_sql.list_grants, id=grant_id)
        if row is None:
            raise NotFoundError("There is no such grant.")
        may_give(session, caller, row["role"])
        session.run(_sql.delete_grant, id=grant_id)
        audit.record(session, caller, "grant.deleted", f"grant:{grant_id}", role=row["role"])
