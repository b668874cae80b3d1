"""``human.approval`` and ``human.task``: a workflow asks people, and waits by its task token."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import ValidationError

from statewright import logs, world
from statewright.aws import events
from statewright.aws.events import Event
from statewright.db import Session, tenant
from statewright.errors import InvalidError
from statewright.tasks import forms, letters
from statewright.tasks.assignees import Asked, resolve
from statewright.tasks.models import Ask, Quorum
from statewright.tasks.store import SYSTEM, Actor, ask_people, load, note, sql
from statewright.workflows.definition import seconds


class HumanTaskInvalidError(Exception):
    """The step's inputs cannot be asked as they are."""


HumanTaskInvalidError.__name__ = "HumanTask.Invalid"


class HumanTaskNobodyError(Exception):
    """Nobody is left who may decide."""


HumanTaskNobodyError.__name__ = "HumanTask.NobodyToAsk"


def ask(request: dict[str, Any]) -> str:
    """Stores what is asked, with a notice for everybody who is.

    Args:
        request: the step's payload: workspace_id, workflow_id, execution_id, step, key, started_by,
            task_token and the action's inputs, ``with``.

    Returns:
        The task's id. Asking again for the same task token gives the same one.

    Raises:
        HumanTaskInvalidError: as ``HumanTask.Invalid``.
        HumanTaskNobodyError: as ``HumanTask.NobodyToAsk``.
    """
    wanted = _read(request["with"])
    task_id = _ask(request, wanted)
    _publish(request, wanted, task_id)
    return task_id


def _publish(request: dict[str, Any], wanted: Ask, task_id: str) -> None:
    """Tells the platform. Asked again, it is told again, under the same id."""
    data = {
        "task_id": task_id,
        "workflow_id": request["workflow_id"],
        "execution_id": request["execution_id"],
        "step": request["step"],
        "kind": wanted.kind,
        "title": wanted.title,
        "assignees": wanted.assignees,
    }
    events.publish([Event(request["workspace_id"], "task.assigned", task_id, data)])


def _ask(request: dict[str, Any], wanted: Ask) -> str:
    with tenant(request["workspace_id"]) as session:
        known = session.one(sql.find_by_token, task_token=request["task_token"])
        if known is not None:
            return str(known["id"])
        asked = _people(session, request, wanted)
        quorum, required = _quorum(wanted, len(asked))
        task_id = world.new_id()
        row = _row(request, wanted, world.now())
        if not session.run(sql.insert_task, **row, id=task_id, quorum=quorum, required=required):
            return _other(session, request["task_token"])
        _supersede(session, request, task_id)
        added = ask_people(session, task_id, asked, "asked")
        names = ", ".join(one.email for one in asked)
        note(session, task_id, Actor(f"execution:{request['execution_id']}"), "asked", names)
        notices = letters.write(session, load(session, task_id).row, added, letters.ASKED)
    letters.publish(notices)
    return task_id


def _other(session: Session, token: str) -> str:
    """The task that another run of the same Lambda has just stored."""
    row = session.one(sql.find_by_token, task_token=token)
    assert row is not None  # the insertion met it
    return str(row["id"])


def _read(inputs: dict[str, Any]) -> Ask:
    try:
        wanted = Ask.model_validate(inputs)
        if wanted.form is not None:
            forms.read(wanted.form)
    except ValidationError as error:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        raise HumanTaskInvalidError(f"{place}: {first['msg']}") from error
    except InvalidError as error:
        raise HumanTaskInvalidError(error.detail) from error
    return wanted


def _people(session: Session, request: dict[str, Any], wanted: Ask) -> Sequence[Asked]:
    starter = None if wanted.allow_self else request.get("started_by")
    try:
        asked = resolve(session, request["workflow_id"], wanted.assignees, starter)
    except InvalidError as error:
        raise HumanTaskInvalidError(error.detail) from error
    if not asked:
        raise HumanTaskNobodyError(
            "Nobody is left who may decide: who starts an execution may not."
        )
    return asked


def _quorum(wanted: Ask, people: int) -> tuple[Quorum, int]:
    if wanted.quorum == "any":
        return "any", 1
    if wanted.quorum == "all":
        return "all", people
    if wanted.quorum > people:
        raise HumanTaskInvalidError(f"{wanted.quorum} have to agree, and {people} are asked.")
    return "some", wanted.quorum


def _row(request: dict[str, Any], wanted: Ask, now: datetime) -> dict[str, Any]:
    def later(text: str | None) -> timedelta | None:
        return None if text is None else timedelta(seconds=seconds(text))

    remind, escalate = later(wanted.remind), wanted.escalate
    expires = later(wanted.expires)
    assert expires is not None  # it has a default
    return {
        "workflow_id": request["workflow_id"],
        "execution_id": request["execution_id"],
        "step": request["step"],
        "key": request.get("key", ""),
        "started_by": request.get("started_by"),
        "task_token": request["task_token"],
        "kind": wanted.kind,
        "title": wanted.title,
        "body": wanted.text,
        "assignees": Jsonb(wanted.assignees),
        "form": None if wanted.form is None else Jsonb(wanted.form),
        "allow_self": wanted.allow_self,
        "on_expiry": wanted.on_expiry,
        "remind_every": remind,
        "remind_at": None if remind is None else now + remind,
        "escalate_at": None if escalate is None else now + (later(escalate.after) or timedelta()),
        "escalate_to": None if escalate is None else Jsonb(escalate.to),
        "now": now,
        "expires_at": now + expires,
        "correlation_id": logs.correlation_id(),
    }


def _supersede(session: Session, request: dict[str, Any], task_id: str) -> None:
    """A step that is tried again asks anew: nobody waits for what it asked before."""
    earlier = session.all(
        sql.cancel_earlier,
        key=request.get("key", ""),
        execution_id=request["execution_id"],
        id=task_id,
        now=world.now(),
    )
    for row in earlier:
        note(session, row["id"], Actor(SYSTEM), "cancelled", "The step asks again.")
