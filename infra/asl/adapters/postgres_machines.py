"""State machines in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

from asl.adapters.postgres_registry import PostgresActivities, PostgresAliases, PostgresTags
from asl.registry import MachineRecord

_RECORD = """
    SELECT m.arn, m.name, m.kind, r.role_arn, r.definition, r.id, m.created_at, NULL, '', m.id,
           r.configuration, r.created_at, r.first
    FROM asl.machines m JOIN asl.revisions r ON r.machine = m.id
"""
_NEWEST = """
    WHERE NOT m.deleted AND r.id = (SELECT max(id) FROM asl.revisions WHERE machine = m.id)
"""
_VERSION = """
    SELECT m.arn, m.name, m.kind, r.role_arn, r.definition, r.id, v.created_at, v.number,
           v.description, m.id, r.configuration, r.created_at, r.first
    FROM asl.versions v JOIN asl.machines m ON m.id = v.machine
    JOIN asl.revisions r ON r.id = v.revision
    WHERE NOT v.deleted AND NOT m.deleted
"""


class PostgresMachines:
    """A :class:`asl.ports.Machines`."""

    def __init__(self, pool: ConnectionPool[Any]):
        self._pool = pool
        self.aliases = PostgresAliases(pool)
        self.tags = PostgresTags(pool)
        self.activities = PostgresActivities(pool)
        self.revision = lru_cache(maxsize=4096)(self._revision)  # revisions never change
        self._published = lru_cache(maxsize=4096)(self._find_version)  # nor do versions

    def create(self, record: MachineRecord) -> MachineRecord:
        """See :class:`asl.ports.Machines`."""
        with self._pool.connection() as connection, connection.transaction():
            row = connection.execute(
                """INSERT INTO asl.machines (arn, name, kind, created_at) VALUES (%s, %s, %s, %s)
                   ON CONFLICT (arn) DO UPDATE
                   SET deleted = false, kind = excluded.kind, created_at = excluded.created_at
                   WHERE machines.deleted RETURNING id""",
                (record.arn, record.name, record.kind, record.created_at),
            ).fetchone()
            if row is not None:  # None: it exists
                self._revise(connection, replace(record, id=row[0], first=True), record.created_at)
        return self._existing(record.arn)

    def update(
        self,
        arn: str,
        definition: str,
        role_arn: str,
        at: int,
        configuration: Mapping[str, Any] | None = None,
    ) -> MachineRecord:
        """See :class:`asl.ports.Machines`."""
        current = self._existing(arn)
        changed = replace(
            current,
            definition=definition,
            role_arn=role_arn,
            configuration=current.configuration if configuration is None else configuration,
        )
        if changed != current:
            with self._pool.connection() as connection:
                self._revise(connection, replace(changed, first=False), at)
        return self._existing(arn)

    def _revise(self, connection: Any, record: MachineRecord, at: int) -> None:
        connection.execute(
            """INSERT INTO asl.revisions
                   (machine, definition, role_arn, configuration, first, created_at)
               VALUES (%s, %s, %s, %s, %s, %s)""",
            (
                record.id,
                record.definition,
                record.role_arn,
                Jsonb(dict(record.configuration)),
                record.first,
                at,
            ),
        )

    def publish(self, arn: str, description: str, at: int) -> MachineRecord:
        """See :class:`asl.ports.Machines`."""
        current = self._existing(arn)
        with self._pool.connection() as connection, connection.transaction():
            connection.execute("SELECT FROM asl.machines WHERE id = %s FOR UPDATE", (current.id,))
            connection.execute(
                """INSERT INTO asl.versions (machine, number, revision, description, created_at)
                   SELECT %(machine)s, coalesce(max(number), 0) + 1, %(revision)s, %(text)s, %(at)s
                   FROM asl.versions WHERE machine = %(machine)s
                   HAVING bool_and(revision <> %(revision)s OR deleted) IS NOT FALSE""",
                {
                    "machine": current.id,
                    "revision": current.revision,
                    "text": description,
                    "at": at,
                },
            )
        return next(v for v in self.versions(arn) if v.revision == current.revision)

    def get(self, arn: str) -> MachineRecord | None:
        """See :class:`asl.ports.Machines`."""
        try:
            return self._published(arn) if arn.count(":") == 7 else self._find_machine(arn)
        except _UnknownError:
            return None

    def _find_version(self, arn: str) -> MachineRecord:
        machine_arn, _, number = arn.rpartition(":")
        return self._one(
            _VERSION + " AND m.arn = %s AND v.number::text = %s", (machine_arn, number)
        )

    def _find_machine(self, arn: str) -> MachineRecord:
        newest = " WHERE m.arn = %s AND NOT m.deleted ORDER BY r.id DESC LIMIT 1"
        return self._one(_RECORD + newest, (arn,))

    def _one(self, query: str, parameters: tuple[Any, ...]) -> MachineRecord:
        found = self._records(query, parameters)
        if not found:
            raise _UnknownError  # not None: the cache must not remember what is not there yet
        return found[0]

    def _existing(self, arn: str) -> MachineRecord:
        record = self.get(arn)
        assert record is not None, arn
        return record

    def _revision(self, revision: int) -> MachineRecord:
        """See :class:`asl.ports.Machines`."""
        return self._records(_RECORD + " WHERE r.id = %s", (revision,))[0]

    def versions(self, arn: str) -> list[MachineRecord]:
        """See :class:`asl.ports.Machines`."""
        return self._records(_VERSION + " AND m.arn = %s ORDER BY v.number DESC", (arn,))

    def all(self) -> list[MachineRecord]:
        """See :class:`asl.ports.Machines`."""
        return self._records(_RECORD + _NEWEST + " ORDER BY m.name", ())

    def delete(self, arn: str) -> None:
        """See :class:`asl.ports.Machines`."""
        parts = arn.split(":")
        self._published.cache_clear()
        with self._pool.connection() as connection:
            if len(parts) == 8:
                connection.execute(
                    """UPDATE asl.versions SET deleted = true WHERE number::text = %s AND machine =
                       (SELECT id FROM asl.machines WHERE arn = %s)""",
                    (parts[7], arn[: -len(parts[7]) - 1]),
                )
            else:
                with connection.transaction():
                    connection.execute(
                        """DELETE FROM asl.versions WHERE machine =
                           (SELECT id FROM asl.machines WHERE arn = %s)""",
                        (arn,),
                    )
                    connection.execute(
                        "UPDATE asl.machines SET deleted = true WHERE arn = %s", (arn,)
                    )

    def _records(self, query: str, parameters: tuple[Any, ...]) -> list[MachineRecord]:
        with (
            self._pool.connection() as connection,
            connection.cursor(row_factory=tuple_row) as cursor,
        ):
            rows = cursor.execute(query, parameters).fetchall()
        return [MachineRecord(*row) for row in rows]


class _UnknownError(LookupError):
    """There is no such machine or version."""
