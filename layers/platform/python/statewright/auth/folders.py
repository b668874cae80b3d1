"""Folders: where workflows, connections, reports and dashboards lie, and roles can be granted."""

from __future__ import annotations

from typing import Any, Literal

from statewright import world
from statewright.auth import audit
from statewright.auth.access_models import Folder, FolderContent, Move
from statewright.db import Session, load_queries, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.http.caller import Caller
from statewright.ids import is_id, parse_id

DEEPEST = 20
_sql = load_queries(__package__, "access.sql")
Kind = Literal["workflow", "connection", "report", "dashboard"]
_MOVES: dict[Kind, Any] = {
    "workflow": _sql.move_workflow,
    "connection": _sql.move_connection,
    "report": _sql.move_report,
    "dashboard": _sql.move_dashboard,
}


def list_all(workspace_id: str) -> list[Folder]:
    """The folders that the caller may see."""
    with tenant(workspace_id) as session:
        return [Folder.model_validate(row) for row in session.all(_sql.list_folders, id=None)]


def create(caller: Caller, content: FolderContent) -> Folder:
    """Makes a folder.

    Raises:
        NotFoundError: there is no such folder to put it into.
        ConflictError: there is one of that name in it, or it would lie too deep.
    """
    folder_id = world.new_id()
    with tenant(caller.workspace_id) as session:
        session.run(_sql.lock_folders, workspace_id=caller.workspace_id)
        parent_id = _parent(session, content)
        session.run(
            _sql.insert_folder,
            id=folder_id,
            workspace_id=caller.workspace_id,
            parent_id=parent_id,
            name=content.name,
            now=world.now(),
        )
        audit.record(session, caller, "folder.created", f"folder:{folder_id}", name=content.name)
        return Folder(id=folder_id, name=content.name, parent_id=parent_id, workflows=0)


def change(caller: Caller, folder_id: str, content: FolderContent) -> Folder:
    """Renames or moves a folder.

    Raises:
        ConflictError: it would lie in itself.
    """
    folder_id = parse_id(folder_id, "folder")
    with tenant(caller.workspace_id) as session:
        session.run(_sql.lock_folders, workspace_id=caller.workspace_id)
        parent_id = _parent(session, content, moved=folder_id)
        changed = session.run(
            _sql.update_folder, id=folder_id, name=content.name, parent_id=parent_id
        )
        if not changed:
            raise NotFoundError("There is no such folder.")
        audit.record(
            session,
            caller,
            "folder.changed",
            f"folder:{folder_id}",
            name=content.name,
            parent_id=parent_id,
        )
        return Folder.model_validate(session.one(_sql.list_folders, id=folder_id))


def _parent(session: Session, content: FolderContent, moved: str | None = None) -> str | None:
    if content.parent_id is None:
        return None
    parent_id = parse_id(content.parent_id, "folder")
    path = [row["id"] for row in session.all(_sql.find_folder_path, id=parent_id)]
    if not path:
        raise NotFoundError("There is no such folder to put it into.")
    if moved in path:
        raise ConflictError("A folder cannot lie in itself.")
    if len(path) >= DEEPEST:
        raise ConflictError(f"Folders may lie {DEEPEST} deep at the most.")
    return parent_id


def delete(caller: Caller, folder_id: str) -> None:
    """Removes an empty folder.

    Raises:
        ConflictError: something lies in it.
    """
    folder_id = parse_id(folder_id, "folder")
    with tenant(caller.workspace_id) as session:
        session.run(_sql.lock_folders, workspace_id=caller.workspace_id)
        content = session.one(_sql.find_folder_content, id=folder_id)
        if content is not None and content["used"]:
            raise ConflictError("The folder is not empty.")
        if not session.run(_sql.delete_folder, id=folder_id):
            raise NotFoundError("There is no such folder.")
        audit.record(session, caller, "folder.deleted", f"folder:{folder_id}")


def move(caller: Caller, kind: Kind, thing_id: str, wanted: Move) -> None:
    """Puts something into a folder, or to the top. The caller may write in both places.

    Raises:
        NotFoundError: there is no such thing that the caller sees, or no such folder.
        ForbiddenError: the caller's grants do not cover the folder, or the top.
    """
    thing_id = parse_id(thing_id, kind)
    folder_id = None if wanted.folder_id is None else parse_id(wanted.folder_id, "folder")
    principal = caller.user_id if is_id(caller.user_id) else None
    sees = {"principal": principal, "administers": "access:write" in caller.permissions}
    with tenant(caller.workspace_id) as session:
        if folder_id is not None and not session.all(_sql.find_folder_path, id=folder_id):
            raise NotFoundError("There is no such folder.")
        if not session.run(_MOVES[kind], id=thing_id, folder_id=folder_id, **sees):
            raise NotFoundError(f"There is no such {kind}.")
        audit.record(session, caller, f"{kind}.moved", f"{kind}:{thing_id}", folder_id=folder_id)
