"""Triggers made live: their rows, their schedules and rules, and the alias that they start through.

Everything here says how things shall be, and can be said again. Publishing does it in one
transaction: rows, schedules, rules, and the alias last; so whatever fails leaves the version before
in place. What a crash leaves behind in AWS (a schedule of a trigger that was never stored) starts
nothing, and the next publishing puts it right: it removes every schedule and rule that it does not
know.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from statewright import world
from statewright.aws import events, schedules, states
from statewright.db import Session, load_queries
from statewright.errors import InvalidError, Issue
from statewright.settings import settings
from statewright.workflows.apis import routes
from statewright.workflows.apis.storing import drop_routes, put_routes
from statewright.workflows.definition import (
    Definition,
    EventTrigger,
    ManualTrigger,
    PollTrigger,
    ScheduleTrigger,
    Trigger,
)
from statewright.workflows.parsing import parse_definition
from statewright.workflows.timetables import expression, next_time, start_of
from statewright.workflows.triggers import targets
from statewright.workflows.triggers.rules import pattern_of
from statewright.workflows.triggers.urls import url_of

LIVE = "live"
"""The alias through which triggers start what is published."""
_sql = load_queries(__package__)


@dataclass(frozen=True, slots=True)
class Owner:
    """The workflow whose triggers are made live. ``enabled``: they may start it."""

    workflow_id: str
    enabled: bool = True


def activate(
    session: Session, owner: Owner, definition: Definition, version_arn: str
) -> dict[str, str]:
    """Makes a version what a workflow's triggers start, and its triggers the only ones.

    Args:
        version_arn: the state machine's version.

    Returns:
        Trigger id → the URL that starts the workflow, for those kinds that have one.

    Raises:
        InvalidError: AWS does not accept a timetable or a pattern.
    """
    alias = f"{version_arn.rpartition(':')[0]}:{LIVE}"
    urls: dict[str, str] = {}
    kept: set[str] = set()
    for index, trigger in enumerate(definition.triggers):
        if isinstance(trigger, ManualTrigger):
            continue
        row = _store(session, owner, definition, trigger, alias)
        url = url_of(trigger, row["token"], row["workspace_id"])
        if url is not None:
            urls[trigger.id] = url
        try:
            kept |= _place(session, owner, trigger, row)
        except InvalidError as error:
            issue = Issue(f"/triggers/{index}", error.detail)
            raise InvalidError(f"/triggers/{index}: {error.detail}", (issue,)) from error
    keep = [t.id for t in definition.triggers if not isinstance(t, ManualTrigger)]
    session.run(_sql.delete_other_triggers, workflow_id=owner.workflow_id, keep=keep)
    put_routes(session, owner.workflow_id, definition, alias, version_arn)
    _remove_others(owner.workflow_id, kept)
    _point(version_arn, enabled=owner.enabled)
    return urls


def workspace_of(session: Session) -> str:
    """The workspace that a tenant's transaction sees."""
    row = session.one(_sql.current_workspace)
    return str(row["id"]) if row else ""


def settle(session: Session, owner: Owner) -> None:
    """Puts the published version's triggers right, on or off as their workflow is."""
    row = session.one(_sql.find_published, id=owner.workflow_id)
    if row is not None:
        activate(session, owner, parse_definition(row["definition"]), row["machine_arn"])


def deactivate(session: Session, workflow_id: str) -> None:
    """Takes away everything that starts a workflow, for good."""
    row = session.one(_sql.find_published, id=workflow_id)
    if row is not None:
        _point(row["machine_arn"], enabled=False)
    session.run(_sql.delete_other_triggers, workflow_id=workflow_id, keep=[])
    drop_routes(session, workflow_id)
    _remove_others(workflow_id, set())
    _forget()


def _point(version_arn: str, *, enabled: bool) -> None:
    if enabled:
        states.point_alias(version_arn, LIVE)
    else:
        states.withdraw_alias(version_arn.rpartition(":")[0], LIVE)
    _forget()


def _forget() -> None:
    targets.forget()
    routes.forget()


def _store(
    session: Session, owner: Owner, definition: Definition, trigger: Trigger, alias: str
) -> dict[str, Any]:
    schema: Any = None if definition.input is None else Jsonb(definition.input)
    row = session.one(
        _sql.put_trigger,
        token=world.new_secret(16),
        workflow_id=owner.workflow_id,
        trigger_id=trigger.id,
        type=trigger.type,
        settings=Jsonb(trigger.model_dump(mode="json", by_alias=True)),
        mode=definition.settings.mode,
        machine_arn=alias,
        input_schema=schema,
        now=world.now(),
    )
    assert row is not None
    return row


def place(session: Session, owner: Owner, trigger: Trigger, row: dict[str, Any]) -> None:
    """Puts one trigger's schedule or rule as its row says."""
    _place(session, owner, trigger, row)
    _forget()


def _place(session: Session, owner: Owner, trigger: Trigger, row: dict[str, Any]) -> set[str]:
    """Puts the schedule or rule of a trigger; returns its name."""
    enabled = owner.enabled and not row["paused"]
    match trigger:
        case ScheduleTrigger() | PollTrigger():
            return _schedule(owner, trigger, row["created_at"], enabled=enabled)
        case EventTrigger():
            return {_rule(session, owner, trigger, row, enabled=enabled)}
        case _:
            return set()


def _schedule(
    owner: Owner, trigger: ScheduleTrigger | PollTrigger, made: datetime, *, enabled: bool
) -> set[str]:
    now = world.now()
    if next_time(trigger, made, now) is None:
        return set()  # a moment that has passed
    chosen = settings()
    polls = isinstance(trigger, PollTrigger)
    message = {**_message(owner, trigger), "at": schedules.SCHEDULED_TIME}
    schedule = schedules.Schedule(
        name=_name(f"{owner.workflow_id}-", trigger.id),
        expression=expression(trigger),
        timezone=trigger.timezone,
        queue_arn=chosen.poll_queue_arn if polls else chosen.trigger_queue_arn,
        dead_letters_arn=chosen.poll_dead_letters_arn if polls else chosen.trigger_dead_letters_arn,
        text=json.dumps(message),
        enabled=enabled,
        start=start_of(trigger, made, now),
    )
    schedules.put(schedule)
    return {schedule.name}


def _rule(
    session: Session, owner: Owner, trigger: EventTrigger, row: dict[str, Any], *, enabled: bool
) -> str:
    source = None
    if trigger.workflow is not None:
        found = session.one(_sql.find_workflow_id, name=trigger.workflow)
        if found is None:
            raise InvalidError(f"there is no published workflow called '{trigger.workflow}'")
        source = found["id"]
    message = json.dumps(_message(owner, trigger))
    rule = events.Rule(
        name=_name(_rule_prefix(owner.workflow_id), trigger.id),
        pattern=pattern_of(trigger, row["workspace_id"], owner.workflow_id, source),
        queue_arn=settings().trigger_queue_arn,
        dead_letters_arn=settings().trigger_dead_letters_arn,
        template=f'{message[:-1]}, "event": <aws.events.event.json>}}',
        description=f"Trigger {trigger.id} of workflow {owner.workflow_id}",
        enabled=enabled,
    )
    events.put_rule(rule)
    return rule.name


def _message(owner: Owner, trigger: Trigger) -> dict[str, str]:
    return {"workflow_id": owner.workflow_id, "trigger_id": trigger.id}


def _rule_prefix(workflow_id: str) -> str:
    return f"{settings().prefix[:20]}-{workflow_id.replace('-', '')}-"


def _name(prefix: str, trigger_id: str) -> str:
    """A name that AWS takes (64 characters), and that is the trigger's for good."""
    return prefix + hashlib.sha256(trigger_id.encode()).hexdigest()[:10]


def _remove_others(workflow_id: str, kept: set[str]) -> None:
    for name in set(schedules.names(f"{workflow_id}-")) - kept:
        schedules.delete(name)
    for name in set(events.rule_names(_rule_prefix(workflow_id))) - kept:
        events.delete_rule(name)
