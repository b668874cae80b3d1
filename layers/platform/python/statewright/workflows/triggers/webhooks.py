"""Webhooks: a call starts its workflow, and is answered at once, with its result, or with a step's.

What is looked at, in this order: the URL, who is calling where the trigger asks for proof, method
and media type, the body, the workflow's ``input``, whether the call is one that came before.

A webhook that neither verifies its callers nor keeps its calls costs one look-up a second and one
durable write; whatever else there is to do is in ``guarding``, which only the others import.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from statewright import world
from statewright.errors import InvalidError, MethodNotAllowedError, UnsupportedMediaTypeError
from statewright.workflows import starting
from statewright.workflows.triggers import files, keys, results, targets
from statewright.workflows.triggers.keys import MAX_KEY, Key
from statewright.workflows.triggers.results import Receipt, Reply
from statewright.workflows.triggers.targets import Target
from statewright.workflows.webhook_request import WebhookCall

_KIND = "webhook"


def receive(call: WebhookCall) -> Reply:
    """Starts what the webhook starts; the execution is durable when this returns.

    Raises:
        NotFoundError: no such webhook.
        ConflictError: its workflow is off.
        UnauthenticatedError: the sender does not prove who it is.
        ForbiddenError: it does, too late or from the wrong address.
        MalformedError: the body cannot be read.
        InvalidError: the body is not what the workflow's ``input`` says.
    """
    target = targets.by_token(call.token, _KIND)
    if target.settings.get("verify") is None and not target.settings.get("deliveries"):
        return _start(target, call, Receipt())
    from statewright.workflows.triggers import guarding

    return guarding.receive(target, call, _start)


def _start(target: Target, call: WebhookCall, receipt: Receipt) -> Reply:
    _admit(target.settings, call)
    body = call.body()
    facts = starting.facts(
        _KIND, target.trigger_id, body, headers=call.headers, query=dict(call.query)
    )
    starting.check_input(target.input_schema, body)
    return answer(target, facts, _key(target, call, facts), receipt)


def answer(target: Target, facts: dict[str, Any], key: Key | None, receipt: Receipt) -> Reply:
    """Starts an execution, or finds the key's, and answers as the trigger's ``respond`` says."""
    respond = target.settings.get("respond", "immediately")
    if respond != "immediately" and target.mode == starting.EXPRESS:
        return _express(target, facts, key, receipt)
    started = starting.begin(target, facts, key)
    receipt.execution_id = started.execution_id
    if respond == "immediately":
        return results.begun(target, started)
    return results.wait(target, started, facts)


def show_result(token: str, execution_id: str) -> Reply:
    """What a webhook's execution has come to, for whoever called the webhook.

    Raises:
        NotFoundError: the webhook has started no such execution.
    """
    target = targets.by_token(token, _KIND)
    return results.look(target, execution_id)


def _admit(settings: dict[str, Any], call: WebhookCall) -> None:
    method = settings.get("method", "POST")
    methods = method if isinstance(method, list) else [method]
    if call.method not in methods:
        told = f"This webhook takes {' and '.join(methods)} only."
        raise MethodNotAllowedError(told, ", ".join([*methods, "OPTIONS"]))
    allowed = settings.get("content_types", [])
    if call.raw and not files.accepts(allowed, call.content_type):
        raise UnsupportedMediaTypeError(f"This webhook takes {', '.join(allowed)} only.")


def _key(target: Target, call: WebhookCall, facts: dict[str, Any]) -> Key | None:
    """What makes the call one with others: the trigger's own key, else the delivery's id, else the
    caller's key."""
    dedup = target.settings.get("dedup")
    if dedup is not None:
        text = _dedup_key(dedup["key"], target, facts)
        if text is not None:
            scope = f"{target.trigger_id}\ndedup"
            window = timedelta(seconds=_seconds(dedup["window"]))
            return Key(target.workflow_id, target.workspace_id, scope, text, None, window)
    if call.delivery_id is not None:
        scope = f"{target.trigger_id}\ndelivery"
        return Key(target.workflow_id, target.workspace_id, scope, call.delivery_id)
    if call.idempotency_key is None:
        return None
    if len(call.idempotency_key) > MAX_KEY:
        raise InvalidError(f"An Idempotency-Key has {MAX_KEY} characters at the most.")
    request = {"body": facts["body"], "query": facts["query"]}
    return Key(
        target.workflow_id, target.workspace_id, target.trigger_id, call.idempotency_key, request
    )


def _dedup_key(source: str, target: Target, facts: dict[str, Any]) -> str | None:
    from statewright.workflows.triggers.evaluation import evaluate

    value = evaluate(source, {"trigger": facts, "vars": target.variables})
    return None if value is None else str(value)


def _seconds(duration: str) -> int:
    from statewright.workflows.definition import seconds

    return seconds(duration)


def _express(target: Target, facts: dict[str, Any], key: Key | None, receipt: Receipt) -> Reply:
    """An Express execution has no past to look at: it is run while the caller waits."""
    claim = None if key is None else keys.claim(key)
    name = world.new_id() if claim is None else claim.execution_id
    receipt.execution_id = name
    if claim is not None and claim.started:
        return results.accepted(starting.started(name))
    reply = results.run(target, name, starting.input_text(target, facts), facts)
    if key is not None:
        keys.note_used(key)
    return reply
