"""What follows failures in a workspace where a workflow says nothing of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from psycopg.types.json import Jsonb
from pydantic import BaseModel, Field

from statewright.auth import audit
from statewright.db import Session, load_queries, tenant
from statewright.errors import InvalidError, Issue
from statewright.http import Caller, Page, decode_cursor, encode_cursor
from statewright.notifications.recipients import canonical, resolve
from statewright.workflows.models import Input

_sql = load_queries(__package__, "failures.sql")


class FailureDefault(Input):
    """Whom failures are told (``user:``, ``role:``, ``group:``, ``topic:``, addresses, ``phone:``,
    ``chat:``), and the workflow, by name or id, that starts with the failure as its input."""

    notify: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=320)]], Field(max_length=100)
    ] = []
    start: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class FailureHandling(BaseModel):
    """What was done about one failed execution."""

    execution_id: str
    workflow_id: str
    workflow: str
    at: datetime
    start: str | None
    started_id: str | None
    problem: str | None


def get(caller: Caller) -> FailureDefault:
    """The workspace's default; nobody and nothing until it is set."""
    with tenant(caller.workspace_id) as session:
        row = session.one(_sql.find_default)
    return FailureDefault.model_validate((row or {}).get("on_failure") or {})


def put(caller: Caller, wanted: FailureDefault) -> FailureDefault:
    """Sets the workspace's default.

    Raises:
        InvalidError: somebody or the workflow is not known.
    """
    with tenant(caller.workspace_id) as session:
        for index, name in enumerate(wanted.notify):
            _refuse_unknown(session, name, f"/notify/{index}")
        if wanted.start is not None and session.one(_sql.find_target, name=wanted.start) is None:
            issue = Issue("/start", "is no published workflow")
            raise InvalidError(f"There is no published workflow '{wanted.start}'.", (issue,))
        session.run(_sql.set_default, on_failure=Jsonb(wanted.model_dump()))
        audit.record(session, caller, "failure-handling.changed", **wanted.model_dump())
    return wanted


def _refuse_unknown(session: Session, name: str, pointer: str) -> None:
    try:
        resolve(session, [canonical(name)])
    except InvalidError as error:
        raise InvalidError(error.detail, (Issue(pointer, error.detail),)) from error


def list_page(caller: Caller, cursor: str | None, limit: int) -> Page[FailureHandling]:
    """What was done about failures, the newest first."""
    at, before = (
        (None, None) if cursor is None else decode_cursor(cursor, datetime.fromisoformat, str)
    )
    with tenant(caller.workspace_id) as session:
        rows = session.all(_sql.list_handlings, at=at, before=before, limit=limit + 1)
    items = [FailureHandling.model_validate(row) for row in rows[:limit]]
    following = None
    if len(rows) > limit:
        following = encode_cursor(items[-1].at.isoformat(), items[-1].execution_id)
    return Page(items=items, next=following)
