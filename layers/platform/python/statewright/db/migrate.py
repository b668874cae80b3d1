"""Applies the migrations in ``migrations/`` that a database has not seen, in order, each once."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

import psycopg

from statewright.settings import settings


@lru_cache(maxsize=1)
def names() -> list[str]:
    """The names of all migrations of this version."""
    return [script.name for script in _scripts()]


def _scripts() -> list[Traversable]:
    folder = resources.files("statewright.db").joinpath("migrations")
    return sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=str)


def migrate() -> list[str]:
    """Brings the database up to date and returns the names of the migrations applied."""
    applied = []
    with psycopg.connect(settings().database_url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(727001)")
        connection.execute(
            """CREATE TABLE IF NOT EXISTS migrations (
                   name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"""
        )
        known = {row[0] for row in connection.execute("SELECT name FROM migrations")}
        for script in _scripts():
            if script.name not in known:
                connection.execute(script.read_text().encode())
                connection.execute("INSERT INTO migrations (name) VALUES (%s)", (script.name,))
                applied.append(script.name)
    return applied
