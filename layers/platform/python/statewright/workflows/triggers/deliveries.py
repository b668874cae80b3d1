"""Deliveries of webhooks that are kept: written, listed, shown, sent once more, forgotten.

A delivery is written once the call has been answered for: what it has started is durable by then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from aws_lambda_powertools import Logger
from psycopg.types.json import Jsonb

from statewright import world
from statewright.auth import audit
from statewright.db import Session, load_queries, lookup, system, tenant
from statewright.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    StatewrightError,
    UnauthenticatedError,
    UnavailableError,
)
from statewright.http.caller import Caller
from statewright.http.paging import Page, decode_cursor, encode_cursor
from statewright.ids import parse_id
from statewright.workflows import drafts, starting, webhook_bodies
from statewright.workflows.definition import seconds
from statewright.workflows.triggers import targets, verification
from statewright.workflows.triggers.delivery_models import (
    Replayed,
    Verdict,
    WebhookDelivery,
    WebhookDeliveryDetail,
)
from statewright.workflows.triggers.targets import Target
from statewright.workflows.webhook_request import WebhookCall

KEPT = "7d"
MOST_IN_VAIN = 100
"""So many calls that start nothing are kept for each trigger and hour: anybody can make them."""
_LARGEST, _LARGEST_IN_VAIN = 262_144, 16_384
_IN_VAIN = frozenset({"refused", "rejected"})
_CREDENTIAL = re.compile(r"token|secret|passw|api-?key|authorization|cookie|credential")
_sql = load_queries(__package__, "deliveries.sql")
logger = Logger(service="statewright", level="INFO")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a call."""

    verdict: Verdict
    status: int
    reason: str | None = None
    execution_id: str | None = None


def refusal(error: StatewrightError) -> Outcome:
    """The outcome of a call that was refused or could not be done."""
    verdict: Literal["refused", "rejected", "failed"] = "rejected"
    if isinstance(error, UnauthenticatedError | ForbiddenError):
        verdict = "refused"
    elif error.status >= 500:
        verdict = "failed"
    return Outcome(verdict, error.status, error.detail[:1_000])


def _line(text: str | None) -> str | None:
    """Text as the database takes it: it may quote what a stranger has sent."""
    return text and text.encode("utf-8", "replace").decode().replace("\0", "")


def note(target: Target, call: WebhookCall, at: datetime, outcome: Outcome) -> None:
    """Keeps a call, where its trigger says so.

    A database that does not take it now does not undo what has begun: that is only logged.
    """
    options = _options(target)
    if options is None:
        return
    try:
        lookup(_sql.insert_delivery, **_row(target, call, at, outcome, options))
    except UnavailableError:
        logger.warning("a webhook's delivery could not be kept", exc_info=True)


def _options(target: Target) -> Mapping[str, Any] | None:
    """What the trigger says of deliveries. Who verifies senders keeps what they sent."""
    found = target.settings.get("deliveries")
    if found is None:
        found = target.settings.get("verify") is not None
    if isinstance(found, bool):
        return {"keep": KEPT, "bodies": True} if found else None
    options: Mapping[str, Any] = found
    return options


def _row(
    target: Target, call: WebhookCall, at: datetime, outcome: Outcome, options: Mapping[str, Any]
) -> dict[str, Any]:
    most = _LARGEST_IN_VAIN if outcome.verdict in _IN_VAIN else _LARGEST
    return {
        "id": world.new_id(),
        "workspace_id": target.workspace_id,
        "workflow_id": target.workflow_id,
        "trigger_id": target.trigger_id,
        "received_at": at,
        "verdict": outcome.verdict,
        "status": outcome.status,
        "reason": _line(outcome.reason),
        "execution_id": outcome.execution_id,
        "replay_of": None,
        "method": call.method,
        "address": call.address,
        "headers": Jsonb(_shown(call.headers)),
        "query_fields": Jsonb(_shown(call.query)),
        "size": len(call.raw),
        "body": call.raw[:most] if options["bodies"] else None,
        "truncated": len(call.raw) > most,
        "expires_at": at + timedelta(seconds=seconds(options["keep"])),
        "most": MOST_IN_VAIN,
    }


def _shown(values: Mapping[str, str]) -> dict[str, str]:
    """Headers or parameters without what looks like a credential, and without NUL."""
    return {
        name.replace("\0", ""): "***" if _is_credential(name) else value.replace("\0", "")
        for name, value in values.items()
    }


def _is_credential(name: str) -> bool:
    lower = name.lower()
    return lower != "idempotency-key" and _CREDENTIAL.search(lower) is not None


def list_page(
    caller: Caller,
    workflow_id: str,
    trigger_id: str | None,
    verdict: Verdict | None,
    cursor: str | None,
    limit: int,
) -> Page[WebhookDelivery]:
    """A workflow's deliveries, the newest first."""
    before = None if cursor is None else decode_cursor(cursor, lambda t: parse_id(t, "delivery"))[0]
    with tenant(caller.workspace_id) as session:
        workflow = drafts.find(session, workflow_id)
        rows = session.all(
            _sql.list_deliveries,
            workflow_id=workflow["id"],
            trigger_id=trigger_id,
            verdict=verdict,
            before=before,
            limit=limit + 1,
        )
    items = [WebhookDelivery.model_validate(row) for row in rows[:limit]]
    following = encode_cursor(items[-1].id) if len(rows) > limit else None
    return Page(items=items, next=following)


def get(caller: Caller, workflow_id: str, delivery_id: str) -> WebhookDeliveryDetail:
    """One delivery with what was kept of it."""
    with tenant(caller.workspace_id) as session:
        row = _find(session, workflow_id, delivery_id)
    body = None if row["body"] is None else _readable(bytes(row["body"]), row["content_type"])
    return WebhookDeliveryDetail.model_validate({**row, "body": body})


def _find(session: Session, workflow_id: str, delivery_id: str) -> dict[str, Any]:
    row = session.one(
        _sql.find_delivery,
        id=parse_id(delivery_id, "delivery"),
        workflow_id=parse_id(workflow_id, "workflow"),
    )
    if row is None:
        raise NotFoundError("There is no such delivery.")
    return row


def _readable(raw: bytes, content_type: str | None) -> Any:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return webhook_bodies.packed(raw, content_type or "application/octet-stream")


def replay(caller: Caller, workflow_id: str, delivery_id: str) -> Replayed:
    """Starts a new execution with a delivery, as the trigger is now.

    What was refused is verified again, with the secrets of today and however old it is.

    Raises:
        ConflictError: it cannot be sent again, or it is still not verified.
        InvalidError: it is not what the workflow takes.
    """
    with tenant(caller.workspace_id) as session:
        row = _find(session, workflow_id, delivery_id)
        target = targets.find(row["workflow_id"], row["trigger_id"])
        call = _call(row, target)
        assert target is not None
        body = call.body()
        starting.check_input(target.input_schema, body)
        facts = starting.facts(
            target.type,
            target.trigger_id,
            body,
            headers=call.headers,
            query=call.query,
            received_at=row["received_at"],
            started_by=caller.user_id,
        )
        name, again = world.new_id(), world.new_id()
        kept = _row(target, call, world.now(), Outcome("accepted", 202, None, name), _kept(target))
        session.run(_sql.insert_delivery, **{**kept, "id": again, "replay_of": row["id"]})
        target_name = f"delivery:{row['id']}"
        audit.record(session, caller, "delivery.replayed", target_name, execution=name)
        started = starting.start_as(target, name, starting.input_text(target, facts))
    return Replayed(delivery_id=again, execution_id=started.execution_id)


def _kept(target: Target) -> Mapping[str, Any]:
    return _options(target) or {"keep": KEPT, "bodies": True}


def _call(row: dict[str, Any], target: Target | None) -> WebhookCall:
    """The call that a delivery was, if it can be made once more."""
    if target is None or target.type != "webhook":
        raise ConflictError("The published version has no such webhook any more.")
    target.require_open()
    if row["verdict"] == "challenge":
        raise ConflictError("A challenge starts nothing.")
    if row["body"] is None or row["truncated"]:
        raise ConflictError("The delivery's body was not kept, or not whole.")
    call = WebhookCall(
        target.token,
        row["method"],
        row["headers"],
        row["query"],
        bytes(row["body"]),
        address=row["address"],
    )
    if row["verdict"] == "refused" and target.settings.get("verify") is not None:
        try:
            verification.verify_again(target, call)
        except (UnauthenticatedError, ForbiddenError) as error:
            raise ConflictError(f"It is still not verified. {error.detail}") from error
    return call


def forget_expired() -> int:
    """Forgets deliveries whose time is over, and returns how many."""
    with system() as session:
        return session.run(_sql.delete_expired_deliveries, now=world.now())
