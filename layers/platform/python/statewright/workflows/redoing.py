"""Executions once more: redriven from where they failed, or run again with their input."""

from __future__ import annotations

import json
from typing import Any

from statewright import world
from statewright.aws import states
from statewright.db import load_queries, tenant
from statewright.errors import ConflictError, TooLargeError
from statewright.logs import CORRELATION, correlation_id, note_start
from statewright.settings import settings
from statewright.workflows import executions
from statewright.workflows.execution_models import Rerun
from statewright.workflows.models import ExecutionDetail, Started
from statewright.workflows.starting import MAX_INPUT, check_input
from statewright.workflows.triggers.activation import LIVE

_sql = load_queries(__package__, "executions.sql")


def redrive(workspace_id: str, execution_id: str) -> ExecutionDetail:
    """Lets an execution that did not succeed go on from the step that failed.

    Steps that had succeeded keep their results, also in loops and branches.

    Raises:
        ConflictError: it runs, has succeeded, or ended more than 14 days ago.
    """
    row = executions.find(workspace_id, execution_id)
    states.redrive(row["arn"])
    return executions.get(workspace_id, execution_id)


def rerun(
    workspace_id: str, user_id: str, execution_id: str, request: Rerun, key: str | None = None
) -> Started:
    """Starts a new execution with the input of another one, or with another input.

    Args:
        user_id: who starts it, and so may not decide in it.
        key: the name of the new execution: the same again starts nothing new.

    Raises:
        ConflictError: the workflow is off, archived or gone, or its version is.
        InvalidError: the input is not what the workflow takes.
    """
    row = executions.find(workspace_id, execution_id)
    version = row["version"] if request.version == "same" else None
    with tenant(workspace_id) as session:
        target = session.one(_sql.find_version_to_run, id=row["workflow_id"], version=version)
    arn = _startable(target, live=version is None)
    assert target is not None
    trigger = states.describe(row["arn"])["input"].get("trigger", {})
    if "input" in request.model_fields_set:
        trigger = {**trigger, "body": request.input}
    trigger = {**trigger, "started_by": user_id, CORRELATION: correlation_id()}
    check_input(target["definition"].get("input"), trigger.get("body"))
    content = {"trigger": trigger, "vars": target["variables"], "rerun_of": execution_id}
    text = json.dumps(content, ensure_ascii=False)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_INPUT:
        raise TooLargeError(f"What starts a workflow may have {MAX_INPUT:,} bytes at the most.")
    name = key or world.new_id()
    states.start(arn, name, text)
    note_start(name, row["workflow_id"])
    return Started(execution_id=name, url=f"{settings().base_url}/v1/executions/{name}")


def _startable(target: dict[str, Any] | None, *, live: bool) -> str:
    """What to start: what is live now, or the version's own state machine."""
    if target is None or target["deleted_at"] is not None:
        raise ConflictError("The workflow is deleted.")
    if target["archived_at"] is not None or not target["enabled"]:
        raise ConflictError("The workflow is turned off.")
    if target["machine_arn"] is None:
        raise ConflictError("Publish the workflow first.")
    arn = str(target["machine_arn"])
    return f"{arn.rpartition(':')[0]}:{LIVE}" if live else arn


def delete(workspace_id: str, execution_id: str) -> None:
    """Removes an execution's row. Step Functions forgets its history 90 days after its end.

    Raises:
        ConflictError: it runs.
    """
    row = executions.find(workspace_id, execution_id)
    with tenant(workspace_id) as session:
        deleted = session.run(
            _sql.delete_execution, id=execution_id, workflow_id=row["workflow_id"]
        )
    if not deleted:
        raise ConflictError("The execution runs. Stop it first.")
