"""PostgreSQL goes away under load: callers hear so soon, nothing is lost, all goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.postgres import RestartablePostgres
from tests.crash.run import run_with_restarts

SEED, RESTARTS = 4, 5
SOON = 20.0
"""Seconds after which a caller may say that it hangs: far more than the pool's patience."""


@pytest.fixture
def postgres(data_root: Path) -> Iterator[RestartablePostgres]:
    own = RestartablePostgres(data_root / "restarted")
    yield own
    own.close()


def test_nothing_is_lost_while_the_database_is_away(postgres: RestartablePostgres) -> None:
    result = run_with_restarts(postgres, postgres.start(), SEED, RESTARTS)
    assert result.violations == []
    assert sum(result.kills.values()) == RESTARTS
    assert result.server_errors, "the load never met the database's absence"
    assert all(said.startswith("ServiceUnavailable") for said in result.server_errors)
    assert result.longest_call < SOON
