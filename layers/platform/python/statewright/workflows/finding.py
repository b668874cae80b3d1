"""Finding workflows: by words, tag, folder and state."""

from __future__ import annotations

import uuid

from statewright.db import load_queries, tenant
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.workflows.drafts import parse_id
from statewright.workflows.life_cycle_models import TagCount, WorkflowFilter
from statewright.workflows.models import Workflow

_sql = load_queries(__package__, "life_cycle.sql")


def find_page(
    workspace_id: str, wanted: WorkflowFilter, cursor: str | None, limit: int
) -> Page[Workflow]:
    """Workflows that the filter lets through, the newest first."""
    before = None if cursor is None else decode_cursor(cursor, uuid.UUID)[0]
    folder = None if wanted.folder_id is None else parse_id(wanted.folder_id, "folder")
    parameters = {**wanted.model_dump(), "folder_id": folder, "before": before}
    with tenant(workspace_id) as session:
        rows = session.all(_sql.find_workflows, limit=limit + 1, **parameters)
    items = [Workflow.model_validate(row) for row in rows[:limit]]
    following = encode_cursor(items[-1].id) if len(rows) > limit else None
    return Page(items=items, next=following)


def tags(workspace_id: str) -> list[TagCount]:
    """The tags in use, in alphabetical order."""
    with tenant(workspace_id) as session:
        return [TagCount.model_validate(row) for row in session.all(_sql.list_tags)]
