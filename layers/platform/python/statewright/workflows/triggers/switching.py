"""Turning workflows and their triggers on and off, and looking at them."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from statewright import world
from statewright.aws import events
from statewright.aws.events import Event
from statewright.db import Session, load_queries, tenant
from statewright.errors import NotFoundError
from statewright.workflows import drafts
from statewright.workflows.definition import Timetable, Trigger
from statewright.workflows.timetables import next_time
from statewright.workflows.triggers import activation
from statewright.workflows.triggers.activation import Owner
from statewright.workflows.triggers.models import (
    Poll,
    PublishedTrigger,
    Switch,
    Triggers,
    WorkflowState,
)
from statewright.workflows.triggers.urls import url_of

_sql = load_queries(__package__)
_TRIGGER: TypeAdapter[Any] = TypeAdapter(Trigger)


def switch(workspace_id: str, workflow_id: str, state: Switch) -> WorkflowState:
    """Turns a workflow on or off. Off, nothing starts it; what runs goes on.

    Doing so again puts schedules, rules and the alias right, whatever has become of them.
    """
    enabled = state == "on"
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id, lock=True)
        if enabled:
            drafts.refuse_archived(row)
        changed = row["enabled"] is not enabled
        session.run(_sql.set_enabled, id=row["id"], enabled=enabled, now=world.now())
        activation.settle(session, Owner(row["id"], enabled))
    if changed:
        _tell(workspace_id, row, f"workflow.turned_{state}")
    return WorkflowState(workflow_id=row["id"], state=state)


def _tell(workspace_id: str, row: dict[str, Any], what: str) -> None:
    data = {"workflow_id": row["id"], "workflow": row["name"]}
    events.publish([Event(workspace_id, what, world.new_id(), data)])


def switch_trigger(
    workspace_id: str, workflow_id: str, trigger_id: str, state: Switch
) -> PublishedTrigger:
    """Pauses one trigger, or lets it start the workflow again.

    Raises:
        NotFoundError: the published version has no such trigger.
    """
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id, lock=True)
        paused = state == "off"
        found = session.one(
            _sql.pause_trigger, workflow_id=row["id"], trigger_id=trigger_id, paused=paused
        )
        if found is None:
            raise NotFoundError("The published version has no such trigger.")
        owner = Owner(row["id"], row["enabled"])
        trigger = _TRIGGER.validate_python(found["settings"])
        activation.place(session, owner, trigger, {**found, "paused": paused})
        rows = session.all(_sql.list_triggers, workflow_id=row["id"])
    return next(_shown(row) for row in rows if row["id"] == trigger_id)


def list_triggers(workspace_id: str, workflow_id: str) -> Triggers:
    """The triggers of the published version."""
    with tenant(workspace_id) as session:
        row = drafts.find(session, workflow_id)
        items = _list(session, row["id"])
    return Triggers(state="on" if row["enabled"] else "off", items=items)


def _list(session: Session, workflow_id: str) -> list[PublishedTrigger]:
    return [_shown(row) for row in session.all(_sql.list_triggers, workflow_id=workflow_id)]


def _shown(row: dict[str, Any]) -> PublishedTrigger:
    trigger = _TRIGGER.validate_python(row["settings"])
    due = None
    if isinstance(trigger, Timetable) and not row["paused"]:
        due = next_time(trigger, row["created_at"], world.now())
    return PublishedTrigger(
        id=row["id"],
        type=row["type"],
        state="off" if row["paused"] else "on",
        url=url_of(trigger, row["token"], row["workspace_id"]),
        next_at=due,
        last_started_at=row["last_started_at"],
        last_error=row["last_error"],
        last_error_at=row["last_error_at"],
        poll=_poll(row) if row["type"] == "poll" else None,
        settings=row["settings"],
    )


def _poll(row: dict[str, Any]) -> Poll:
    return Poll(
        polled_at=row["polled_at"],
        cursor=row["cursor"],
        failures=row["failures"] or 0,
        not_before=row["not_before"],
    )
