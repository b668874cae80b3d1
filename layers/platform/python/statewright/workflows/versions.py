"""Published versions: listed, compared, and gone back to."""

from __future__ import annotations

from typing import Any

from statewright.db import Session, load_queries, tenant
from statewright.errors import ConflictError, NotFoundError
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.workflows import drafts
from statewright.workflows.diff import compare
from statewright.workflows.going_live import go_live
from statewright.workflows.life_cycle_models import Difference, VersionDetail, VersionSummary
from statewright.workflows.locking import ANY, Expected
from statewright.workflows.models import WorkflowDetail
from statewright.workflows.parsing import parse_definition

DRAFT = "draft"
LIVE = "live"
_sql = load_queries(__package__, "life_cycle.sql")


def list_page(
    workspace_id: str, workflow_id: str, cursor: str | None, limit: int
) -> Page[VersionSummary]:
    """A workflow's versions, the newest first."""
    before = None if cursor is None else decode_cursor(cursor, int)[0]
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id)
        rows = session.all(_sql.list_versions, id=row["id"], before=before, limit=limit + 1)
    items = [VersionSummary(live=found["version"] == row["version"], **found) for found in rows]
    following = encode_cursor(str(items[limit - 1].version)) if len(items) > limit else None
    return Page(items=items[:limit], next=following)


def get(workspace_id: str, workflow_id: str, version: str) -> VersionDetail:
    """A version, by its number, or the one that is ``live``."""
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id)
        found = find(session, row, version)
    return VersionDetail(live=found["version"] == row["version"], **found)


def difference(workspace_id: str, workflow_id: str, before: str, after: str) -> Difference:
    """How two versions differ; ``draft`` and ``live`` are versions here too."""
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id)
        old, new = (definition_of(session, row, which) for which in (before, after))
    return compare(old, new, (before, after))


def roll_back(
    workspace_id: str, workflow_id: str, version: int, expected: Expected = ANY
) -> WorkflowDetail:
    """Makes an earlier (or later) version the live one; its triggers come with it.

    The draft stays. Executions that run go on with the version that they were started with.

    Raises:
        ConflictError: it is the live one already, or the workflow is archived.
    """
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id, lock=True)
        expected.check(row)
        drafts.refuse_archived(row)
        found = find(session, row, str(version))
        if row["version"] == version:
            raise ConflictError("This version is the live one already.")
        definition = parse_definition(found["definition"])
        go_live(session, row, version, definition, found["machine_arn"])
        return drafts.detail(session, row["id"])


def definition_of(session: Session, row: dict[str, Any], which: str) -> dict[str, Any]:
    """The definition of the draft, the live version, or a version's number."""
    found = row if which == DRAFT else find(session, row, which)
    definition: dict[str, Any] = found["definition"]
    return definition


def find(session: Session, row: dict[str, Any], version: str) -> dict[str, Any]:
    """A version's row.

    Raises:
        NotFoundError: the workflow has no such version, or none is live.
    """
    number = str(row["version"]) if version == LIVE else version
    known = number.isascii() and number.isdigit() and len(number) < 10
    found = (
        session.one(_sql.find_whole_version, id=row["id"], version=int(number)) if known else None
    )
    if found is None:
        raise NotFoundError("The workflow has no such version.")
    return found
