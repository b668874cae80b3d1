"""Jobs: one action on every execution that a filter lets through, bounded and part by part.

A job is a row and a message. The consumer does a part of it, notes how far it came, and sends the
next message; killed anywhere, the message comes again and the part is done again, which changes
nothing: a stopped execution cannot be stopped, a rerun has a name of its own.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any, assert_never

from psycopg.types.json import Jsonb

from statewright import world
from statewright.aws import queues
from statewright.db import load_queries, narrowed, system, tenant
from statewright.errors import ConflictError, NotFoundError, StatewrightError, UnavailableError
from statewright.http import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.http.scopes import scopes_of
from statewright.settings import settings
from statewright.workflows import executions, redoing
from statewright.workflows.drafts import parse_id
from statewright.workflows.execution_models import Action, BulkRequest, Job, Rerun

PART = 25
"""Executions that one message does."""
MAX_FAILURES = 20
"""Failures that a job tells."""
_PERMISSIONS: dict[Action, str] = {
    "stop": "executions:run",
    "redrive": "executions:run",
    "rerun": "executions:run",
    "delete": "executions:delete",
}
_sql = load_queries(__package__, "executions.sql")


def begin(caller: Caller, request: BulkRequest) -> Job:
    """Makes a job. It does what matches now: executions that begin later are not touched.

    Raises:
        ForbiddenError: the caller may not do this to single executions either.
    """
    permission = _PERMISSIONS[request.action]
    if caller.require(permission):
        return _begin(caller, request)
    with narrowed(scopes_of(caller, permission)):
        return _begin(caller, request)


def _begin(caller: Caller, request: BulkRequest) -> Job:
    now, job_id = world.now(), world.new_id()
    wanted = executions.filter_of(request.filter)
    before = request.filter.started_before
    wanted["started_before"] = (now if before is None else min(before, now)).isoformat()
    with tenant(caller.workspace_id) as session:
        session.run(
            _sql.insert_job,
            id=job_id,
            workspace_id=caller.workspace_id,
            action=request.action,
            filter=Jsonb(wanted),
            most=request.limit,
            created_by=f"{caller.kind}:{caller.user_id}",
            now=now,
        )
    _send(job_id)
    return get(caller.workspace_id, job_id)


def get(workspace_id: str, job_id: str) -> Job:
    """A job, and how far it is."""
    found = parse_id(job_id, "job")
    with tenant(workspace_id) as session:
        row = session.one(_sql.list_jobs, id=found, before=None, limit=1)
    if row is None:
        raise NotFoundError("There is no such job.")
    return Job.model_validate(row)


def list_page(workspace_id: str, cursor: str | None, limit: int) -> Page[Job]:
    """Jobs, the newest first."""
    before = None if cursor is None else decode_cursor(cursor, uuid.UUID)[0]
    with tenant(workspace_id) as session:
        rows = session.all(_sql.list_jobs, id=None, before=before, limit=limit + 1)
    items = [Job.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)


def cancel(workspace_id: str, job_id: str) -> Job:
    """Ends a job before its time; what it has done stays done.

    Raises:
        ConflictError: it has ended.
    """
    job = get(workspace_id, job_id)
    with tenant(workspace_id) as session:
        if not session.run(_sql.cancel_job, id=job.id, now=world.now()):
            raise ConflictError("The job has ended.")
    return get(workspace_id, job_id)


def work(text: str) -> None:
    """Does a part of the job that a message names."""
    job_id = json.loads(text)["job_id"]
    with system() as session:
        job = session.one(_sql.take_job, id=job_id)
        if job is None or job["status"] != "running":
            return
        _do_part(job)
        session.run(
            _sql.note_progress,
            **{**job, "failures": Jsonb(job["failures"])},
            finished_at=None if job["status"] == "running" else world.now(),
        )
    if job["status"] == "running":
        _send(job_id)


def _do_part(job: dict[str, Any]) -> None:
    """Goes through the next executions, and notes in the job's row what became of them."""
    left = job["most"] - job["done"] - job["skipped"] - len(job["failures"])
    scopes = job["scopes"]
    if scopes is None:
        rows = _rows(job, min(PART, left))
        outcomes = [_do(job, row) for row in rows]
    else:
        with narrowed(scopes):
            rows = _rows(job, min(PART, left))
            outcomes = [_do(job, row) for row in rows]
    for row, detail in zip(rows, outcomes, strict=True):
        _count(job, row, detail)
    if len(rows) < PART or left <= len(rows):
        job["status"] = "done"


def _rows(job: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    at: datetime | None = job["cursor_at"]
    place = (at, job["cursor_id"], limit)
    return executions.page_rows(job["workspace_id"], job["filter"], *place) if limit > 0 else []


def _count(job: dict[str, Any], row: dict[str, Any], detail: str | None) -> None:
    job["cursor_at"], job["cursor_id"] = row["started_at"], row["id"]
    if detail is None:
        job["done"] += 1
    elif len(job["failures"]) < MAX_FAILURES:
        job["failures"].append({"execution_id": row["id"], "detail": detail})
    else:
        job["skipped"] += 1


def _do(job: dict[str, Any], row: dict[str, Any]) -> str | None:
    """Acts on one execution.

    Returns:
        Why it could not be done; None where it was.

    Raises:
        UnavailableError: Step Functions does not answer; the message comes again.
    """
    try:
        _act(job, row["id"])
    except UnavailableError:
        raise
    except StatewrightError as error:
        return error.detail
    return None


def _act(job: dict[str, Any], execution_id: str) -> None:
    action: Action = job["action"]
    workspace_id = job["workspace_id"]
    match action:
        case "stop":
            executions.stop(workspace_id, execution_id, "", job["created_by"])
        case "redrive":
            redoing.redrive(workspace_id, execution_id)
        case "rerun":
            name = hashlib.sha256(f"{job['id']}\n{execution_id}".encode()).hexdigest()[:40]
            user_id = job["created_by"].rpartition(":")[2]
            redoing.rerun(workspace_id, user_id, execution_id, Rerun(), name)
        case "delete":
            redoing.delete(workspace_id, execution_id)
        case _:
            assert_never(action)


def _send(job_id: str) -> None:
    queues.send(settings().execution_jobs_queue_url, json.dumps({"job_id": job_id}))
