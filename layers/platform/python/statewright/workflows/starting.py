"""Starting executions: a webhook's call, or a person. One durable write, then the answer.

The execution's name makes a start idempotent: the same key gives the same name, and Step Functions
starts a name once.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs

from statewright import world
from statewright.aws import states
from statewright.db import load_queries, lookup, tenant
from statewright.errors import (
    ConflictError,
    InvalidError,
    Issue,
    MalformedError,
    NotFoundError,
    StatewrightError,
    TooLargeError,
)
from statewright.settings import settings
from statewright.workflows.drafts import parse_id
from statewright.workflows.models import Start, Started

MAX_INPUT = 200_000
"""The most bytes of a trigger's content: a state's data may have 256 KiB in all."""
_sql = load_queries(__package__)


class MethodNotAllowedError(StatewrightError):
    """The webhook is called with another method than its trigger has (caller's fault)."""

    kind, title, status = "method-not-allowed", "Method not allowed", 405


@dataclass(frozen=True, slots=True)
class WebhookCall:
    """An HTTP request to a webhook."""

    token: str
    method: str
    headers: dict[str, str]
    query: dict[str, str]
    body: str
    idempotency_key: str | None = None


def receive_webhook(call: WebhookCall) -> Started:
    """Starts what the webhook starts; the execution is durable when this returns.

    Raises:
        NotFoundError: no such webhook, or its workflow is off.
        MalformedError: the body is not JSON.
        InvalidError: the body is not what the workflow's ``input`` says.
    """
    hook = _webhook(call.token, int(world.now().timestamp()))
    if hook["method"] != call.method:
        raise MethodNotAllowedError(f"This webhook takes {hook['method']} only.")
    body = _body(call)
    check_input(hook["input_schema"], body)
    trigger = {
        "type": "webhook",
        "id": hook["trigger_id"],
        "body": body,
        "headers": call.headers,
        "query": call.query,
        "received_at": world.now().isoformat(),
    }
    return _start(hook["machine_arn"], trigger, hook["variables"], call.idempotency_key)


@lru_cache(maxsize=4096)
def _webhook(token: str, _second: int) -> dict[str, Any]:
    """What a webhook starts, read once a second at the most: a busy one asks all the time.

    What it starts is never old: the alias it names leads to what is published now.
    """
    hook = lookup(_sql.find_webhook, token=token)
    if hook is None or not hook["enabled"]:
        raise NotFoundError("There is no such webhook, or its workflow is turned off.")
    return hook


def start_by_hand(workspace_id: str, user_id: str, workflow_id: str, start: Start) -> Started:
    """Starts the published version.

    Raises:
        ConflictError: nothing is published, or the workflow is off.
    """
    with tenant(workspace_id) as session:
        row = session.one(_sql.find_startable, id=parse_id(workflow_id, "workflow"))
    if row is None:
        raise NotFoundError("There is no such workflow.")
    if row["machine_arn"] is None:
        raise ConflictError("Publish the workflow first.")
    if not row["enabled"]:
        raise ConflictError("The workflow is turned off.")
    check_input(row["published"].get("input"), start.input)
    trigger = {
        "type": "manual",
        "id": user_id,
        "body": start.input,
        "headers": {},
        "query": {},
        "received_at": world.now().isoformat(),
    }
    return _start(row["machine_arn"], trigger, row["variables"], start.idempotency_key)


def _start(machine_arn: str, trigger: Any, variables: Any, key: str | None) -> Started:
    text = json.dumps({"trigger": trigger, "vars": variables}, ensure_ascii=False)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_INPUT:
        raise TooLargeError(f"What starts a workflow may have {MAX_INPUT:,} bytes at the most.")
    name = world.new_id() if key is None else _name_of(machine_arn, key)
    states.start(machine_arn, name, text)
    return Started(execution_id=name, url=f"{settings().base_url}/v1/executions/{name}")


def _name_of(machine_arn: str, key: str) -> str:
    workflow_arn = machine_arn.rpartition(":")[0]
    return hashlib.sha256(f"{workflow_arn}\n{key}".encode()).hexdigest()[:40]


def _body(call: WebhookCall) -> Any:
    if not call.body:
        return {}
    if "json" in call.headers.get("content-type", "json"):
        try:
            return json.loads(call.body, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise MalformedError(f"The body is not valid JSON: {error}.") from None
    return call.body


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def check_input(schema: dict[str, Any] | None, value: Any) -> None:
    """Checks a trigger's body against the workflow's ``input``.

    Raises:
        InvalidError: with a pointer for each thing that does not fit.
    """
    if schema is None:
        return
    validator = _validator(json.dumps(schema, sort_keys=True))
    if validator.is_valid(value):
        return
    issues = tuple(
        Issue("/" + "/".join(map(str, error.instance_path)), error.message)
        for error in validator.iter_errors(value)
    )
    raise InvalidError(f"{issues[0].pointer}: {issues[0].detail}", issues)


@lru_cache(maxsize=256)
def _validator(schema: str) -> Any:
    return jsonschema_rs.validator_for(schema)
