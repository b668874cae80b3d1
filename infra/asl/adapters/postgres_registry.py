"""What belongs to state machines, and activities, in PostgreSQL: aliases, tags, tasks to take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

from asl.registry import ActivityRecord, ActivityTask, AliasRecord, Route

_ALIAS = "SELECT machine_arn, name, description, routes, created_at, updated_at FROM asl.aliases "
_ACTIVITY = "SELECT arn, name, created_at, configuration FROM asl.activities "


class PostgresAliases:
    """A :class:`asl.ports.Aliases`."""

    def __init__(self, pool: ConnectionPool[Any]):
        self._pool = pool

    def create(self, alias: AliasRecord) -> bool:
        """See :class:`asl.ports.Aliases`."""
        with self._pool.connection() as connection:
            cursor = connection.execute(
                """INSERT INTO asl.aliases
                       (arn, machine_arn, name, description, routes, created_at, updated_at)
                   VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
                (
                    alias.arn,
                    alias.machine_arn,
                    alias.name,
                    alias.description,
                    _routes(alias),
                    alias.created_at,
                    alias.updated_at,
                ),
            )
            return bool(cursor.rowcount == 1)

    def update(self, alias: AliasRecord) -> None:
        """See :class:`asl.ports.Aliases`."""
        with self._pool.connection() as connection:
            connection.execute(
                """UPDATE asl.aliases SET description = %s, routes = %s, updated_at = %s
                   WHERE arn = %s""",
                (alias.description, _routes(alias), alias.updated_at, alias.arn),
            )

    def get(self, arn: str) -> AliasRecord | None:
        """See :class:`asl.ports.Aliases`."""
        found = self._select("WHERE arn = %s", arn)
        return found[0] if found else None

    def of_machine(self, machine_arn: str) -> list[AliasRecord]:
        """See :class:`asl.ports.Aliases`."""
        return self._select("WHERE machine_arn = %s ORDER BY name", machine_arn)

    def _select(self, where: str, arn: str) -> list[AliasRecord]:
        with self._pool.connection() as connection:
            rows = connection.execute((_ALIAS + where).encode(), (arn,)).fetchall()
        return [
            AliasRecord(machine_arn, name, text, tuple(Route(*r) for r in routes), made, changed)
            for machine_arn, name, text, routes, made, changed in rows
        ]

    def delete(self, arn: str) -> None:
        """See :class:`asl.ports.Aliases`."""
        with self._pool.connection() as connection:
            connection.execute("DELETE FROM asl.aliases WHERE arn = %s", (arn,))


class PostgresTags:
    """A :class:`asl.ports.Tags`."""

    def __init__(self, pool: ConnectionPool[Any]):
        self._pool = pool

    def put(self, arn: str, tags: Mapping[str, str]) -> None:
        """See :class:`asl.ports.Tags`."""
        with self._pool.connection() as connection:
            connection.execute(
                """INSERT INTO asl.tags (resource_arn, key, value)
                   SELECT %s, * FROM unnest(%s::text[], %s::text[])
                   ON CONFLICT (resource_arn, key) DO UPDATE SET value = excluded.value""",
                (arn, list(tags), list(tags.values())),
            )

    def remove(self, arn: str, keys: Sequence[str]) -> None:
        """See :class:`asl.ports.Tags`."""
        with self._pool.connection() as connection:
            connection.execute(
                "DELETE FROM asl.tags WHERE resource_arn = %s AND key = ANY(%s)",
                (arn, list(keys)),
            )

    def of(self, arn: str) -> dict[str, str]:
        """See :class:`asl.ports.Tags`."""
        with self._pool.connection() as connection:
            rows = connection.execute(
                "SELECT key, value FROM asl.tags WHERE resource_arn = %s ORDER BY key", (arn,)
            ).fetchall()
        return dict(rows)

    def clear(self, arn: str) -> None:
        """See :class:`asl.ports.Tags`."""
        with self._pool.connection() as connection:
            connection.execute("DELETE FROM asl.tags WHERE resource_arn = %s", (arn,))


class PostgresActivities:
    """A :class:`asl.ports.Activities`."""

    def __init__(self, pool: ConnectionPool[Any]):
        self._pool = pool

    def create(self, activity: ActivityRecord) -> ActivityRecord:
        """See :class:`asl.ports.Activities`."""
        with self._pool.connection() as connection:
            connection.execute(
                """INSERT INTO asl.activities (arn, name, created_at, configuration)
                   VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING""",
                (
                    activity.arn,
                    activity.name,
                    activity.created_at,
                    Jsonb(dict(activity.configuration)),
                ),
            )
        return self.get(activity.arn) or activity

    def get(self, arn: str) -> ActivityRecord | None:
        """See :class:`asl.ports.Activities`."""
        found = self._select("WHERE arn = %s", (arn,))
        return found[0] if found else None

    def all(self) -> list[ActivityRecord]:
        """See :class:`asl.ports.Activities`."""
        return self._select("ORDER BY name", ())

    def _select(self, rest: str, parameters: tuple[Any, ...]) -> list[ActivityRecord]:
        with self._pool.connection() as connection:
            rows = connection.execute((_ACTIVITY + rest).encode(), parameters).fetchall()
        return [ActivityRecord(*row) for row in rows]

    def delete(self, arn: str) -> None:
        """See :class:`asl.ports.Activities`."""
        with self._pool.connection() as connection, connection.transaction():
            connection.execute("DELETE FROM asl.activities WHERE arn = %s", (arn,))
            connection.execute("DELETE FROM asl.activity_tasks WHERE activity_arn = %s", (arn,))

    def offer(self, task: ActivityTask) -> None:
        """See :class:`asl.ports.Activities`."""
        with self._pool.connection() as connection:
            connection.execute(
                """INSERT INTO asl.activity_tasks (activity_arn, token, input)
                   VALUES (%s, %s, %s) ON CONFLICT DO NOTHING""",
                (task.activity_arn, task.token, task.input),
            )

    def take(self, activity_arn: str) -> ActivityTask | None:
        """See :class:`asl.ports.Activities`."""
        with self._pool.connection() as connection:
            row = connection.execute(
                """DELETE FROM asl.activity_tasks WHERE id =
                       (SELECT id FROM asl.activity_tasks WHERE activity_arn = %s
                        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
                   RETURNING activity_arn, token, input""",
                (activity_arn,),
            ).fetchone()
        return None if row is None else ActivityTask(*row)


def _routes(alias: AliasRecord) -> Jsonb:
    return Jsonb([[route.version, route.weight] for route in alias.routes])
