"""Looking at tasks: one's own, everybody's, one, or what a link opens."""

from __future__ import annotations

import uuid
from typing import Any

from pydantic import BaseModel

from statewright.db import tenant
from statewright.http import Caller, Page, decode_cursor, encode_cursor
from statewright.ids import parse_id
from statewright.tasks.deciding import opened
from statewright.tasks.links import Link
from statewright.tasks.models import Kind, LinkedTask, Status, Task, TaskDetail, TaskEvent
from statewright.tasks.store import Loaded, load, sql


class TaskQuery(BaseModel):
    """Which tasks are looked for; conditions not given are not asked."""

    status: Status | None = None
    kind: Kind | None = None
    workflow_id: str | None = None
    execution_id: str | None = None
    assignee: str | None = None
    words: str | None = None


def list_all(caller: Caller, query: TaskQuery, cursor: str | None, limit: int) -> Page[Task]:
    """Tasks that the caller may see, the newest first."""
    return _page(caller, query, cursor, limit, user_id=None, unanswered=False)


def list_own(
    caller: Caller, query: TaskQuery, cursor: str | None, limit: int, *, unanswered: bool
) -> Page[Task]:
    """Tasks that ask the caller, the newest first; ``unanswered``: and wait for the answer."""
    return _page(caller, query, cursor, limit, user_id=caller.user_id, unanswered=unanswered)


def _page(
    caller: Caller,
    query: TaskQuery,
    cursor: str | None,
    limit: int,
    *,
    user_id: str | None,
    unanswered: bool,
) -> Page[Task]:
    before = None if cursor is None else decode_cursor(cursor, uuid.UUID)[0]
    workflow_id = query.workflow_id
    with tenant(caller.workspace_id) as session:
        rows = session.all(
            sql.list_tasks,
            status=query.status,
            kind=query.kind,
            workflow_id=None if workflow_id is None else parse_id(workflow_id, "workflow"),
            execution_id=query.execution_id,
            words=_literal(query.words),
            email=None if query.assignee is None else query.assignee.lower(),
            user_id=user_id,
            unanswered=unanswered,
            before=before,
            limit=limit + 1,
        )
    items = [Task.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)


def _literal(words: str | None) -> str | None:
    """A text as ILIKE finds it as it is."""
    if words is None:
        return None
    return words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def get(caller: Caller, task_id: str) -> TaskDetail:
    """A task with those who are asked and all that was done."""
    with tenant(caller.workspace_id) as session:
        task = load(session, task_id)
        events = session.all(sql.list_events, task_id=task.id)
    return TaskDetail.model_validate({**task.row, "people": task.people, "events": events})


def show(link: Link) -> LinkedTask:
    """What a link opens.

    Raises:
        GoneError: the task is gone, or somebody else is asked in the person's place.
    """
    with tenant(link.workspace_id) as session:
        task, person = opened(session, link)
        said = session.all(sql.list_events, task_id=task.id)
    row: dict[str, Any] = task.row
    claimer = task.person(row["claimed_by"]) if row["claimed_by"] else None
    others = claimer is not None and claimer["id"] != person["id"]
    return LinkedTask(
        **{name: row[name] for name in _SHOWN},
        your_vote=person["vote"],
        claimed_by=claimer["name"] if claimer is not None and others else None,
        comments=[_comment(task, one) for one in said if one["act"] == "commented"],
        answered=sum(answer is not None for answer in task.answers),
        asked=len(task.answers),
    )


def _comment(task: Loaded, event: dict[str, Any]) -> TaskEvent:
    """A comment under a name: a link's holder needs no ids."""
    names = {f"user:{one['user_id']}": one["name"] for one in task.people if one["user_id"]}
    actor = names.get(event["actor"], "") or event["actor"].partition("email:")[2]
    return TaskEvent.model_validate({**event, "actor": actor})


_SHOWN = (
    "id",
    "kind",
    "title",
    "body",
    "status",
    "comment",
    "form",
    "expires_at",
    "required",
    "quorum",
)
