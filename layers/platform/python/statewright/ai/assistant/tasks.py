"""The assistant's tasks: begun by a request, worked on by a function of their own, asked after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.ai import metering
from statewright.ai.assistant.models import (
    ChangeTask,
    DraftTask,
    ExplainTask,
    ExpressionTask,
    FixTask,
    Suggestion,
    Task,
    TaskRequest,
)
from statewright.ai.assistant.narrowing import ranked, templates_for
from statewright.ai.assistant.offering import operations_for
from statewright.aws import functions
from statewright.db import load_queries, tenant
from statewright.errors import ConflictError, ForbiddenError, NotFoundError
from statewright.http.caller import Caller
from statewright.ids import parse_id
from statewright.integrations import connections
from statewright.settings import settings
from statewright.workflows import drafts, executions, versions
from statewright.workflows.checks import Surroundings
from statewright.workflows.definition import Definition
from statewright.workflows.gallery.models import TemplateSummary
from statewright.workflows.surroundings import surroundings_of

_sql = load_queries(__package__)
LONGEST = timedelta(minutes=16)
"""After so long, a task that still works is lost: no function runs longer."""
SUGGESTED = 8


def begin(caller: Caller, request: TaskRequest) -> Task:
    """Begins a task; without an AI provider it ends at once and says so, with what search finds.

    Raises:
        ForbiddenError: the caller may not see what it is about.
        NotFoundError: there is no such workflow, execution or connection.
        ConflictError: the execution has not failed, or the definition is an imported machine.
    """
    material = _material(caller, request)
    around = surroundings(caller.workspace_id, caller.user_id)
    given = request.connection or metering.get_settings(caller.workspace_id).connection
    if request.connection is not None and request.connection not in (around.connections or ()):
        raise NotFoundError(f"There is no connection '{request.connection}'.")
    status, result = "working", None
    if given is None:
        status, result = "unavailable", _without_provider(caller.workspace_id, request, around)
    task_id = world.new_id()
    with tenant(caller.workspace_id) as session:
        session.run(
            _sql.insert_task,
            id=task_id,
            workspace_id=caller.workspace_id,
            kind=request.kind,
            request=Jsonb(request.model_dump(mode="json")),
            material=Jsonb(material),
            status=status,
            result=None if result is None else Jsonb(result),
            created_by=caller.user_id,
            now=world.now(),
        )
    if status == "working":
        functions.start(f"{settings().prefix}-ai-work-task", {"task_id": task_id})
    return get(caller, task_id)


def get(caller: Caller, task_id: str) -> Task:
    """A task of one's own, as far as it is."""
    with tenant(caller.workspace_id) as session:
        now = world.now()
        session.run(_sql.fail_lost_tasks, now=now, before=now - LONGEST)
        session.noted = True
        wanted = parse_id(task_id, "task")
        row = session.one(_sql.find_task, id=wanted, user_id=caller.user_id)
    if row is None:
        raise NotFoundError("There is no such task.")
    return Task.model_validate({**row, **(row["result"] or {})})


def _without_provider(
    workspace_id: str, request: TaskRequest, around: Surroundings
) -> dict[str, Any]:
    words = getattr(request, "request", "")
    found = [around.actions[name] for name, _ in ranked(words, around.actions)[:SUGGESTED]]
    with tenant(workspace_id) as session:
        found += operations_for(session, words, around)[:SUGGESTED]
    suggestions = [Suggestion(action=a.name, title=a.title).model_dump() for a in found]
    templates = [
        TemplateSummary.model_validate(entry, from_attributes=True).model_dump()
        for entry in templates_for(words, SUGGESTED)
    ]
    detail = (
        "The workspace has no AI provider. Make a connection of the kind ai_provider and name it "
        "in /v1/ai/settings."
    ) + (" These templates and actions fit the words." if templates or suggestions else "")
    return {
        "error": "Unavailable",
        "detail": detail,
        "suggestions": suggestions,
        "templates": templates,
    }


def _material(caller: Caller, request: TaskRequest) -> dict[str, Any] | None:
    """What the task works on, read with the caller's own eyes."""
    match request:
        case DraftTask() | ExpressionTask():
            return None
        case ChangeTask() | ExplainTask():
            _needs(caller, "workflows:read")
            with tenant(caller.workspace_id) as session:
                definition = drafts.find(session, request.workflow_id)["definition"]
            return {"definition": _editable(definition)}
        case FixTask():
            _needs(caller, "workflows:read")
            _needs(caller, "executions:read")
            return _failure(caller.workspace_id, request.execution_id)


def _needs(caller: Caller, permission: str) -> None:
    """The permission has to hold in the whole workspace: a task runs outside of grants' narrows."""
    if not caller.require(permission):
        raise ForbiddenError(f"The assistant needs {permission} in the whole workspace.")


def _editable(definition: dict[str, Any]) -> dict[str, Any]:
    if "asl" in definition:
        raise ConflictError("An imported state machine has no steps to work on.")
    return definition


def _failure(workspace_id: str, execution_id: str) -> dict[str, Any]:
    found = executions.get(workspace_id, execution_id)
    if found.status in {"running", "succeeded"}:
        raise ConflictError(f"The execution is {found.status}: there is nothing to mend.")
    version = versions.get(workspace_id, found.workflow_id, str(found.version))
    told = found.model_dump(mode="json", include={"status", "error", "cause", "input", "steps"})
    return {"definition": _editable(version.definition), "execution": told}


def surroundings(
    workspace_id: str, user_id: str, definition: Definition | None = None
) -> Surroundings:
    """The workspace with the connections that this person may use, and no others."""
    with tenant(workspace_id) as session:
        usable = connections.usable(session, user_id)
        return replace(surroundings_of(session, definition), connections=usable)
