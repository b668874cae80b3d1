"""Amazon EventBridge Scheduler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from statewright.aws.clients import client, error_code, mapped
from statewright.errors import ConflictError, InvalidError
from statewright.settings import settings

SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
"""In a schedule's input, stands for the time at which it is due."""
_RETRIES = {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule that puts a text into a queue, or into that of dead letters where it cannot for a
    day. ``start`` is what a rate counts from."""

    name: str
    expression: str
    timezone: str
    queue_arn: str
    dead_letters_arn: str
    text: str
    enabled: bool
    start: datetime | None = None


def put(schedule: Schedule) -> None:
    """Creates a schedule, or makes the one of its name like it.

    Raises:
        InvalidError: EventBridge Scheduler does not accept it.
    """
    chosen = settings()
    request: dict[str, Any] = {
        "Name": schedule.name,
        "GroupName": chosen.schedule_group,
        "ScheduleExpression": schedule.expression,
        "ScheduleExpressionTimezone": schedule.timezone,
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "State": "ENABLED" if schedule.enabled else "DISABLED",
        "Target": {
            "Arn": schedule.queue_arn,
            "RoleArn": chosen.scheduler_role_arn,
            "Input": schedule.text,
            "RetryPolicy": _RETRIES,
            "DeadLetterConfig": {"Arn": schedule.dead_letters_arn},
        },
    }
    if schedule.start is not None:
        request["StartDate"] = schedule.start
    with mapped("EventBridge Scheduler"):
        try:
            _write(request)
        except ClientError as error:
            if error_code(error) == "ServiceQuotaExceededException":
                raise ConflictError("AWS allows this account no more schedules.") from error
            if error_code(error) != "ValidationException":
                raise
            raise InvalidError(str(error.response["Error"].get("Message"))) from error


def _write(request: dict[str, Any]) -> None:
    scheduler = client("scheduler")
    try:
        scheduler.update_schedule(**request)
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        scheduler.create_schedule(**request)


def delete(name: str) -> None:
    """Deletes a schedule; one that is not there is deleted already."""
    with mapped("EventBridge Scheduler"):
        try:
            client("scheduler").delete_schedule(Name=name, GroupName=settings().schedule_group)
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise


def names(prefix: str) -> Iterator[str]:
    """The names of the schedules that begin so."""
    more: dict[str, str] = {}
    while True:
        with mapped("EventBridge Scheduler"):
            page = client("scheduler").list_schedules(
                GroupName=settings().schedule_group, NamePrefix=prefix, **more
            )
        for schedule in page["Schedules"]:
            yield str(schedule["Name"])
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}
