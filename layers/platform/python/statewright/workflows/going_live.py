"""Making a version the one that triggers start: at its publishing, and when rolling back to it."""

from __future__ import annotations

from typing import Any

from statewright import world
from statewright.aws import events
from statewright.aws.events import Event
from statewright.db import Session, load_queries
from statewright.workflows.definition import Definition
from statewright.workflows.triggers.activation import (
    Owner,
    activate,
    deactivate,
    settle,
    workspace_of,
)

_sql = load_queries(__package__)


def go_live(
    session: Session, row: dict[str, Any], version: int, definition: Definition, machine_arn: str
) -> dict[str, str]:
    """Makes a version the live one, and its triggers those that start the workflow.

    Args:
        row: the workflow's, which the transaction has locked.
        machine_arn: the version's.

    Returns:
        Trigger id → URL, of each trigger that has one.
    """
    session.run(_sql.set_version, id=row["id"], version=version, now=world.now())
    urls = activate(session, Owner(row["id"], row["enabled"]), definition, machine_arn)
    _tell(session, row, version)
    return urls


def _tell(session: Session, row: dict[str, Any], version: int) -> None:
    """Before the commit, so that it is not forgotten; at worst it is told of what is undone."""
    data = {"workflow_id": row["id"], "workflow": row["name"], "version": version}
    what = f"{row['id']}/{version}/{row['revision']}"
    events.publish([Event(workspace_of(session), "workflow.published", what, data)])


def rest(session: Session, workflow_id: str) -> None:
    """Turns off everything that starts a workflow: it is about to be archived."""
    settle(session, Owner(workflow_id, enabled=False))


def leave(session: Session, workflow_id: str) -> None:
    """Takes away everything that starts a workflow: it is about to be deleted."""
    deactivate(session, workflow_id)
