"""What people do with a task besides deciding it: claim, hand over, say something."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.db import Session, tenant
from statewright.errors import ConflictError, ForbiddenError, InvalidError, Issue
from statewright.http import Caller
from statewright.tasks import letters
from statewright.tasks.assignees import Asked, resolve
from statewright.tasks.deciding import actor_of, asked, opened, refuse_starter
from statewright.tasks.links import Link
from statewright.tasks.models import Assignment, Delegation, NewComment
from statewright.tasks.store import Actor, Loaded, ask_people, load, note, refuse_closed, sql

MANAGE = "approvals:manage"


def claim(caller: Caller, task_id: str) -> None:
    """Keeps the others from deciding while the caller works on it.

    Raises:
        ConflictError: somebody else does already, or each has to decide.
    """
    with tenant(caller.workspace_id) as session:
        task, person = _own(session, caller, task_id)
        refuse_starter(task, person)
        if task.row["quorum"] != "any":
            raise ConflictError("Each of several decides this: it cannot be claimed.")
        if task.row["claimed_by"] == person["id"]:
            return
        if task.row["claimed_by"] is not None:
            raise ConflictError("Somebody else is working on this.")
        session.run(sql.set_claim, id=task.id, person=person["id"])
        note(session, task.id, _actor(caller), "claimed")


def release(caller: Caller, task_id: str) -> None:
    """Lets the others decide again; who may manage tasks releases anybody's."""
    with tenant(caller.workspace_id) as session:
        task = load(session, task_id, lock=True)
        refuse_closed(task, world.now())
        if task.row["claimed_by"] is None:
            return
        person = task.of_user(caller.user_id)
        if (person is None or task.row["claimed_by"] != person["id"]) and not _manages(caller):
            raise ForbiddenError("Somebody else is working on this.")
        session.run(sql.set_claim, id=task.id, person=None)
        note(session, task.id, _actor(caller), "released")


def delegate(caller: Caller, task_id: str, delegation: Delegation) -> None:
    """Asks somebody else in the caller's place.

    Raises:
        InvalidError: that is not one person, or somebody who is asked anyway.
        ConflictError: the caller has answered already.
    """
    with tenant(caller.workspace_id) as session:
        task, person = _own(session, caller, task_id)
        if person["vote"] is not None:
            raise ConflictError("You have answered already.")
        (other,) = _resolve(session, task, [delegation.to], "/to", most=1)
        if any(one["email"] == other.email for one in task.people):
            issue = Issue("/to", "is asked already")
            raise InvalidError(f"{other.email} is asked already.", (issue,))
        session.run(sql.remove_person, id=person["id"], now=world.now())
        if task.row["claimed_by"] == person["id"]:
            session.run(sql.set_claim, id=task.id, person=None)
        added = ask_people(session, task.id, [other], "delegated")
        said = f"To {other.email}. {delegation.comment}".strip()
        note(session, task.id, _actor(caller), "delegated", said)
        notices = letters.write(session, task.row, added, letters.ASKED)
    letters.publish(notices)


def reassign(caller: Caller, task_id: str, assignment: Assignment) -> None:
    """Asks others instead of those who have not answered.

    Raises:
        InvalidError: too few would be left to agree.
    """
    with tenant(caller.workspace_id) as session:
        task = load(session, task_id, lock=True)
        refuse_closed(task, world.now())
        others = _resolve(session, task, assignment.assignees, "/assignees", most=200)
        voted = {one["email"] for one in task.people if one["vote"] is not None}
        everybody = len(voted | {one.email for one in others})
        required = _required(task, everybody)
        session.run(sql.remove_silent, task_id=task.id, now=world.now())
        names = Jsonb(assignment.assignees)
        session.run(sql.set_required, id=task.id, required=required, assignees=names)
        added = ask_people(session, task.id, others, "reassigned")
        said = ", ".join(one.email for one in others)
        note(session, task.id, _actor(caller), "reassigned", said)
        notices = letters.write(session, task.row, added, letters.ASKED)
    letters.publish(notices)


def _required(task: Loaded, everybody: int) -> int:
    required = int(task.row["required"])
    if task.row["quorum"] == "all":
        return everybody
    if required > everybody:
        issue = Issue("/assignees", f"are too few: {required} have to agree")
        raise InvalidError(f"{required} have to agree, and {everybody} would be asked.", (issue,))
    return required


def comment(caller: Caller, task_id: str, said: NewComment) -> None:
    """Says something about a task that one is asked, or manages, whatever its state."""
    with tenant(caller.workspace_id) as session:
        task = load(session, task_id, lock=True)
        if not _manages(caller):
            asked(task, caller)
        note(session, task.id, _actor(caller), "commented", said.text)


def comment_by_link(link: Link, said: NewComment) -> None:
    """The same, by the person whom a link is for."""
    with tenant(link.workspace_id) as session:
        task, person = opened(session, link, lock=True)
        refuse_closed(task, world.now())
        note(session, task.id, actor_of(person), "commented", said.text)


def _own(session: Session, caller: Caller, task_id: str) -> tuple[Loaded, dict[str, Any]]:
    """An open task that the caller is asked."""
    task = load(session, task_id, lock=True)
    person = asked(task, caller)
    refuse_closed(task, world.now())
    return task, person


def _resolve(
    session: Session, task: Loaded, names: list[str], pointer: str, most: int
) -> list[Asked]:
    starter = None if task.row["allow_self"] else task.row["started_by"]
    try:
        others = resolve(session, task.row["workflow_id"], names, starter)
    except InvalidError as error:
        raise InvalidError(error.detail, (Issue(pointer, error.detail),)) from error
    if not 0 < len(others) <= most:
        detail = "is nobody who may decide" if not others else "is more than one person"
        raise InvalidError(f"{', '.join(names)[:200]} {detail}.", (Issue(pointer, detail),))
    return others


def _manages(caller: Caller) -> bool:
    return MANAGE in caller.permissions | caller.scoped


def _actor(caller: Caller) -> Actor:
    return Actor(f"{caller.kind}:{caller.user_id}", caller.origin)
