"""Answers: who may give one, what they come to, and what the workflow gets.

The task's row is locked while an answer is noted, so of two at once one is first; the other finds
the task decided. What is decided is stored before Step Functions is told (``telling``).
"""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.db import Session, tenant
from statewright.errors import ConflictError, ForbiddenError, GoneError, InvalidError, Issue
from statewright.http import Caller
from statewright.tasks import forms, telling
from statewright.tasks.links import Link
from statewright.tasks.models import Decision, Vote
from statewright.tasks.quorum import outcome
from statewright.tasks.store import Actor, Loaded, finish, load, note, refuse_closed, sql


def decide(caller: Caller, task_id: str, decision: Decision) -> None:
    """A member's answer.

    Raises:
        ForbiddenError: the caller is not asked, or has started the execution.
        ConflictError: the task is decided, the caller has answered, or somebody else works on it.
        GoneError: the workflow does not wait for it any more.
        InvalidError: the form does not take the values.
    """
    actor = Actor(f"{caller.kind}:{caller.user_id}", caller.origin)
    with tenant(caller.workspace_id) as session:
        task = load(session, task_id, lock=True)
        person = asked(task, caller)
        decided = _answer(session, task, person, actor, decision)
    _tell(caller.workspace_id, task_id, decided)


def decide_by_link(link: Link, decision: Decision) -> None:
    """The answer of the person whom a link is for; raises as :func:`decide` does."""
    with tenant(link.workspace_id) as session:
        task, person = opened(session, link, lock=True)
        decided = _answer(session, task, person, actor_of(person), decision)
    _tell(link.workspace_id, task.id, decided)


def asked(task: Loaded, caller: Caller) -> dict[str, Any]:
    """The caller among those whom a task asks."""
    person = None if caller.kind != "user" else task.of_user(caller.user_id)
    if person is None:
        raise ForbiddenError("You are not among those who are asked.")
    return person


def opened(session: Session, link: Link, *, lock: bool = False) -> tuple[Loaded, dict[str, Any]]:
    """The task that a link opens, and the person whom it is for.

    Raises:
        GoneError: the task is gone, or somebody else is asked in the person's place.
    """
    row = session.one(sql.find_person, id=link.person_id)
    if row is None:
        raise GoneError("This task does not exist any more.")
    task = load(session, row["task_id"], lock=lock)
    person = task.person(link.person_id)
    if person is None or not person["active"]:
        raise GoneError("Somebody else is asked in your place now.")
    return task, person


def actor_of(person: dict[str, Any]) -> Actor:
    """Somebody who uses a link."""
    known = person["user_id"] is not None
    return Actor(f"user:{person['user_id']}" if known else f"email:{person['email']}")


def refuse_starter(task: Loaded, person: dict[str, Any]) -> None:
    """Raises ForbiddenError where the person has started the execution and may not decide."""
    starter = task.row["started_by"]
    if not task.row["allow_self"] and starter is not None and person["user_id"] == starter:
        raise ForbiddenError("Whoever starts an execution may not decide in it.")


def _answer(
    session: Session, task: Loaded, person: dict[str, Any], actor: Actor, decision: Decision
) -> bool:
    """Notes an answer; returns whether the task is decided by it."""
    now = world.now()
    if person["vote"] is not None and task.row["status"] == "open":
        raise ConflictError("You have answered already.")
    refuse_closed(task, now)
    refuse_starter(task, person)
    if task.row["claimed_by"] not in {None, person["id"]}:
        raise ConflictError("Somebody else is working on this.")
    _check(task, decision)
    agreed = decision.decision != "rejected"
    answers = forms.check(task.row["form"], decision.form) if agreed else {}
    vote = {"vote": decision.decision, "comment": decision.comment, "answers": Jsonb(answers)}
    session.run(sql.set_vote, id=person["id"], now=now, **vote)
    note(session, task.id, actor, decision.decision, decision.comment)
    return _conclude(session, load(session, task.id), person["id"])


def _check(task: Loaded, decision: Decision) -> None:
    fitting = {"approved", "rejected"} if task.row["kind"] == "approval" else {"completed"}
    if decision.decision not in fitting:
        words = " or ".join(f"'{word}'" for word in sorted(fitting))
        issue = Issue("/decision", f"is {words} here")
        raise InvalidError(f"The decision is {words} here.", (issue,))


def _conclude(session: Session, task: Loaded, person_id: str) -> bool:
    decided = outcome(task.row["quorum"], task.row["required"], task.answers)
    if decided is None:
        return False
    person = task.person(person_id)
    assert person is not None  # who has just answered
    finish(session, task.id, decided, person["comment"], result_of(task, decided, person))
    return True


def result_of(task: Loaded, decided: Vote, person: dict[str, Any] | None) -> dict[str, Any]:
    """What the workflow gets; without a person, time has decided."""
    votes = [
        {
            "by": voter["email"],
            "decision": voter["vote"],
            "comment": voter["comment"],
            "at": voter["voted_at"].isoformat(),
            "form": voter["answers"],
        }
        for voter in task.people
        if voter["vote"] is not None
    ]
    return {
        "decision": decided,
        "comment": "" if person is None else person["comment"],
        "decided_at": world.now().isoformat(),
        "decided_by": None if person is None else person["email"],
        "form": {} if person is None else person["answers"],
        "votes": votes,
    }


def _tell(workspace_id: str, task_id: str, decided: bool) -> None:
    if decided and not telling.tell(workspace_id, task_id):
        raise GoneError("The workflow does not wait for this any more.")
