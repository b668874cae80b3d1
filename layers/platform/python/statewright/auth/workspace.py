"""A workspace's settings, its export and its end."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from statewright.auth import audit
from statewright.auth.access_models import Workspace, WorkspaceChange, WorkspaceDeletion
from statewright.auth.reauthentication import confirm_password
from statewright.db import load_queries, system, tenant
from statewright.errors import InvalidError, Issue, NotFoundError
from statewright.http.caller import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor

EXPORT_PAGE = 500
Section = Literal[
    "workspace",
    "members",
    "workflows",
    "workflow_versions",
    "executions",
    "human_tasks",
    "human_task_people",
    "human_task_events",
    "folders",
    "roles",
    "groups",
    "grants",
    "service_accounts",
    "audit_events",
]
_sql = load_queries(__package__, "accounts.sql")
_export_sql = load_queries(__package__, "export.sql")


class ExportedRow(BaseModel):
    """One row of a section, with the fields that the service keeps."""

    row: dict[str, Any]


def get(workspace_id: str) -> Workspace:
    """The workspace's settings."""
    with tenant(workspace_id) as session:
        row = session.one(_sql.find_workspace, id=workspace_id)
    if row is None:
        raise NotFoundError("This workspace is gone.")
    return Workspace.model_validate(row)


def change(caller: Caller, wanted: WorkspaceChange) -> Workspace:
    """Changes settings. A second factor that is required from now on is asked of everybody at
    their next request; until it is set up they can do nothing else."""
    with tenant(caller.workspace_id) as session:
        session.run(_sql.update_workspace, id=caller.workspace_id, **wanted.model_dump())
        session.run(_sql.shorten_sessions, id=caller.workspace_id)
        audit.record(
            session,
            caller,
            "workspace.changed",
            f"workspace:{caller.workspace_id}",
            **wanted.model_dump(exclude_none=True),
        )
    return get(caller.workspace_id)


def export(caller: Caller, section: Section, cursor: str | None) -> Page[ExportedRow]:
    """A page of one section of everything that is in the workspace, without secrets."""
    after = "" if cursor is None else decode_cursor(cursor, str)[0]
    query = getattr(_export_sql, f"export_{section}")
    with tenant(caller.workspace_id) as session:
        rows = session.all(query, after=after, limit=EXPORT_PAGE + 1)
        if cursor is None:
            audit.record(session, caller, "workspace.exported", section)
    items = [ExportedRow(row=row["row"]) for row in rows[:EXPORT_PAGE]]
    more = len(rows) > EXPORT_PAGE
    return Page(items=items, next=encode_cursor(rows[EXPORT_PAGE - 1]["key"]) if more else None)


def delete(caller: Caller, wanted: WorkspaceDeletion) -> None:
    """Deletes the workspace with all that is in it. Accounts stay.

    Raises:
        InvalidError: the name or the password is not right.
    """
    confirm_password(caller, wanted.password)
    if get(caller.workspace_id).name != wanted.name:
        issue = Issue("/name", "is not the workspace's name")
        raise InvalidError("Type the workspace's name to delete it.", (issue,))
    with system() as session:
        session.run(_sql.delete_workspace, id=caller.workspace_id)
