"""Leaving: taking one's data along, deactivating an account, deleting it."""

from __future__ import annotations

from statewright import world
from statewright.auth import audit, events, sessions
from statewright.auth.models import AccountExport, Confirmation
from statewright.auth.reauthentication import confirm_password
from statewright.db import Session as Transaction
from statewright.db import load_queries, system
from statewright.errors import ConflictError
from statewright.http.caller import Caller

_sql = load_queries(__package__, "accounts.sql")


def export(caller: Caller, confirmation: Confirmation) -> AccountExport:
    """Everything that the service holds about the caller, in all workspaces."""
    confirm_password(caller, confirmation.password)
    with system() as session:
        row = session.one(_sql.export_account, user_id=caller.user_id)
        audit.record(session, caller, "account.exported", f"user:{caller.user_id}")
    return AccountExport.model_validate(row)


def deactivate(caller: Caller, confirmation: Confirmation) -> None:
    """Closes the caller's account until its owner resets the password.

    Raises:
        ConflictError: a workspace would be without an owner.
    """
    user = confirm_password(caller, confirmation.password)
    with system() as session:
        _refuse_orphans(session, caller)
        session.run(_sql.deactivate_user, user_id=caller.user_id, now=world.now())
        sessions.end_sessions(session, caller.user_id, "account deactivated")
        audit.record(session, caller, "account.deactivated", f"user:{caller.user_id}")
    events.publish("notice", email=user["email"], what="deactivated")


def delete(caller: Caller, confirmation: Confirmation) -> None:
    """Deletes the caller's account, and the workspaces that nobody else is in.

    What it did in others' workspaces (decisions, the audit log) stays there, by its id.

    Raises:
        ConflictError: a workspace with other people would be without an owner.
    """
    confirm_password(caller, confirmation.password)
    with system() as session:
        for alone in _refuse_orphans(session, caller):
            session.run(_sql.delete_workspace, id=alone)
        rows = session.all(_sql.list_memberships_of, user_id=caller.user_id)
        for row in rows:
            audit.record_as(
                session,
                row["workspace_id"],
                f"user:{caller.user_id}",
                caller.origin,
                "account.deleted",
                f"user:{caller.user_id}",
            )
        session.run(_sql.forget_in_tasks, user_id=caller.user_id)
        session.run(_sql.forget_in_deliveries, user_id=caller.user_id)
        session.run(_sql.delete_user, user_id=caller.user_id)


def _refuse_orphans(session: Transaction, caller: Caller) -> list[str]:
    """The workspaces in which the caller is the only owner, and alone."""
    owned = session.all(_sql.list_only_owner, user_id=caller.user_id)
    orphans = [row["name"] for row in owned if row["others"]]
    if orphans:
        names = ", ".join(f"'{name}'" for name in orphans)
        raise ConflictError(f"You are the only owner of {names}. Make somebody else one first.")
    return [row["id"] for row in owned]
