"""A database for each run, in a PostgreSQL that all tests share."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo


@pytest.fixture
def empty_database(database: str) -> Iterator[str]:
    """The URL of a database that has nothing in it."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS crash WITH (FORCE)")
        connection.execute("CREATE DATABASE crash")
        yield make_conninfo(database, dbname="crash")
        connection.execute("DROP DATABASE crash WITH (FORCE)")
