"""Workflows as their authors edit them: create, change, look up."""

from __future__ import annotations

import uuid
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.db import Session, load_queries, tenant
from statewright.errors import ConflictError, InvalidError, Issue, NotFoundError
from statewright.settings import settings
from statewright.workflows.definition import Definition
from statewright.workflows.locking import ANY, Expected
from statewright.workflows.models import Draft, NewWorkflow, Revision, WorkflowDetail
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
            source=draft.yaml,
            tags=draft.tags,
            now=world.now(),
        )
        if not created:
            raise ConflictError(f"There is a workflow called '{definition.name}'.")
        return detail(session, workflow_id)


def update(
    workspace_id: str, workflow_id: str, revision: Revision, expected: Expected = ANY
) -> WorkflowDetail:
    """Replaces the draft.

    Raises:
        ConflictError: somebody else has changed it since, or the workflow is archived.
        PreconditionFailedError: the same, where ``expected`` says what was changed.
        PreconditionRequiredError: neither says what was changed.
    """
    source, definition = _read(revision)
    if revision.draft is None:
        expected.require()
    with tenant(workspace_id) as session:
        row = find(session, workflow_id, lock=True)
        expected.check(row)
        if revision.draft not in {None, row["draft"]}:
            raise ConflictError("The draft has been changed since. Load it again.")
        refuse_archived(row)
        kept = row["source"] if source == row["definition"] else None
        session.run(
            _sql.update_draft,
            id=workflow_id,
            name=definition.name,
            definition=Jsonb(source),
            source=kept if revision.yaml is None else revision.yaml,
            now=world.now(),
        )
        return detail(session, workflow_id)


def refuse_archived(row: dict[str, Any]) -> None:
    """Raises ConflictError for an archived workflow: it is kept as it was."""
    if row["archived_at"] is not None:
        raise ConflictError("The workflow is archived. Restore it first.")


def get(workspace_id: str, workflow_id: str) -> WorkflowDetail:
    """A workflow with its draft."""
    with tenant(workspace_id) as session:
        return detail(session, workflow_id)


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


def source_of(draft: Draft) -> Any:
    """What was sent, as plain values.

    Raises:
        InvalidError: both forms, or none.
        MalformedError: the text is not YAML.
    """
    if (draft.yaml is None) == (draft.definition is None):
        issue = Issue("/", "send exactly one of 'yaml' and 'definition'")
        raise InvalidError("Send exactly one of 'yaml' and 'definition'.", (issue,))
    return draft.definition if draft.yaml is None else read_yaml(draft.yaml)


def _read(draft: Draft) -> tuple[Any, Definition]:
    definition = parse_definition(source_of(draft))
    return definition.model_dump(mode="json", by_alias=True, exclude_unset=True), definition


def detail(session: Session, workflow_id: str) -> WorkflowDetail:
    """A workflow with its draft and its webhooks' addresses."""
    row = find(session, workflow_id)
    hooks = session.all(_sql.list_webhooks, id=row["id"])
    urls = {hook["trigger_id"]: webhook_url(hook["token"]) for hook in hooks}
    return WorkflowDetail.model_validate({**row, "webhooks": urls})
