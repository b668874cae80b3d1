"""A short run of ``make crash``: the same deaths in every run, by one seed."""

from __future__ import annotations

from tests.crash.run import plan, run
from tests.crash.together import Pause, fates, run_together
from tests.crash.worker import POINTS

SEED, KILLS = 3, 12
TOGETHER_SEED, TOGETHER = 5, 12


def test_nothing_is_lost_or_doubled_however_the_engine_dies(empty_database: str) -> None:
    result = run(empty_database, SEED, KILLS)
    assert result.violations == []
    assert sum(result.kills.values()) == KILLS
    assert result.executions > KILLS
    assert result.called_again > 0, "no task was lost by any death: they were not at its work"


def test_several_processes_lose_nothing_either_when_paused(empty_database: str) -> None:
    result = run_together(empty_database, TOGETHER_SEED, TOGETHER)
    assert result.violations == []
    assert sum(result.kills.values()) == TOGETHER
    assert result.kills["after a pause"] > 0
    assert result.leases_taken > 0, "nobody took over"


def test_a_seed_means_the_same_deaths_and_the_long_run_has_every_kind() -> None:
    assert plan(SEED, KILLS) == plan(SEED, KILLS) != plan(SEED + 1, KILLS)
    assert {kill.point for kill in plan(20261123, 300)} == {None, *POINTS}
    dealt = fates(TOGETHER_SEED, TOGETHER)
    assert dealt == fates(TOGETHER_SEED, TOGETHER)
    assert any(isinstance(fate, Pause) for fate in dealt)
