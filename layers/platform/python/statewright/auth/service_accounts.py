"""Service accounts: programs with roles of their own, whoever comes and goes."""

from __future__ import annotations

from statewright import world
from statewright.auth import audit
from statewright.auth.access_models import NewServiceAccount, ServiceAccount
from statewright.auth.authority import may_give
from statewright.db import load_queries, tenant
from statewright.errors import NotFoundError
from statewright.http.caller import Caller
from statewright.ids import parse_id

_sql = load_queries(__package__, "accounts.sql")


def create(caller: Caller, new: NewServiceAccount) -> ServiceAccount:
    """Makes a service account.

    Raises:
        ForbiddenError: its role allows more than the caller may.
        ConflictError: there is one of that name.
    """
    made = ServiceAccount(id=world.new_id(), name=new.name, role=new.role, created_at=world.now())
    with tenant(caller.workspace_id) as session:
        may_give(session, caller, new.role)
        session.run(
            _sql.insert_service_account,
            id=made.id,
            workspace_id=caller.workspace_id,
            name=new.name,
            role=new.role,
            now=made.created_at,
        )
        audit.record(
            session,
            caller,
            "service_account.created",
            f"service_account:{made.id}",
            name=new.name,
            role=new.role,
        )
    return made


def list_all(workspace_id: str) -> list[ServiceAccount]:
    """The workspace's service accounts."""
    with tenant(workspace_id) as session:
        rows = session.all(_sql.list_service_accounts, id=None)
    return [ServiceAccount.model_validate(row) for row in rows]


def delete(caller: Caller, account_id: str) -> None:
    """Removes a service account; its keys stop working."""
    chosen = parse_id(account_id, "service account")
    with tenant(caller.workspace_id) as session:
        row = session.one(_sql.list_service_accounts, id=chosen)
        if row is None:
            raise NotFoundError("There is no such service account.")
        may_give(session, caller, row["role"])
        session.run(_sql.delete_service_account, id=chosen)
        audit.record(
            session,
            caller,
            "service_account.deleted",
            f"service_account:{chosen}",
            name=row["name"],
        )
