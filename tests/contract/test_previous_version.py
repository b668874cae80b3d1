"""The version before the newest migrations works on the schema of today (docs/operating.md)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.support import previous
from tests.support.server import ROOT

MIGRATIONS = ROOT / previous.PACKAGE / "db" / "migrations"
FOUND: dict[str, Any] = json.loads(previous.RECORD.read_text())
_INSERT = re.compile(r"INSERT\s+INTO\s+(\w+)(?:\s+AS\s+\w+)?\s*\(([^)]*)\)", re.IGNORECASE)
_WANTED = """
    SELECT column_name FROM information_schema.columns
    WHERE table_name = %s AND table_schema = 'public' AND is_nullable = 'NO'
      AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'
"""


@pytest.fixture(scope="module")
def today(database: str) -> Iterator[psycopg.Connection[Any]]:
    """A database with the newest schema."""
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("DROP DATABASE IF EXISTS today WITH (FORCE)")
        owner.execute("CREATE DATABASE today")
        url = make_conninfo(database, dbname="today")
        previous.apply(url, MIGRATIONS)
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection
        owner.execute("DROP DATABASE today WITH (FORCE)")


def failures(connection: psycopg.Connection[Any], recorded: list[dict[str, Any]]) -> list[str]:
    """What can no longer be run, with PostgreSQL's reason."""
    found = []
    for one in recorded:
        try:
            previous.prepare(connection, one["sql"], one["types"])
        except psycopg.Error as error:
            found.append(f"{one['where']}: {error}")
        found += [f"{one['where']} gives no {name}" for name in missing(connection, one["sql"])]
    return found


def missing(connection: psycopg.Connection[Any], text: str) -> set[str]:
    """Columns that a row must have and an INSERT does not give."""
    lacking: set[str] = set()
    for table, columns in _INSERT.findall(text):
        wanted = {row[0] for row in connection.execute(_WANTED, (table.lower(),))}
        lacking |= wanted - {name.strip().strip('"').lower() for name in columns.split(",")}
    return lacking


def test_its_statements_run_on_todays_schema(today: psycopg.Connection[Any]) -> None:
    assert len(FOUND["statements"]) > 400
    assert failures(today, FOUND["statements"]) == []


def test_the_record_is_of_a_version_before_the_newest_migrations() -> None:
    """Else nothing would be shown: `make previous REF=<the release before>`."""
    known = {file.stem for file in MIGRATIONS.glob("*.sql")}
    assert set(FOUND["migrations"]) < known
    assert len(FOUND["left_out"]) < len(FOUND["statements"]) / 10


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE executions DROP COLUMN started_at CASCADE",
        "ALTER TABLE workflows RENAME COLUMN name TO title",
        "ALTER TABLE users ADD COLUMN shoe_size int NOT NULL",
        "DROP TABLE sessions CASCADE",
    ],
)
def test_what_breaks_it_is_found(today: psycopg.Connection[Any], change: str) -> None:
    with today.transaction(force_rollback=True):
        today.execute(change.encode())
        assert failures(today, FOUND["statements"])
