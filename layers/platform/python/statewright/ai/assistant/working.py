"""The work on a task of the assistant, in a function of its own: it asks the model and judges."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from statewright import live, world
from statewright.ai.asking import Asker, asker
from statewright.ai.assistant import drafting, telling
from statewright.ai.assistant.drafting import Work
from statewright.ai.assistant.models import (
    ChangeTask,
    DraftTask,
    ExplainTask,
    ExpressionTask,
    FixTask,
    TaskRequest,
)
from statewright.ai.assistant.offering import operations_for
from statewright.ai.assistant.tasks import surroundings
from statewright.ai.errors import AIError
from statewright.db import load_queries, system, tenant
from statewright.errors import StatewrightError
from statewright.integrations.errors import IntegrationError

_sql = load_queries(__package__)
_REQUEST: TypeAdapter[TaskRequest] = TypeAdapter(TaskRequest)


def work(event: dict[str, Any]) -> dict[str, Any]:
    """Works on a task that nobody has worked on yet."""
    with system() as session:
        row = session.one(_sql.claim_task, id=event["task_id"], now=world.now())
    if row is None:
        return {"task": "taken"}
    status, result = "failed", {"error": "Internal", "detail": "The fault is ours; it is logged."}
    try:
        status, result = "done", _worked(row)
    except (AIError, IntegrationError) as error:
        result = {"error": type(error).__name__, "detail": str(error)}
    except StatewrightError as error:
        result = {"error": error.kind, "detail": error.detail}
    finally:
        _end(row, status, result)
    return {"task": status}


def _end(row: dict[str, Any], status: str, result: dict[str, Any]) -> None:
    with tenant(row["workspace_id"]) as session:
        ended = {"status": status, "result": Jsonb(result), "now": world.now()}
        session.run(_sql.end_task, id=row["id"], **ended)
    _push(row, status, None)


def _push(row: dict[str, Any], status: str, progress: dict[str, Any] | None) -> None:
    """Tells whoever has begun the task, where they watch."""
    event = {"id": row["id"], "kind": row["kind"], "status": status, "progress": progress}
    live.publish(row["workspace_id"], f"assistant/{row['created_by']}", event)


def _worked(row: dict[str, Any]) -> dict[str, Any]:
    request = _REQUEST.validate_python(row["request"])
    asking = asker(row["workspace_id"], request.connection, f"assistant:{request.kind}")
    match request:
        case ExplainTask():
            found = telling.explain(asking, row["material"]["definition"])
            return {"explanation": found.model_dump(mode="json")}
        case ExpressionTask():
            expression = telling.write_expression(asking, request)
            return {"expression": expression.model_dump(mode="json")}
        case DraftTask():
            return _drafted(row, asking, _wanted(row, request.request, request.repairs))
        case ChangeTask():
            before = row["material"]["definition"]
            return _drafted(row, asking, _wanted(row, request.request, request.repairs, before))
        case FixTask():
            material = row["material"]
            words = (
                "An execution of this workflow failed. Find the step and the reason, say both in "
                "`explanation`, and mend the definition with as little change as possible. If the "
                "definition is not at fault, leave it as it is and say what a person has to do."
            )
            wanted = _wanted(row, words, request.repairs, material["definition"])
            return _drafted(row, asking, replace(wanted, material=material["execution"]))


def _wanted(
    row: dict[str, Any], request: str, repairs: int, before: dict[str, Any] | None = None
) -> Work:
    look = partial(surroundings, row["workspace_id"], row["created_by"])
    around, words = look(), drafting.words_for(request, before)
    with tenant(row["workspace_id"]) as session:
        operations = operations_for(session, words, around)
    return Work(request, look, repairs, operations, before)


def _drafted(row: dict[str, Any], asking: Asker, wanted: Work) -> dict[str, Any]:
    def tell(stage: str, detail: str) -> None:
        entry = {"at": world.now().isoformat(), "stage": stage, "detail": detail}
        with tenant(row["workspace_id"]) as session:
            session.run(_sql.note_progress, id=row["id"], entry=Jsonb([entry]))
        _push(row, "working", entry)

    return {"proposal": drafting.draft(asking, wanted, tell).model_dump(mode="json")}
