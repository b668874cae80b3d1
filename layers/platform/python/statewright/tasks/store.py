"""A task as use cases work on it: its row, those who are asked, and what is noted of each act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.auth import audit
from statewright.db import Session, load_queries
from statewright.errors import ConflictError, GoneError, NotFoundError
from statewright.http.caller import Origin
from statewright.ids import parse_id
from statewright.tasks.assignees import Asked
from statewright.tasks.quorum import Answers

sql = load_queries(__package__)
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: ``user:<id>``, ``email:<address>`` or ``system``."""

    name: str
    origin: Origin = field(default_factory=Origin)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A task with those who are asked now."""

    row: dict[str, Any]
    people: tuple[dict[str, Any], ...]

    @property
    def id(self) -> str:
        """The task's id."""
        return str(self.row["id"])

    @property
    def answers(self) -> Answers:
        """Of everybody who has answered or still can."""
        return [p["vote"] for p in self.people if p["vote"] is not None or p["active"]]

    def of_user(self, user_id: str) -> dict[str, Any] | None:
        """A member among those who are asked."""
        return next((p for p in self.people if p["user_id"] == user_id), None)

    def person(self, person_id: str) -> dict[str, Any] | None:
        """One of those who are asked."""
        return next((p for p in self.people if p["id"] == person_id), None)


def load(session: Session, task_id: str, *, lock: bool = False) -> Loaded:
    """A task; ``lock`` keeps others away from it until the transaction ends.

    Raises:
        NotFoundError: the workspace has no such task.
    """
    task_id = parse_id(task_id, "task")
    if lock:
        session.one(sql.lock_task, id=task_id)
    row = session.one(sql.find_task, id=task_id)
    if row is None:
        raise NotFoundError("There is no such task.")
    return Loaded(row, tuple(session.all(sql.list_people, task_id=task_id)))


def refuse_closed(task: Loaded, now: datetime) -> None:
    """Raises ConflictError where the task has been decided, GoneError where its time is over."""
    status = task.row["status"]
    if status in {"expired", "cancelled"} or (status == "open" and task.row["expires_at"] <= now):
        raise GoneError("The workflow does not wait for this any more.")
    if status != "open":
        raise ConflictError(f"This was {status} before.")


def note(session: Session, task_id: str, actor: Actor, act: str, text: str = "") -> None:
    """Puts an act into the task's own history and into the audit log."""
    session.run(
        sql.insert_event, task_id=task_id, now=world.now(), actor=actor.name, act=act, text=text
    )
    row = session.one(sql.find_task, id=task_id)
    assert row is not None  # the event's row refers to it
    audit.record_as(
        session, row["workspace_id"], actor.name, actor.origin, f"task.{act}", f"task:{task_id}"
    )


def ask_people(
    session: Session, task_id: str, asked: Sequence[Asked], via: str
) -> list[dict[str, str]]:
    """Adds people to a task; returns those who were not asked already, with their ids."""
    added = []
    for one in asked:
        row = session.one(
            sql.put_person,
            id=world.new_id(),
            task_id=task_id,
            user_id=one.user_id,
            email=one.email,
            name=one.name,
            via=via,
            now=world.now(),
        )
        if row is not None:
            added.append({"id": row["id"], "email": one.email, "user_id": one.user_id or ""})
    return added


def finish(
    session: Session,
    task_id: str,
    status: str,
    comment: str = "",
    result: dict[str, Any] | None = None,
) -> None:
    """Ends a task; a result is to be told to Step Functions afterwards."""
    now = world.now()
    session.run(
        sql.finish,
        id=task_id,
        status=status,
        comment=comment,
        result=None if result is None else Jsonb(result),
        now=now,
        told_at=now if result is None else None,
    )
