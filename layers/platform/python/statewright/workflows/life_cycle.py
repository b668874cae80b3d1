"""A workflow's life beside its drafts and versions: filed, copied, archived, deleted."""

from __future__ import annotations

from typing import Any

from statewright import world
from statewright.aws import states
from statewright.db import Session, load_queries, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.workflows import drafts
from statewright.workflows.going_live import leave, rest
from statewright.workflows.life_cycle_models import Copy, Labels
from statewright.workflows.locking import ANY, Expected
from statewright.workflows.models import NewWorkflow, WorkflowDetail
from statewright.workflows.source_text import renamed

MAX_STOPPED = 1000
"""The most executions that are stopped when a workflow is deleted."""
NAME_LENGTH = 60
_queries = load_queries(__package__)
_sql = load_queries(__package__, "life_cycle.sql")


def label(
    workspace_id: str, workflow_id: str, labels: Labels, expected: Expected = ANY
) -> WorkflowDetail:
    """Changes tags, folder and retention: what was sent of them."""
    with tenant(workspace_id) as session:
        row = _locked(session, workflow_id, expected)
        wanted = {**row, **labels.model_dump(exclude_unset=True)}
        if wanted["folder_id"] is not None:
            wanted["folder_id"] = _folder(session, wanted["folder_id"])
        session.run(
            _sql.set_labels,
            id=row["id"],
            tags=wanted["tags"],
            folder_id=wanted["folder_id"],
            retention_days=wanted["retention_days"],
            now=world.now(),
        )
        return drafts.detail(session, row["id"])


def duplicate(workspace_id: str, workflow_id: str, copy: Copy) -> WorkflowDetail:
    """A new workflow with a copy of the draft, its comments and its tags; nothing is published.

    Raises:
        ConflictError: the workspace has a workflow of that name.
    """
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id)
        name = copy.name or _copy_name(session, row["name"])
    moved = "folder_id" in copy.model_fields_set
    place = {
        "folder_id": copy.folder_id if moved else row["folder_id"],
        "tags": row["tags"],
    }
    source = None if row["source"] is None else renamed(row["source"], name)
    if source is not None:
        return drafts.create(workspace_id, NewWorkflow(yaml=source, **place))
    definition = {**row["definition"], "name": name}
    return drafts.create(workspace_id, NewWorkflow(definition=definition, **place))


def _copy_name(session: Session, name: str) -> str:
    endings = [" (copy)", *(f" (copy {number})" for number in range(2, 100))]
    names = [name[: NAME_LENGTH - len(ending)] + ending for ending in endings]
    free = session.one(_sql.free_name, names=names)
    if free is None:
        raise ConflictError("There are very many copies already. Give this one a name.")
    return str(free["name"])


def archive(workspace_id: str, workflow_id: str, expected: Expected = ANY) -> WorkflowDetail:
    """Files a workflow away: nothing starts it, nobody changes it; what runs goes on.

    Raises:
        ConflictError: it is archived already.
    """
    with tenant(workspace_id) as session:
        row = _locked(session, workflow_id, expected)
        drafts.refuse_archived(row)
        session.run(_sql.archive, id=row["id"], now=world.now())
        rest(session, row["id"])
        return drafts.detail(session, row["id"])


def restore(workspace_id: str, workflow_id: str, expected: Expected = ANY) -> WorkflowDetail:
    """Takes a workflow out of the archive. It stays off until somebody turns it on.

    Raises:
        ConflictError: it is not archived.
    """
    with tenant(workspace_id) as session:
        row = _locked(session, workflow_id, expected)
        if row["archived_at"] is None:
            raise ConflictError("The workflow is not archived.")
        session.run(_sql.restore, id=row["id"], now=world.now())
        return drafts.detail(session, row["id"])


def delete(
    workspace_id: str, workflow_id: str, expected: Expected = ANY, *, stop: bool = False
) -> None:
    """Deletes a workflow: its triggers and its state machine now, its executions' rows in time.

    Args:
        stop: whether executions that run are stopped; else they keep the workflow from going.

    Raises:
        ConflictError: executions run.
    """
    with tenant(workspace_id) as session:
        row = _locked(session, workflow_id, expected)
        running = session.all(_sql.find_running, id=row["id"], limit=MAX_STOPPED + 1)
        if running and (not stop or len(running) > MAX_STOPPED):
            raise ConflictError(
                "Executions of this workflow run. Stop them first"
                + ("." if stop else ", or send running=stop.")
            )
        leave(session, row["id"])
        session.run(_sql.mark_deleted, id=row["id"], now=world.now())
        for execution in running:
            states.stop_if_running(execution["arn"], "Stopped", "The workflow was deleted.")
        for machine in session.all(_sql.find_machines, id=row["id"]):
            states.delete_machine(machine["arn"])


def _locked(session: Session, workflow_id: str, expected: Expected) -> dict[str, Any]:
    row = drafts.find(session, workflow_id, lock=True)
    expected.check(row)
    return row


def _folder(session: Session, folder_id: str) -> str:
    found = drafts.parse_id(folder_id, "folder")
    if session.one(_queries.find_folder, id=found) is None:
        raise NotFoundError("There is no such folder.")
    return found
