"""A short run of ``make crash``: the same deaths in every run, by one seed."""

from __future__ import annotations

from tests.crash.run import plan, run
from tests.crash.worker import POINTS

SEED, KILLS = 3, 24


def test_nothing_is_lost_or_doubled_however_the_engine_dies(empty_database: str) -> None:
    result = run(empty_database, SEED, KILLS)
    assert result.violations == []
    assert sum(result.kills.values()) == KILLS
    assert result.executions > KILLS
    assert result.called_again > 0, "no task was lost by any death: they were not at its work"


def test_a_seed_means_the_same_deaths_and_the_long_run_has_every_kind() -> None:
    assert plan(SEED, KILLS) == plan(SEED, KILLS) != plan(SEED + 1, KILLS)
    assert {kill.point for kill in plan(20261123, 300)} == {None, *POINTS}
