"""What schedules and event rules fire, taken from their queue: each starts its execution once.

A message may come twice, late, or after its trigger has gone. What starts is named after the
trigger and the scheduled time, the event's id, or the file, so the second time finds the first's
execution.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from aws_lambda_powertools import Logger
from pydantic import TypeAdapter

from statewright import world
from statewright.db import load_queries, system
from statewright.errors import ConflictError, NotFoundError, StatewrightError, UnavailableError
from statewright.workflows import starting
from statewright.workflows.definition import ScheduleTrigger
from statewright.workflows.timetables import following
from statewright.workflows.triggers import files, targets
from statewright.workflows.triggers.targets import Target

GRACE = timedelta(minutes=10)
"""So late, a scheduled time is still on time: queues and retries take theirs."""
MOST_DEPTH = 8
"""So many workflows may start one another by their ends; beyond, they are likely a circle."""
_SCHEDULE: TypeAdapter[ScheduleTrigger] = TypeAdapter(ScheduleTrigger)
_sql = load_queries(__package__)
logger = Logger(service="statewright", level="INFO")


def take(text: str) -> None:
    """Starts what a message asks for.

    Raises:
        UnavailableError: it cannot be started now; the queue delivers the message again.
    """
    message = json.loads(text)
    if message.get("source") == "aws.s3":
        files.take(message["detail"], attempt)
        return
    target = targets.find(message["workflow_id"], message["trigger_id"])
    if target is None or not target.open:
        return
    if "event" in message:
        attempt(target, lambda: _start_event(target, message["event"]))
    else:
        attempt(target, lambda: _start_scheduled(target, datetime.fromisoformat(message["at"])))


def attempt(target: Target, start: Callable[[], object]) -> None:
    """Starts something, and notes on the trigger how that went: nobody else hears of it.

    Raises:
        UnavailableError: it is worth another try.
    """
    try:
        started = start()
    except (UnavailableError, NotFoundError) as error:
        if isinstance(error, UnavailableError):
            raise
        logger.info("nothing started: the workflow has been turned off")
    except StatewrightError as error:
        note_failure(target, error.detail)
    else:
        if started is not False:
            note_start(target)


def note_start(target: Target) -> None:
    """Notes that a trigger has started something."""
    _note(_sql.note_start, target)


def note_failure(target: Target, why: str) -> None:
    """Notes why a trigger could not start what it should have."""
    _note(_sql.note_failure, target, error=why[:2000])


def _note(query: bytes, target: Target, **more: Any) -> None:
    with system() as session:
        session.run(
            query,
            workflow_id=target.workflow_id,
            trigger_id=target.trigger_id,
            now=world.now(),
            **more,
        )


def _start_event(target: Target, event: dict[str, Any]) -> None:
    """The event's data is the body; what else is known of it are headers."""
    detail = event["detail"]
    depth = int(detail.get("depth", 0))
    if depth > MOST_DEPTH:
        raise ConflictError(f"Workflows have started one another {MOST_DEPTH} times: no further.")
    about = {
        "event-id": str(detail.get("id") or event["id"]),
        "event-type": event["detail-type"],
        "event-time": event["time"],
        "event-depth": str(depth),
    }
    body = detail.get("data", {})
    starting.check_input(target.input_schema, body)
    trigger = starting.facts(target.type, target.trigger_id, body, headers=about)
    starting.begin_once(target, trigger, about["event-id"])


def _start_scheduled(target: Target, due: datetime) -> bool:
    schedule = _SCHEDULE.validate_python(target.settings)
    times = due_times(schedule, due, world.now())
    for time in times:
        trigger = starting.facts(target.type, target.trigger_id, schedule.body, received_at=time)
        starting.begin_once(target, trigger, time.isoformat())
    return bool(times)


def due_times(schedule: ScheduleTrigger, due: datetime, now: datetime) -> list[datetime]:
    """Which times to run for, when the firing of ``due`` arrives at ``now``.

    A firing that arrives late stands for all the times since: nothing could run then.
    """
    later = takewhile(lambda time: time <= now, following(schedule, due))
    match schedule.missed:
        case "skip":
            newest = _last(due, later)
            return [newest] if now - newest <= GRACE else []
        case "once":
            return [_last(due, later)]
        case "all":
            return list(deque((due, *later), maxlen=schedule.most))


def _last(first: datetime, later: Any) -> datetime:
    for time in later:
        first = time
    return first
