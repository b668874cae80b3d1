"""Workflows as their authors edit them: create, change, look up."""

from __future__ import annotations

import uuid
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.db import Session, load_queries, tenant
from statewright.errors import ConflictError, InvalidError, Issue, NotFoundError
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.settings import settings
from statewright.workflows.definition import Definition
from statewright.workflows.models import Draft, NewWorkflow, Revision, Workflow, WorkflowDetail
from statewright.workflows.parsing import parse_definition, read_yaml

_sql = load_queries(__package__)


def create(workspace_id: str, draft: NewWorkflow) -> WorkflowDetail:
    """Stores a new workflow. Its definition must parse; it need not be complete.

    Raises:
        InvalidError: the definition does not parse.
        ConflictError: the workspace has a workflow of that name.
        NotFoundError: there is no such folder.
        ForbiddenError: the caller's grants cover other folders only.
    """
    source, definition = _read(draft)
    workflow_id = world.new_id()
    folder_id = None if draft.folder_id is None else parse_id(draft.folder_id, "folder")
    with tenant(workspace_id) as session:
        if folder_id is not None and session.one(_sql.find_folder, id=folder_id) is None:
            raise NotFoundError("There is no such folder.")
        created = session.run(
            _sql.insert_workflow,
            id=workflow_id,
            workspace_id=workspace_id,
            name=definition.name,
            folder_id=folder_id,
            definition=Jsonb(source),
            now=world.now(),
        )
        if not created:
            raise ConflictError(f"There is a workflow called '{definition.name}'.")
        return _detail(session, workflow_id)


def update(workspace_id: str, workflow_id: str, revision: Revision) -> WorkflowDetail:
    """Replaces the draft.

    Raises:
        ConflictError: somebody else has changed it since.
    """
    source, definition = _read(revision)
    with tenant(workspace_id) as session:
        find(session, workflow_id)
        changed = session.run(
            _sql.update_draft,
            id=workflow_id,
            draft=revision.draft,
            name=definition.name,
            definition=Jsonb(source),
            now=world.now(),
        )
        if not changed:
            raise ConflictError("The draft has been changed since. Load it again.")
        return _detail(session, workflow_id)


def get(workspace_id: str, workflow_id: str) -> WorkflowDetail:
    """A workflow with its draft."""
    with tenant(workspace_id) as session:
        return _detail(session, workflow_id)


def list_page(workspace_id: str, cursor: str | None, limit: int) -> Page[Workflow]:
    """Workflows, the newest first."""
    before = None if cursor is None else decode_cursor(cursor, uuid.UUID)[0]
    with tenant(workspace_id) as session:
        rows = session.all(_sql.list_workflows, before=before, limit=limit + 1)
    items = [Workflow.model_validate(row) for row in rows[:limit]]
    following = encode_cursor(items[-1].id) if len(rows) > limit else None
    return Page(items=items, next=following)


def find(session: Session, workflow_id: str, *, lock: bool = False) -> dict[str, Any]:
    """A workflow's row.

    Raises:
        NotFoundError: the workspace has no such workflow.
    """
    query = _sql.find_workflow_for_update if lock else _sql.find_workflow
    row = session.one(query, id=parse_id(workflow_id, "workflow"))
    if row is None:
        raise NotFoundError("There is no such workflow.")
    return row


def webhook_url(token: str) -> str:
    """The URL that a webhook's token stands for."""
    return f"{settings().base_url}/hooks/{token}"


def parse_id(text: Any, what: str) -> str:
    """An id as PostgreSQL accepts it.

    Raises:
        NotFoundError: the text cannot be the id of anything.
    """
    try:
        return str(uuid.UUID(str(text)))
    except ValueError:
        raise NotFoundError(f"There is no such {what}.") from None


def _read(draft: Draft) -> tuple[Any, Definition]:
    if (draft.yaml is None) == (draft.definition is None):
        issue = Issue("/", "send exactly one of 'yaml' and 'definition'")
        raise InvalidError("Send exactly one of 'yaml' and 'definition'.", (issue,))
    source = draft.definition if draft.yaml is None else read_yaml(draft.yaml)
    definition = parse_definition(source)
    return definition.model_dump(mode="json", by_alias=True, exclude_unset=True), definition


def _detail(session: Session, workflow_id: str) -> WorkflowDetail:
    row = find(session, workflow_id)
    hooks = session.all(_sql.list_webhooks, id=row["id"])
    urls = {hook["trigger_id"]: webhook_url(hook["token"]) for hook in hooks}
    return WorkflowDetail.model_validate({**row, "webhooks": urls})
