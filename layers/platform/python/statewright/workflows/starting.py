"""Starting executions: one durable write, then the answer.

The execution's name makes a start idempotent: the same key gives the same name, and Step Functions
starts a name once.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import lru_cache
from typing import Any

import jsonschema_rs

from statewright import world
from statewright.aws import states
from statewright.db import load_queries, tenant
from statewright.errors import (
    ConflictError,
    InvalidError,
    Issue,
    NotFoundError,
    TooLargeError,
)
from statewright.logs import CORRELATION, correlation_id, note_start
from statewright.settings import settings
from statewright.workflows.drafts import parse_id
from statewright.workflows.models import Start, Started
from statewright.workflows.triggers import keys
from statewright.workflows.triggers.keys import Key
from statewright.workflows.triggers.targets import Target

MAX_INPUT = 200_000
"""The most bytes of a trigger's content: a state's data may have 256 KiB in all."""
EXPRESS = "express"
_MANUAL = "manual"
_sql = load_queries(__package__)


def start_by_hand(
    workspace_id: str, user_id: str, workflow_id: str, start: Start, key: str | None = None
) -> Started:
    """Starts the published version.

    Args:
        key: the request's Idempotency-Key; the body may carry it, too.

    Raises:
        ConflictError: nothing is published, or the workflow is off.
        InvalidError: the input is not what the workflow takes, or the key came with another one.
    """
    target = _published(workspace_id, workflow_id)
    check_input(target.input_schema, start.input)
    text = key or start.idempotency_key
    if text is not None and len(text) > keys.MAX_KEY:
        raise InvalidError(f"An idempotency key has {keys.MAX_KEY} characters at the most.")
    made = (
        None if text is None else Key(target.workflow_id, workspace_id, _MANUAL, text, start.input)
    )
    return begin(target, facts(_MANUAL, user_id, start.input), made)


def _published(workspace_id: str, workflow_id: str) -> Target:
    with tenant(workspace_id) as session:
        row = session.one(_sql.find_startable, id=parse_id(workflow_id, "workflow"))
    if row is None:
        raise NotFoundError("There is no such workflow.")
    if row["machine_arn"] is None:
        raise ConflictError("Publish the workflow first.")
    if not row["enabled"]:
        raise ConflictError("The workflow is turned off.")
    return Target(
        workspace_id=workspace_id,
        workflow_id=workflow_id,
        workflow=row["published"].get("name", ""),
        trigger_id=_MANUAL,
        type=_MANUAL,
        machine_arn=row["machine_arn"],
        mode=row["published"].get("settings", {}).get("mode", "standard"),
        input_schema=row["published"].get("input"),
        variables=row["variables"],
    )


def facts(
    kind: str,
    trigger_id: str,
    body: Any,
    *,
    headers: dict[str, Any] | None = None,
    query: dict[str, Any] | None = None,
    received_at: datetime | None = None,
    **more: Any,
) -> dict[str, Any]:
    """``$trigger`` of an execution; what causes it brings its correlation id along."""
    brought = correlation_id()
    return {
        "type": kind,
        "id": trigger_id,
        "body": body,
        "headers": headers or {},
        "query": query or {},
        "received_at": (received_at or world.now()).isoformat(),
        **more,
        **({} if brought is None else {CORRELATION: brought}),
    }


def begin(target: Target, trigger: dict[str, Any], key: Key | None = None) -> Started:
    """Starts an execution, or finds the one that the key started; it is durable on return.

    Raises:
        InvalidError: the key came with another request before.
        TooLargeError: the trigger holds more than an execution can take.
        NotFoundError: the workflow has just been turned off.
    """
    text = input_text(target, trigger)
    if key is None:
        return start_as(target, world.new_id(), text)
    claim = keys.claim(key)
    if claim.started:
        return started(claim.execution_id)
    found = start_as(target, claim.execution_id, text)
    if target.mode == EXPRESS:  # its names may come again, so what has begun must be noted
        keys.note_used(key)
    return found


def begin_once(target: Target, trigger: dict[str, Any], what: str) -> Started:
    """Starts the one execution that ``what`` of this trigger has, however often it is asked for."""
    scope = f"{target.trigger_id}\n{what}"
    if target.mode == EXPRESS:
        return begin(target, trigger, Key(target.workflow_id, target.workspace_id, "once", scope))
    name = hashlib.sha256(f"{target.workflow_id}\n{scope}".encode()).hexdigest()[:40]
    return start_as(target, name, input_text(target, trigger))


def start_as(target: Target, name: str, text: str) -> Started:
    """Starts an execution of a name."""
    states.start(target.machine_arn, name, text)
    note_start(name, target.workflow_id)
    return started(name)


def started(name: str) -> Started:
    """What the caller hears of an execution."""
    return Started(execution_id=name, url=f"{settings().base_url}/v1/executions/{name}")


def input_text(target: Target, trigger: dict[str, Any]) -> str:
    """An execution's input.

    Raises:
        TooLargeError: it is more than an execution can take.
    """
    text = json.dumps({"trigger": trigger, "vars": target.variables}, ensure_ascii=False)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_INPUT:
        raise TooLargeError(f"What starts a workflow may have {MAX_INPUT:,} bytes at the most.")
    return text


def check_input(schema: dict[str, Any] | None, value: Any) -> None:
    """Checks a trigger's body against the workflow's ``input``.

    Raises:
        InvalidError: with a pointer for each thing that does not fit.
    """
    issues = input_issues(schema, value)
    if issues:
        raise InvalidError(f"{issues[0].pointer}: {issues[0].detail}", issues)


def input_issues(schema: dict[str, Any] | None, value: Any) -> tuple[Issue, ...]:
    """What of a trigger's body does not fit the workflow's ``input``."""
    if schema is None:
        return ()
    validator = _validator(json.dumps(schema, sort_keys=True))
    try:
        if validator.is_valid(value):
            return ()
        return tuple(
            Issue("/" + "/".join(map(str, error.instance_path)), error.message)
            for error in validator.iter_errors(value)
        )
    except UnicodeEncodeError:  # JSON can write what no text holds
        return (Issue("/", "holds half of a surrogate pair"),)


@lru_cache(maxsize=256)
def _validator(schema: str) -> Any:
    return jsonschema_rs.validator_for(schema)
