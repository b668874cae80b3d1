"""Amazon EventBridge Scheduler: one-time, rate and cron schedules, kept in PostgreSQL.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

from asl.ports import Clock
from localcloud.errors import AwsError

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_CRON = re.compile(r"cron\((.+)\)")
_UNIT = {"minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
_log = logging.getLogger("localcloud.scheduler")
_INSERT = "INSERT INTO localcloud.schedules VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
_UPSERT = """
    INSERT INTO localcloud.schedules VALUES (%s, %s, %s, %s) ON CONFLICT (group_name, name)
    DO UPDATE SET definition = excluded.definition, next_at = excluded.next_at
"""


class Scheduler:
    """The schedules."""

    def __init__(
        self,
        pool: ConnectionPool[Any],
        clock: Clock,
        deliver: Callable[[str, Sequence[str]], None],
        account: str,
        region: str,
    ):
        self._pool = pool
        self._clock = clock
        self._deliver = deliver
        self._arn = f"arn:aws:scheduler:{region}:{account}:schedule"
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="scheduler", daemon=True)

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {
            "CreateSchedule": self.create_schedule,
            "UpdateSchedule": self.update_schedule,
            "GetSchedule": self.get_schedule,
            "DeleteSchedule": self.delete_schedule,
        }

    def open(self) -> None:
        """Starts to fire what is due."""
        self._thread.start()

    def close(self) -> None:
        """Fires nothing more."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(timeout=30)

    def create_schedule(
        self, Name: str, GroupName: str = "default", ClientToken: str = "", **definition: Any
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html"""
        if not self._store(GroupName, Name, definition, replace=False):
            raise AwsError("ConflictException", f"Schedule {Name} already exists.", 409)
        return {"ScheduleArn": f"{self._arn}/{GroupName}/{Name}"}

    def update_schedule(
        self, Name: str, GroupName: str = "default", ClientToken: str = "", **definition: Any
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html"""
        self.get_schedule(Name, GroupName)
        self._store(GroupName, Name, definition, replace=True)
        return {"ScheduleArn": f"{self._arn}/{GroupName}/{Name}"}

    def keep(self, name: str, expression: str, target: str) -> None:
        """A schedule of the template: made once, and made anew when its expression changes."""
        definition = {"ScheduleExpression": expression, "Target": {"Arn": target, "Input": "{}"}}
        if not self._store("template", name, definition, replace=False):
            known = self.get_schedule(name, "template")
            if known["ScheduleExpression"] != expression:
                self._store("template", name, definition, replace=True)

    def _store(self, group: str, name: str, definition: dict[str, Any], *, replace: bool) -> bool:
        enabled = definition.get("State", "ENABLED") == "ENABLED"
        following = next_time(definition, self._clock.now()) if enabled else None
        stored = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in definition.items()}
        query = _UPSERT if replace else _INSERT
        with self._pool.connection() as connection:
            values = (group, name, Jsonb(stored), following)
            done = connection.execute(query, values).rowcount
        with self._changed:
            self._changed.notify()
        return bool(done)

    def get_schedule(self, Name: str, GroupName: str = "default") -> dict[str, Any]:
        """https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html"""
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT definition FROM localcloud.schedules WHERE group_name = %s AND name = %s",
                (GroupName, Name),
            ).fetchone()
        if row is None:
            raise AwsError("ResourceNotFoundException", f"Schedule {Name} does not exist.", 404)
        return {
            "Name": Name,
            "GroupName": GroupName,
            "Arn": f"{self._arn}/{GroupName}/{Name}",
            **row[0],
        }

    def delete_schedule(
        self, Name: str, GroupName: str = "default", ClientToken: str = ""
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/scheduler/latest/APIReference/API_DeleteSchedule.html"""
        self.get_schedule(Name, GroupName)
        with self._pool.connection() as connection:
            connection.execute(
                "DELETE FROM localcloud.schedules WHERE group_name = %s AND name = %s",
                (GroupName, Name),
            )
        return {}

    def _loop(self) -> None:
        while not self._stopping:
            try:
                self.fire_due()
                pause = self._pause()
            except Exception:
                _log.exception("the schedules could not be looked at")
                pause = 1.0
            with self._changed:
                if not self._stopping:
                    self._changed.wait(pause)

    def _pause(self) -> float | None:
        with self._pool.connection() as connection:
            row = connection.execute("SELECT min(next_at) FROM localcloud.schedules").fetchone()
        if row is None or row[0] is None:
            return None
        return float(max(0, row[0] - self._clock.now()) / 1000)

    def fire_due(self) -> int:
        """Hands over what is due, each in a transaction with its next time."""
        now, fired = self._clock.now(), 0
        with self._pool.connection() as connection, connection.transaction():
            rows = connection.execute(
                """SELECT group_name, name, definition, next_at FROM localcloud.schedules
                   WHERE next_at <= %s ORDER BY next_at LIMIT 100 FOR UPDATE SKIP LOCKED""",
                (now,),
            ).fetchall()
            for group, name, definition, _ in rows:
                target = definition["Target"]
                self._deliver(target["Arn"], [target.get("Input", "{}")])
                connection.execute(
                    """UPDATE localcloud.schedules SET next_at = %s
                       WHERE group_name = %s AND name = %s""",
                    (next_time(definition, now), group, name),
                )
                fired += 1
        return fired


def next_time(definition: dict[str, Any], now: int) -> int | None:
    """When a schedule fires next, in milliseconds since the epoch; None for never again.

    Raises:
        AwsError: ValidationException: the expression is not one.
    """
    text = definition["ScheduleExpression"]
    zone = ZoneInfo(definition.get("ScheduleExpressionTimezone", "UTC"))
    if rate := _RATE.fullmatch(text):
        step = int(rate[1]) * _UNIT[rate[2]]
        return now + step
    if at := _AT.fullmatch(text):
        moment = int(datetime.fromisoformat(at[1]).replace(tzinfo=zone).timestamp() * 1000)
        return moment if moment > now else None
    cron = _CRON.fullmatch(text)
    fields = cron[1].split() if cron else []
    if len(fields) != 6:
        raise AwsError("ValidationException", f"Invalid Schedule Expression {text}.")
    return _next_cron(fields, datetime.fromtimestamp(now / 1000, UTC).astimezone(zone), text)


def _next_cron(fields: list[str], start: datetime, text: str) -> int | None:
    minute, hour, day, month, weekday, year = fields
    # AWS counts weekdays from 1, Sunday; cron from 0.
    shifted = re.sub(r"(?<![#\d])[1-7](?!\d)", lambda m: str(int(m[0]) - 1), weekday)
    line = f"{minute} {hour} {day.replace('?', '*')} {month} {shifted.replace('?', '*')}"
    try:
        for moment in CronSim(line, start):
            if year == "*" or str(moment.year) in year.split(","):
                return int(moment.timestamp() * 1000)
            if moment.year > 2199:
                return None
    except (CronSimError, StopIteration):
        raise AwsError("ValidationException", f"Invalid Schedule Expression {text}.") from None
    return None
