"""What time does to tasks: reminders, escalation, expiry; and results that are still to be told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from aws_lambda_powertools import Logger

from statewright import logs, world
from statewright.db import Session, system, tenant
from statewright.errors import InvalidError
from statewright.tasks import letters, telling
from statewright.tasks.assignees import resolve
from statewright.tasks.deciding import result_of
from statewright.tasks.models import Vote
from statewright.tasks.store import SYSTEM, Actor, Loaded, ask_people, finish, load, note, sql

logger = Logger(service="statewright", level="INFO")
_SYSTEM = Actor(SYSTEM)


def sweep(has_time: Callable[[], bool]) -> dict[str, int]:
    """Does what is due and says how much; what there is no time for is due again next time."""
    told, acted = telling.tell_all(), 0
    while has_time():
        with system() as session:
            due = session.all(sql.list_due, now=world.now())
        for row in due:
            with logs.within(**logs.keys_of_execution(row["execution_id"], row), task_id=row["id"]):
                act(row["workspace_id"], row["id"])
        acted += len(due)
        if not due:
            break
    return {"told": told, "acted": acted}


def act(workspace_id: str, task_id: str) -> None:
    """Does what is due about one task, each thing once, whoever else does it at the same time."""
    with tenant(workspace_id) as session:
        now, task = world.now(), load(session, task_id, lock=True)
        if task.row["status"] != "open":
            return
        notices = _act(session, task, now)
    letters.publish(notices)
    telling.tell(workspace_id, task_id)


def _act(session: Session, task: Loaded, now: datetime) -> list[str]:
    row = task.row
    if row["expires_at"] <= now:
        _expire(session, task)
        return []
    if row["escalate_at"] is not None and row["escalate_at"] <= now:
        return _escalate(session, task)
    if row["remind_at"] is not None and row["remind_at"] <= now:
        return _remind(session, task, now)
    return []


def _expire(session: Session, task: Loaded) -> None:
    """The end that the step asks for. To fail is the state machine's own timeout."""
    decided: dict[str, Vote] = {"approve": "approved", "reject": "rejected"}
    decision = decided.get(task.row["on_expiry"])
    if decision is None:
        finish(session, task.id, "expired")
    else:
        finish(session, task.id, decision, result=result_of(task, decision, None))
    note(session, task.id, _SYSTEM, "expired", decision or "")


def _escalate(session: Session, task: Loaded) -> list[str]:
    starter = None if task.row["allow_self"] else task.row["started_by"]
    session.run(sql.set_escalated, id=task.id)
    try:
        others = resolve(session, task.row["workflow_id"], task.row["escalate_to"], starter)
    except InvalidError as error:
        # A group was deleted meanwhile: that is told, and the task goes on with those it has.
        note(session, task.id, _SYSTEM, "escalated", f"To nobody: {error.detail}")
        return []
    added = ask_people(session, task.id, others, "escalated")
    note(session, task.id, _SYSTEM, "escalated", ", ".join(one["email"] for one in added))
    return letters.write(session, task.row, added, letters.ESCALATED)


def _remind(session: Session, task: Loaded, now: datetime) -> list[str]:
    """Reminds those who have not answered; of turns that were missed, only the last is made up."""
    every, due = task.row["remind_every"], task.row["remind_at"]
    missed = (now - due) // every
    session.run(sql.set_reminded, id=task.id, remind_at=due + every * (missed + 1))
    silent = [one for one in task.people if one["vote"] is None and one["active"]]
    note(session, task.id, _SYSTEM, "reminded", ", ".join(one["email"] for one in silent))
    return letters.write(session, task.row, silent, letters.REMINDER)


def end_of_execution(detail: dict[str, Any]) -> None:
    """Ends what an execution that has failed or was stopped still asks.

    Args:
        detail: of Step Functions' "Execution Status Change" event.
    """
    workflow_id, now = detail["stateMachineArn"][-36:], world.now()
    with system() as session:
        found = session.one(sql.find_workspace_of, id=workflow_id)
    if found is None:
        return  # deleted meanwhile
    ended = {"execution_id": detail["name"], "workflow_id": workflow_id, "now": now}
    with tenant(found["workspace_id"]) as session:
        for row in session.all(sql.cancel_of_execution, **ended):
            why = f"The execution has ended: {detail['status'].lower()}."
            note(session, row["id"], _SYSTEM, "cancelled", why)
