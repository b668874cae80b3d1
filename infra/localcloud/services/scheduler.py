"""Amazon EventBridge Scheduler: one-time, rate and cron schedules, kept in PostgreSQL.

A schedule's next time is a row. Firing hands the target its input and moves the row to the time
after, in one transaction; killed in between, it fires again with the same scheduled time.
https://docs.aws.amazon.com/scheduler/latest/APIReference/Welcome.html
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

from asl.ports import Clock
from localcloud.errors import AwsError
from localcloud.ids import new_id
from localcloud.services.schedule_times import next_time

TEMPLATE_GROUP = "template"
MAX_ATTEMPTS = 185
"""How often a target is tried that cannot take its input."""
MAX_PAUSE = 3_600_000
LOOK_SECONDS = 5.0
"""How long the clock is not looked at: it may jump, and stands still for a machine asleep."""
_log = logging.getLogger("localcloud.scheduler")
_INSERT = """
    INSERT INTO localcloud.schedules (group_name, name, definition, next_at)
    VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_UPSERT = """
    INSERT INTO localcloud.schedules (group_name, name, definition, next_at)
    VALUES (%s, %s, %s, %s) ON CONFLICT (group_name, name)
    DO UPDATE SET definition = excluded.definition, next_at = excluded.next_at, attempts = 0,
        retry_at = NULL
"""
_DUE = """
    SELECT group_name, name, definition, next_at, attempts FROM localcloud.schedules
    WHERE next_at <= %(now)s AND coalesce(retry_at, next_at) <= %(now)s
    ORDER BY next_at LIMIT 100 FOR UPDATE SKIP LOCKED
"""
_LIST = """
    SELECT name, definition FROM localcloud.schedules
    WHERE group_name = %s AND starts_with(name, %s) AND name > %s ORDER BY name LIMIT %s
"""
_DATES = ("StartDate", "EndDate")


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
        self._groups = {"default", TEMPLATE_GROUP}
        self._changed = threading.Event()
        """Set when the schedules are to be looked at again."""
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="scheduler", daemon=True)

    def operations(self) -> dict[str, Any]:
        """The supported API operations."""
        return {
            "CreateSchedule": self.create_schedule,
            "UpdateSchedule": self.update_schedule,
            "GetSchedule": self.get_schedule,
            "DeleteSchedule": self.delete_schedule,
            "ListSchedules": self.list_schedules,
        }

    def add_group(self, name: str) -> None:
        """Makes a group of the template known."""
        self._groups.add(name)

    def open(self) -> None:
        """Starts to fire what is due."""
        self._thread.start()

    def close(self) -> None:
        """Fires nothing more."""
        self._stopping = True
        self._changed.set()
        self._thread.join(timeout=30)

    def create_schedule(
        self, Name: str, GroupName: str = "default", ClientToken: str = "", **definition: Any
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html"""
        if GroupName not in self._groups:
            raise _not_found(f"Schedule group {GroupName}")
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
        if not self._store(TEMPLATE_GROUP, name, definition, replace=False):
            known = self.get_schedule(name, TEMPLATE_GROUP)
            if known["ScheduleExpression"] != expression:
                self._store(TEMPLATE_GROUP, name, definition, replace=True)

    def _store(self, group: str, name: str, definition: dict[str, Any], *, replace: bool) -> bool:
        following = next_time(definition, self._clock.now())
        enabled = definition.get("State", "ENABLED") == "ENABLED"
        stored = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in definition.items()}
        query = _UPSERT if replace else _INSERT
        with self._pool.connection() as connection:
            values = (group, name, Jsonb(stored), following if enabled else None)
            done = connection.execute(query, values).rowcount
        self._changed.set()
        return bool(done)

    def get_schedule(self, Name: str, GroupName: str = "default") -> dict[str, Any]:
        """https://docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html"""
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT definition FROM localcloud.schedules WHERE group_name = %s AND name = %s",
                (GroupName, Name),
            ).fetchone()
        if row is None:
            raise _not_found(f"Schedule {Name}")
        dates = {k: datetime.fromisoformat(row[0][k]) for k in _DATES if k in row[0]}
        return {
            "State": "ENABLED",
            "Name": Name,
            "GroupName": GroupName,
            "Arn": f"{self._arn}/{GroupName}/{Name}",
            **row[0],
            **dates,
        }

    def list_schedules(
        self,
        GroupName: str = "default",
        NamePrefix: str = "",
        MaxResults: int = 100,
        NextToken: str = "",
        **_: Any,
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html"""
        with self._pool.connection() as connection:
            rows = connection.execute(
                _LIST, (GroupName, NamePrefix, NextToken, MaxResults + 1)
            ).fetchall()
        shown = [
            {
                "Name": name,
                "GroupName": GroupName,
                "Arn": f"{self._arn}/{GroupName}/{name}",
                "State": definition.get("State", "ENABLED"),
                "Target": {"Arn": definition["Target"]["Arn"]},
            }
            for name, definition in rows[:MaxResults]
        ]
        more = {"NextToken": shown[-1]["Name"]} if len(rows) > MaxResults else {}
        return {"Schedules": shown, **more}

    def delete_schedule(
        self, Name: str, GroupName: str = "default", ClientToken: str = ""
    ) -> dict[str, Any]:
        """https://docs.aws.amazon.com/scheduler/latest/APIReference/API_DeleteSchedule.html"""
        self.get_schedule(Name, GroupName)
        with self._pool.connection() as connection:
            _delete(connection, GroupName, Name)
        return {}

    def _loop(self) -> None:
        while True:
            self._changed.clear()  # before looking: what changes meanwhile sets it again
            if self._stopping:
                return
            try:
                self.fire_due()
                pause = self._pause()
            except Exception:
                _log.exception("the schedules could not be looked at")
                pause = 1.0
            self._changed.wait(pause)

    def _pause(self) -> float | None:
        with self._pool.connection() as connection:
            row = connection.execute(
                "SELECT min(greatest(next_at, retry_at)) FROM localcloud.schedules"
            ).fetchone()
        if row is None or row[0] is None:
            return None
        return float(min(max(0, row[0] - self._clock.now()) / 1000, LOOK_SECONDS))

    def fire_due(self) -> int:
        """Hands over what is due, each in a transaction with its next time."""
        now, fired = self._clock.now(), 0
        with self._pool.connection() as connection, connection.transaction():
            rows = connection.execute(_DUE, {"now": now}).fetchall()
            for group, name, definition, due, attempts in rows:
                try:
                    self._fire(group, name, definition, due, attempts)
                except AwsError as error:
                    _log.warning("schedule %s/%s: %s", group, name, error)
                    if attempts + 1 < MAX_ATTEMPTS:
                        _retry(connection, group, name, now + _back_off(attempts), attempts + 1)
                        continue
                _move(connection, group, name, definition, due, now)
                fired += 1
        return fired

    def _fire(
        self, group: str, name: str, definition: dict[str, Any], due: int, attempts: int
    ) -> None:
        """Gives the target its input, in which AWS's keywords stand for facts of this firing."""
        text = definition["Target"].get("Input", "{}")
        for keyword, value in {
            "schedule-arn": f"{self._arn}/{group}/{name}",
            "scheduled-time": datetime.fromtimestamp(due / 1000, UTC).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            ),
            "execution-id": new_id(),
            "attempt-number": str(attempts + 1),
        }.items():
            text = text.replace(f"<aws.scheduler.{keyword}>", value)
        self._deliver(definition["Target"]["Arn"], [text])


def _move(
    connection: Any, group: str, name: str, definition: dict[str, Any], due: int, now: int
) -> None:
    """To the time after this one, or away where there is none and the schedule asks for that."""
    # A rate without a beginning counts from when it fired: from when it should have, that is.
    anchored = {"StartDate": datetime.fromtimestamp(due / 1000, UTC), **definition}
    following = next_time(anchored, now)
    if following is None and definition.get("ActionAfterCompletion") == "DELETE":
        _delete(connection, group, name)
        return
    connection.execute(
        """UPDATE localcloud.schedules SET next_at = %s, retry_at = NULL, attempts = 0
           WHERE group_name = %s AND name = %s""",
        (following, group, name),
    )


def _retry(connection: Any, group: str, name: str, at: int, attempts: int) -> None:
    connection.execute(
        """UPDATE localcloud.schedules SET retry_at = %s, attempts = %s
           WHERE group_name = %s AND name = %s""",
        (at, attempts, group, name),
    )


def _back_off(attempts: int) -> int:
    return int(min(MAX_PAUSE, 1000 * 2 ** min(attempts, 20)))


def _delete(connection: Any, group: str, name: str) -> None:
    connection.execute(
        "DELETE FROM localcloud.schedules WHERE group_name = %s AND name = %s", (group, name)
    )


def _not_found(what: str) -> AwsError:
    return AwsError("ResourceNotFoundException", f"{what} does not exist.", 404)
