"""Making a version the one that triggers start: at its publishing, and when rolling back to it."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.aws import states
from statewright.db import Session, load_queries
from statewright.workflows import drafts
from statewright.workflows.definition import Definition, WebhookTrigger

LIVE = "live"
"""The alias through which triggers start what is published."""
_sql = load_queries(__package__)


def go_live(
    session: Session, row: dict[str, Any], version: int, definition: Definition, machine_arn: str
) -> dict[str, str]:
    """Makes a version the live one, and its triggers those that start the workflow.

    Args:
        row: the workflow's, which the transaction has locked.
        machine_arn: the version's.

    Returns:
        Trigger id → URL of each webhook.
    """
    session.run(_sql.set_version, id=row["id"], version=version, now=world.now())
    alias_arn = f"{machine_arn.rpartition(':')[0]}:{LIVE}"
    hooks = _point_webhooks(session, row["id"], definition, alias_arn)
    states.point_alias(machine_arn, LIVE)  # last: from here on triggers start this version
    return hooks


def leave(session: Session, workflow_id: str) -> None:
    """Takes away everything that starts a workflow: it is about to be deleted."""
    session.run(_sql.delete_other_webhooks, workflow_id=workflow_id, keep=[])


def _point_webhooks(
    session: Session, workflow_id: str, definition: Definition, machine_arn: str
) -> dict[str, str]:
    urls: dict[str, str] = {}
    triggers = [t for t in definition.triggers if isinstance(t, WebhookTrigger)]
    schema: Any = None if definition.input is None else Jsonb(definition.input)
    for trigger in triggers:
        row = session.one(
            _sql.put_webhook,
            token=world.new_secret(16),
            workflow_id=workflow_id,
            trigger_id=trigger.id,
            method=trigger.method,
            machine_arn=machine_arn,
            input_schema=schema,
        )
        assert row is not None
        urls[trigger.id] = drafts.webhook_url(row["token"])
    session.run(_sql.delete_other_webhooks, workflow_id=workflow_id, keep=[t.id for t in triggers])
    return urls
