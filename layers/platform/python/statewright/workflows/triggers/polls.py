"""Polls: an action is asked again and again, and each new item starts an execution.

The cursor and the keys of what was seen move in one transaction, after all the starts. Killed
before that, the next poll gets the same items again, and their executions' names are the same:
nothing is lost, and nothing starts twice. A poll that fails is tried again later and later; the
trigger shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from statewright import world
from statewright.aws import functions
from statewright.db import Session, load_queries, system
from statewright.errors import InvalidError, StatewrightError, UnavailableError
from statewright.integrations.connectors import acting
from statewright.settings import settings
from statewright.workflows import starting
from statewright.workflows.actions.catalog import CATALOG
from statewright.workflows.definition import PollTrigger
from statewright.workflows.triggers import targets
from statewright.workflows.triggers.evaluation import evaluate
from statewright.workflows.triggers.keys import digest
from statewright.workflows.triggers.targets import Target

MAX_STARTS = 500
"""So many executions one poll starts; what is left of its answer waits for the next."""
MAX_BACK_OFF = timedelta(hours=6)
MAX_CURSOR = 100_000
REMEMBERED = timedelta(days=90)
"""How long an item that does not come any more is remembered: as long as Step Functions does."""
_POLL: TypeAdapter[PollTrigger] = TypeAdapter(PollTrigger)
_sql = load_queries(__package__)


@dataclass(frozen=True, slots=True)
class Item:
    """An item of an answer, with what makes it one."""

    key: bytes
    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class Batch:
    """What one answer holds: its items, and the cursor once they have all begun."""

    items: tuple[Item, ...]
    cursor: Any


def take(text: str) -> None:
    """Polls for a trigger, if it is its time.

    Raises:
        UnavailableError: nothing could be looked up or started; the queue delivers this again.
    """
    message = json.loads(text)
    target = targets.find(message["workflow_id"], message["trigger_id"])
    if target is None or not target.open or target.type != "poll":
        return
    poll(target)


def poll(target: Target) -> int:
    """Asks once, and starts what is new. Two polls of one trigger never run at once.

    Returns:
        How many executions were started.
    """
    with system() as session:
        session.run(_sql.insert_poll, **_place(target), workspace_id=target.workspace_id)
        row = session.one(_sql.lock_poll, **_place(target))
        if row is None or _is_early(row):
            return 0
        try:
            return _poll(session, target, row)
        except UnavailableError:
            raise
        except StatewrightError as error:
            _note_failure(session, target, row, error.detail)
            return 0


def _is_early(row: dict[str, Any]) -> bool:
    return row["not_before"] is not None and world.now() < row["not_before"]


def _poll(session: Session, target: Target, row: dict[str, Any]) -> int:
    trigger = _POLL.validate_python(target.settings)
    result = _ask(target, trigger, row["cursor"])
    batch = _batch(trigger, result, row["cursor"], target.variables)
    new = _new(session, target, batch)
    starts = row["begun"] or trigger.first == "start"
    begun = new[:MAX_STARTS] if starts else new
    if starts and begun:
        session.run(_sql.note_start, **_place(target), now=world.now())
        for item in begun:
            _start(session, target, item)
    left = {item.key for item in new[len(begun) :]}
    _note_progress(session, target, batch, left)
    return len(begun) if starts else 0


def _new(session: Session, target: Target, batch: Batch) -> list[Item]:
    keys = [item.key for item in batch.items]
    rows = session.all(_sql.find_known_items, **_place(target), keys=keys)
    known = {bytes(row["key"]) for row in rows}
    return [item for item in batch.items if item.key not in known]


def _ask(target: Target, trigger: PollTrigger, cursor: Any) -> Any:
    """Performs the trigger's action, as a step of a workflow would.

    Raises:
        InvalidError: it fails.
    """
    built_in = CATALOG.get(trigger.use)
    function = acting.FUNCTION if built_in is None else built_in.function
    defaults = {} if built_in is None else built_in.defaults
    names = {"cursor": cursor, "vars": target.variables}
    payload = {
        "workspace_id": target.workspace_id,
        "workflow_id": target.workflow_id,
        "execution_id": f"poll:{target.trigger_id}",
        "step": target.trigger_id,
        "key": f"{target.workflow_id}/{target.trigger_id}/{world.new_id()}",
        "with": evaluate({**defaults, **trigger.inputs}, names),
    }
    if built_in is None:
        payload["operation"] = trigger.use
    if trigger.connection is not None:
        payload["connection"] = trigger.connection
    answer = functions.call(f"{settings().prefix}-steps-{function}", payload)
    if answer.error is not None:
        raise InvalidError(f"{answer.error}: {answer.cause}"[:2000])
    return answer.value


def _batch(trigger: PollTrigger, result: Any, cursor: Any, variables: dict[str, Any]) -> Batch:
    found = evaluate(trigger.items, {"result": result, "vars": variables})
    values = found if isinstance(found, list) else [] if found is None else [found]
    items = {item.key: item for item in _items(trigger, values)}
    following = cursor
    if trigger.cursor is not None:
        names = {"result": result, "items": values, "cursor": cursor}
        given = evaluate(trigger.cursor, names)
        following = cursor if given is None else given
        if len(json.dumps(following)) > MAX_CURSOR:
            raise InvalidError(f"The cursor has more than {MAX_CURSOR:,} characters.")
    return Batch(tuple(items.values()), following)


def _items(trigger: PollTrigger, values: list[Any]) -> Iterator[Item]:
    for value in values:
        name = evaluate(trigger.key, {"item": value})
        if name is None:
            raise InvalidError("An item has no key: `key` gives nothing for it.")
        text = name if isinstance(name, str) else json.dumps(name, sort_keys=True)
        yield Item(digest(text), text, value)


def _start(session: Session, target: Target, item: Item) -> None:
    """Starts an item's execution. One that the workflow does not take is shown, and passed by."""
    try:
        starting.check_input(target.input_schema, item.value)
        headers = {"item-key": item.name[:1000]}
        facts = starting.facts(target.type, target.trigger_id, item.value, headers=headers)
        starting.begin_once(target, facts, f"item\n{item.name}")
    except UnavailableError:
        raise
    except StatewrightError as error:
        why = f"Item {item.name[:200]}: {error.detail}"[:2000]
        session.run(_sql.note_failure, **_place(target), error=why, now=world.now())


def _note_progress(session: Session, target: Target, batch: Batch, left: set[bytes]) -> None:
    """Keeps what was seen; the cursor moves when nothing of the answer is left."""
    now, place = world.now(), _place(target)
    keys = [item.key for item in batch.items if item.key not in left]
    session.run(_sql.note_items, **place, workspace_id=target.workspace_id, keys=keys, now=now)
    session.run(_sql.forget_items, **place, before=now - REMEMBERED)
    if left:
        session.run(_sql.note_part_of_poll, **place, now=now)
    else:
        session.run(_sql.note_poll, **place, cursor=Jsonb(batch.cursor), now=now)


def _note_failure(session: Session, target: Target, row: dict[str, Any], why: str) -> None:
    failures = row["failures"] + 1
    now = world.now()
    session.run(
        _sql.note_failed_poll,
        **_place(target),
        failures=failures,
        not_before=now + back_off(failures),
        now=now,
    )
    session.run(_sql.note_failure, **_place(target), error=why[:2000], now=now)


def back_off(failures: int) -> timedelta:
    """How long a poll waits that has failed so often in a row."""
    return min(MAX_BACK_OFF, timedelta(minutes=int(2 ** min(failures - 1, 16))))


def _place(target: Target) -> dict[str, str]:
    return {"workflow_id": target.workflow_id, "trigger_id": target.trigger_id}
