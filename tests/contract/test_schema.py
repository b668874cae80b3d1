"""Databases that an earlier version of the engine made go on working."""

from __future__ import annotations

from typing import Any

from asl.adapters.postgres_journal import PostgresJournal, create_schema
from asl.adapters.postgres_machines import PostgresMachines
from tests.contract.test_journal import ARN, Ground

FIRST_VERSION = """
    DROP INDEX asl.executions_of_version, asl.executions_of_alias;
    ALTER TABLE asl.executions DROP COLUMN alias;
    CREATE TABLE asl.alias_starts (execution_arn text PRIMARY KEY, alias_arn text NOT NULL);
"""


def test_aliases_that_were_noted_apart_are_taken_over(pool: Any) -> None:
    machines = PostgresMachines(pool)
    journal = PostgresJournal(pool, machines)
    ground = Ground(journal, machines)
    aliased, plain = ground.start("aliased", version=1), ground.start("plain", version=1)
    with pool.connection() as connection:
        connection.execute(FIRST_VERSION)
        connection.execute(
            "INSERT INTO asl.alias_starts VALUES (%s, %s)", (aliased.arn, f"{ARN}:live")
        )
    create_schema(pool)
    create_schema(pool)
    found = [journal.load(one.arn) for one in (aliased, plain)]
    assert [one.alias_arn for one in found if one] == [f"{ARN}:live", None]
    assert ground.start("new", version=1, alias="live").alias == "live"
    journal.close()
