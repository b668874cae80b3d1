"""Webhooks that verify their senders, or keep what they were sent."""

from __future__ import annotations

from collections.abc import Callable

from statewright import world
from statewright.errors import StatewrightError
from statewright.workflows.triggers import deliveries, verification
from statewright.workflows.triggers.deliveries import Outcome
from statewright.workflows.triggers.results import Receipt, Reply
from statewright.workflows.triggers.targets import Target
from statewright.workflows.webhook_request import WebhookCall

Start = Callable[[Target, WebhookCall, Receipt], Reply]


def receive(target: Target, call: WebhookCall, start: Start) -> Reply:
    """Lets in who may call, starts the workflow, and keeps the call with what became of it."""
    at, receipt = world.now(), Receipt()
    try:
        admitted = call
        if target.settings.get("verify") is not None:
            found = verification.admit(target, call)
            if isinstance(found, Reply):
                deliveries.note(target, call, at, Outcome("challenge", found.status))
                return found
            admitted = found
        reply = start(target, admitted, receipt)
    except StatewrightError as error:
        outcome = deliveries.refusal(error)
        if receipt.execution_id is not None:  # it has begun, whatever it has come to
            outcome = Outcome("accepted", error.status, error.detail, receipt.execution_id)
        deliveries.note(target, call, at, outcome)
        raise
    done = Outcome("accepted", reply.status, None, receipt.execution_id)
    deliveries.note(target, admitted, at, done)
    return reply
