"""The scoring of `bench/anomaly.py`: NAB's rules, on series small enough to reckon by hand."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import numpy as np
import pytest

from tests.support.server import ROOT


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_anomaly", ROOT / "bench/anomaly.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_anomaly"] = module
    spec.loader.exec_module(module)
    return module


def detect(bench: ModuleType, *rows: int) -> float:
    """The standard score of a detector that alarms at these rows; a window lies at 50 to 59."""
    series = bench.Series("s", [""] * 100, np.zeros(100), [(50, 59)])
    found = np.zeros(100)
    found[list(rows)] = 1.0
    score, _ = bench.sweep([(series, found)], bench.PROFILES["standard"])
    return float(score)


def test_the_earliest_detection_of_a_window_counts(bench: ModuleType) -> None:
    assert detect(bench, 50) == pytest.approx(100, abs=0.01)
    assert detect(bench, 50, 55, 58) == detect(bench, 50)
    assert detect(bench, 50) > detect(bench, 55) > detect(bench, 59) > 50
    assert detect(bench) == 0


def test_false_alarms_cost_less_close_behind_a_window(bench: ModuleType) -> None:
    assert detect(bench, 50, 30) == pytest.approx(100 - 0.11 * 100 / 2, abs=0.01)
    assert detect(bench, 50, 61) > detect(bench, 50, 90)
    assert detect(bench, 50, 90) == pytest.approx(detect(bench, 50, 30), abs=0.2)
    assert detect(bench, 50, 14) == detect(bench, 50), "the first 15 % do not count"


def test_the_sigmoid_is_nabs(bench: ModuleType) -> None:
    for position, worth in ((-1, 0.98661), (0, 0.0), (1, -0.98661), (3.1, -1.0)):
        assert bench.sigmoid(position) == pytest.approx(worth, abs=1e-5)
